/**
 * What BERT is fine-tuned for: one record for every task (Devlin 2019, Sect. 4 and Fig. 4).
 *
 * @module
 */
export {
  type Answer,
  type ChoiceExample,
  type ChoiceTask,
  type Feature,
  type FeatureOptions,
  IGNORED,
  type PredictOptions,
  type Scores,
  type SentenceExample,
  type SentenceTask,
  type SpanExample,
  type SpanPrediction,
  type SpanTask,
  type Submission,
  type TaggingExample,
  type TaggingTask,
  type Task,
  type TaskExample,
  type TaskHead,
  type TaskPrediction,
} from "./task.ts";
export { findTask, TASKS } from "./tasks.ts";
export {
  type ClassMetric,
  type NumberMetric,
  type SentenceAnswer,
  sentenceFiles,
  type SentenceLayout,
  sentenceTask,
  type SentenceTaskOptions,
} from "./sentence_task.ts";
export { COLA, GLUE_TASKS, MNLI, MRPC, QNLI, QQP, RTE, SST_2, STS_B, WNLI } from "./glue.ts";
export {
  choiceFiles,
  type ChoiceLayout,
  choiceTask,
  type ChoiceTaskOptions,
} from "./choice_task.ts";
export { SWAG } from "./swag.ts";
export { type SpanWindow, spanWindows } from "./span_windows.ts";
export { bestNullThreshold, decodeSpans, withNullThreshold } from "./span_decoding.ts";
export {
  type AnswerFile,
  readAnswers,
  readNullScores,
  spanTask,
  type SpanTaskOptions,
} from "./span_task.ts";
export {
  readSquadFile,
  readSquadJson,
  SQUAD_1,
  SQUAD_2,
  type SquadFile,
  squadFiles,
} from "./squad.ts";
export { type TaggingFeature, taggingFeatures } from "./tagging_features.ts";
export { entityLabels, taggingTask, type TaggingTaskOptions } from "./tagging_task.ts";
export {
  type ConllColumns,
  conllFiles,
  type ConllSentence,
  readConll,
  type TaggingLayout,
} from "./conll.ts";
export { convertTags } from "./tag_schemes.ts";
export { CONLL_2003, UD_EWT_POS, WIKIGOLD, WNUT_17 } from "./tagging_tasks.ts";
export {
  WORLD_ACCEPTABILITY,
  WORLD_CONTINUATION,
  WORLD_ENTAILMENT,
  WORLD_NAMES,
  WORLD_PARAPHRASE,
  WORLD_QUESTIONS,
  WORLD_SENTIMENT,
  WORLD_SIMILARITY,
} from "./small_world_tasks.ts";
export { type Source, type TaskText } from "./source.ts";
export { type FileLayout } from "./data_files.ts";
export { type ColumnName } from "./columns.ts";
export { type FilePlace, NoTaskFileError, TaskFileError } from "./task_file_error.ts";
