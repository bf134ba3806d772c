import type { Image, Pixels } from "../image/mod.ts";
import { checkEmStack, type StackNames } from "./em_stack.ts";
import { type PixelError, pixelError } from "./pixel_error.ts";
import { type RandError, randError } from "./rand_error.ts";
import { type VInfo, type VRand, vRandAndVInfo } from "./v_rand.ts";
import { type WarpingError, warpingError } from "./warping_error.ts";

/** All scores of the EM challenge, each with its parts. */
export interface EmScores {
  /** Table 1's pixel error: 1 - max F. */
  readonly pixelError: PixelError;
  /** Table 1's Rand error: 1 - max F, no thinning. */
  readonly randError: RandError;
  /** The official score since 2016. */
  readonly vRand: VRand;
  /** Its companion in information. */
  readonly vInfo: VInfo;
  /** Table 1's warping error: splits and mergers. */
  readonly warpingError: WarpingError;
  /** Jain's warping error, all remaining mismatches, at threshold 0.5. */
  readonly warpingErrorClassic: number;
}

/**
 * All scores of the EM segmentation challenge on one stack, with the official thresholds and
 * averages: what `deno task score em` prints.
 *
 * @param labels the true slices: 0 = membrane, any one other value = cell
 * @param proposals probabilities of cell in [0, 1], one slice per label slice, same sizes
 * @param options `names` of the slices for errors; `onStage` is told what is computed next
 * @throws {RangeError} as {@linkcode checkEmStack} does
 *
 * @example
 * ```ts
 * import { emScores } from "./mod.ts";
 *
 * const label = { data: Uint8Array.of(255, 255, 0, 255, 255), width: 5, height: 1 };
 * const proposal = { data: Float32Array.of(0.9, 0.8, 0.1, 0.7, 0.9), width: 5, height: 1 };
 * const scores = emScores([label], [proposal]);
 * console.log(scores.pixelError.pixelError, scores.vRand.vRand); // 0 1
 * ```
 */
export function emScores(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly names?: StackNames; readonly onStage?: (stage: string) => void } = {},
): EmScores {
  const { names, onStage = () => {} } = options;
  checkEmStack(labels, proposals, names);
  onStage("pixel error");
  const pixel = pixelError(labels, proposals);
  onStage("Rand error");
  const rand = randError(labels, proposals);
  onStage("V_rand and V_info");
  const { vRand, vInfo } = vRandAndVInfo(labels, proposals);
  onStage("warping error");
  const warping = warpingError(labels, proposals);
  const half = warping.rows.find((row) => row.threshold === 0.5)!; // one of WARPING_THRESHOLDS
  return {
    pixelError: pixel,
    randError: rand,
    vRand,
    vInfo,
    warpingError: warping,
    warpingErrorClassic: half.classic,
  };
}
