/**
 * BERT: tokenizer, encoder, heads, pre-training, and its rivals.
 *
 * @module
 */
export {
  basicTokenize,
  type BasicTokenizerOptions,
  clean,
  spaceOutIdeographs,
  splitOnPunctuation,
  stripAccents,
} from "./basic_tokenizer.ts";
export { type CharacterRules, GOOGLE_CHARACTERS, HUGGING_FACE_CHARACTERS } from "./characters.ts";
export { type Encoding, type EncodingBatch, stackEncodings } from "./encoding.ts";
export { PieceTrie, type Spelling } from "./piece_trie.ts";
export {
  BertTokenizer,
  type BertTokenizerOptions,
  type DecodeOptions,
  type EncodeOptions,
  type TextInput,
  type TokenizerStyle,
} from "./tokenizer.ts";
export { SPECIAL_TOKENS, type SpecialToken, Vocabulary } from "./vocabulary.ts";
export { wordPiece, type WordPieceOptions } from "./wordpiece.ts";
export {
  countWords,
  type Merge,
  trainWordPiece,
  wordPieceMerges,
  type WordPieceTrainerOptions,
} from "./wordpiece_trainer.ts";
export {
  additiveMask,
  type Attended,
  type Attending,
  ResidualOutput,
  SelfAttention,
} from "./attention.ts";
export {
  BertBody,
  type BertForwardOptions,
  BertModel,
  type BertModelOptions,
  type BertOutput,
} from "./bert_model.ts";
export { type LoadReport, type SaveOptions } from "./checkpoint.ts";
export {
  BERT_PRESETS,
  type BertConfig,
  bertConfig,
  bertConfigToJson,
  type BertPreset,
  parameterCount,
  type ParameterCountOptions,
  readBertConfig,
} from "./config.ts";
export { BertEmbeddings, sinusoidalPositions } from "./embeddings.ts";
export { BertEncoder, BertLayer } from "./encoder.ts";
export {
  BertForMaskedLM,
  BertForPreTraining,
  type MaskedInput,
  type MaskedLMOutput,
  type PreTrainingOutput,
} from "./for_pretraining.ts";
export {
  BertForMultipleChoice,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
  type ClassifierOptions,
  type ClassifierOutput,
  type LoadClassifierOptions,
  type SpanOutput,
} from "./for_tasks.ts";
export { gatherPositions, MaskedLanguageModelHead } from "./heads.ts";
export { type BertInput } from "./input.ts";
export { Dense, LayerNorm } from "./layers.ts";
export {
  type Initializer,
  ParameterScope,
  type ParameterSource,
  randomSource,
} from "./parameter_scope.ts";
export { BertPooler } from "./pooler.ts";
export { BertWithHead, type WithHeadOptions } from "./with_head.ts";
export {
  createPretrainingExamples,
  type DocumentIds,
  examplesOfStep,
  maskPieces,
  type PretrainingBatch,
  type PretrainingDataOptions,
  type PretrainingExample,
  splitDocuments,
  stackExamples,
  tokenizeDocuments,
} from "./pretraining_data.ts";
export {
  bertOptimizer,
  type BertOptimizerOptions,
  evaluatePretraining,
  pretrain,
  type PretrainableModel,
  type PretrainingNumbers,
  type PretrainingScores,
  pretrainingScores,
  type PretrainingStep,
  type PretrainOptions,
} from "./pretraining.ts";
export { Elmo, type ElmoConfig, ElmoMixture, type ElmoOutput } from "./baselines/elmo.ts";
export { type GenerateOptions, Gpt, type GptOutput } from "./baselines/gpt.ts";
export {
  evaluateLanguageModel,
  type LanguageModel,
  type LanguageModelBatch,
  languageModelExamples,
  type LanguageModelStep,
  neighbours,
  stackSequences,
  trainLanguageModel,
  type TrainLanguageModelOptions,
} from "./baselines/language_model.ts";
export { Lstm, type LstmSizes } from "./baselines/lstm.ts";
export { continueWithGpt, fillIn, type Gapped, type Guess, guessWithElmo } from "./fill_in.ts";
export { influence } from "./influence.ts";
export { findPretrained, ownModel, type Pretrained } from "./pretrained.ts";
export { attentionShare } from "./attention_share.ts";
export {
  type BestEvaluation,
  fineTune,
  type FineTuneOptions,
  type FineTuneResult,
  type FineTuneStep,
  fineTuningOrder,
  fineTuningSteps,
  rememberWeights,
  restoreWeights,
} from "./fine_tuning.ts";
export {
  evaluate,
  type Evaluation,
  type LogitsOptions,
  predict,
  predictLogits,
} from "./predict.ts";
export { BUCKET_LENGTHS, bucketLength, type TaskBatch, taskBatch } from "./task_batch.ts";
export {
  type BertForTask,
  loadForTask,
  newForTask,
  sequenceLimits,
  taskLogits,
  taskLoss,
  type TaskModel,
  type TaskOutput,
} from "./task_model.ts";
export {
  FeatureBasedClassifier,
  type FeatureBasedOptions,
  FeatureBasedTagger,
  FROZEN_LAYERS,
  FrozenEncoder,
  type FrozenLayers,
  type FrozenSummary,
} from "./feature_based.ts";
export { BiLstm } from "./baselines/bilstm.ts";
export { mostFrequentTag } from "./baselines/most_frequent_tag.ts";
export { wordOverlap } from "./baselines/word_overlap.ts";
export {
  elmoReader,
  gptReader,
  type Reader,
  RivalForTask,
  type RivalOptions,
} from "./baselines/rival_for_task.ts";
export { type PartChange, weightChange } from "./weight_change.ts";
