/** What a U-Net of some depth does to the side of a tile. */
export interface TileSize {
  /** Side of the input tile, pixels. */
  readonly input: number;
  /** Side of the segmentation map that comes out, pixels. */
  readonly output: number;
  /** Context lost on each side: (input - output) / 2. */
  readonly border: number;
  /** Side after the two convolutions of each contracting level, level 0 first, the bottom last. */
  readonly contracting: readonly number[];
  /** Side after the two convolutions of each expansive level, the deepest first. */
  readonly expanding: readonly number[];
  /** Pixels cropped from each side of the skip connection, in the order of `expanding`. */
  readonly crops: readonly number[];
}

/**
 * What 3x3 convolutions do at the edge of a tile: "valid" keeps only pixels with full context, two fewer in each
 * direction, as the paper does; "same" reads zeros beyond the edge and keeps the size.
 */
export type Padding = "valid" | "same";

/** The paper's number of poolings. */
export const PAPER_DEPTH = 4;

/**
 * The sizes inside a U-Net, for an input tile of a given side.
 *
 * "It is important to select the input tile size such that all 2x2 max-pooling operations are applied
 * to a layer with an even x- and y-size" (Sect. 2). For the paper's four poolings that means
 * input = 16k + 60 with k >= 8, and output = input - 184: 572 gives 388. With padding it means input = 16k.
 *
 * @param input side of the tile, pixels
 * @param depth number of poolings. Default 4, the paper's.
 * @param padding of the convolutions. Default "valid", the paper's.
 * @throws {RangeError} if the side is not valid; the sentence names the nearest valid ones
 *
 * @example
 * ```ts
 * import { tileSize } from "./mod.ts";
 *
 * const { output, border, crops } = tileSize(572);
 * console.log(output, border, crops); // 388 92 [4, 16, 40, 88]
 * ```
 */
export function tileSize(
  input: number,
  depth = PAPER_DEPTH,
  padding: Padding = "valid",
): TileSize {
  requireDepth(depth);
  const lost = LOST[padding];
  const contracting: number[] = [], expanding: number[] = [], crops: number[] = [];
  let side = input, valid = Number.isSafeInteger(input);
  for (let level = 0; level <= depth && valid; level++) {
    side -= lost;
    contracting.push(side);
    if (level < depth) {
      valid = side > 0 && side % 2 === 0;
      side /= 2;
    } else valid = side > 0;
  }
  for (let level = depth - 1; level >= 0 && valid; level--) {
    side *= 2;
    crops.push((contracting[level] - side) / 2);
    side -= lost;
    expanding.push(side);
    valid = side > 0;
  }
  if (!valid) {
    const { step, offset, smallest } = validSides(depth, padding);
    const below = input < smallest
      ? undefined
      : offset + step * Math.floor((input - offset) / step);
    const above = below === undefined ? smallest : below + step;
    throw new RangeError(
      `UNet tile side ${input} is not ${step}k${offset > 0 ? `+${offset}` : ""}; ` +
        (below === undefined || !Number.isFinite(input)
          ? `the smallest valid side is ${smallest}`
          : `the nearest valid sides are ${below} and ${above}`),
    );
  }
  return { input, output: side, border: (input - side) / 2, contracting, expanding, crops };
}

/** Pixels that two 3x3 convolutions take from a side. */
const LOST = { valid: 4, same: 0 } as const;

/**
 * The smallest tile whose output covers a given side.
 *
 * @param output side that the segmentation map must have at least, pixels
 * @param depth number of poolings. Default 4.
 * @param padding of the convolutions. Default "valid".
 * @throws {RangeError} if the side is not a positive whole number
 *
 * @example
 * ```ts
 * import { tileCovering } from "./mod.ts";
 *
 * console.log(tileCovering(388).input, tileCovering(389).input); // 572 588
 * ```
 */
export function tileCovering(
  output: number,
  depth = PAPER_DEPTH,
  padding: Padding = "valid",
): TileSize {
  if (!Number.isSafeInteger(output) || output < 1) {
    throw new RangeError(`an output side is a whole number of pixels, at least 1; got ${output}`);
  }
  const { step, smallest } = validSides(depth, padding);
  const first = tileSize(smallest, depth, padding);
  const steps = Math.max(0, Math.ceil((output - first.output) / step));
  return tileSize(smallest + steps * step, depth, padding);
}

/**
 * All valid input sides of a U-Net: `offset + step * k`, from `smallest` on.
 *
 * @param depth number of poolings. Default 4.
 * @param padding of the convolutions. Default "valid".
 *
 * @example
 * ```ts
 * import { validSides } from "./mod.ts";
 *
 * console.log(validSides()); // { step: 16, offset: 60, smallest: 188 }
 * ```
 */
export function validSides(
  depth = PAPER_DEPTH,
  padding: Padding = "valid",
): { step: number; offset: number; smallest: number } {
  requireDepth(depth);
  const step = 2 ** depth, lost = LOST[padding];
  // Going down from the bottom's input side b: side = 2 b + 4 at each level, so side = step b + 4 (step - 1).
  const offset = lost * (step - 1);
  // Going up, the smallest output must stay positive: bottom output b - 4, then 2 side - 4 at each level.
  let side = 1; // wanted output
  for (let level = 0; level < depth; level++) side = Math.ceil((side + lost) / 2);
  return { step, offset, smallest: offset + step * (side + lost) };
}

function requireDepth(depth: number) {
  if (!Number.isSafeInteger(depth) || depth < 1 || depth > 8) {
    throw new RangeError(
      `a U-Net's depth is a whole number from 1 to 8 (the paper's is 4); got ${depth}`,
    );
  }
}
