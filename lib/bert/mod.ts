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
