/**
 * The official metrics on typed arrays: what is measured stands in the file of that name.
 *
 * @module
 */
export { checkEmStack, type StackNames } from "./em_stack.ts";
export { type PixelError, pixelError, type PixelErrorAt } from "./pixel_error.ts";
export { fScore, type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
export { binarize, CHALLENGE_THRESHOLDS, thresholds, WARPING_THRESHOLDS } from "./thresholds.ts";
