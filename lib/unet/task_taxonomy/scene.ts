import type { Image, LabelImage } from "../../image/mod.ts";
import type { Random } from "../../random/mod.ts";

/** Kinds of cell in a {@linkcode Scene}: 1 = spread (flat, long, dim), 2 = round (small, bright, about to divide). */
export const CELL_KINDS = ["background", "spread", "round"] as const;

/** A picture with everything that an annotator could say about it. */
export interface Scene {
  /** Gray values in [0, 1]. */
  readonly image: Image;
  /** Which cell a pixel belongs to: 0 = none, else 1, 2, ... */
  readonly instances: LabelImage;
  /** The kind of each cell: `kinds[instance]` indexes {@linkcode CELL_KINDS}; `kinds[0]` = 0. */
  readonly kinds: readonly number[];
}

/** Options of {@linkcode generateScene}. */
export interface SceneOptions {
  readonly random: Random;
  /** Pixels a side. Default 64. */
  readonly side?: number;
  /** Number of cells. Default 4 to 7, drawn. */
  readonly cells?: number;
}

/**
 * A small generated picture of two kinds of cells, some of which touch: a stand-in (our choice) that is
 * quick enough to train four tiny networks on, and whose annotation is exact.
 *
 * @param options see {@linkcode SceneOptions}
 * @throws {RangeError} if the side is below 32, or no cell is asked for
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { generateScene } from "./mod.ts";
 *
 * const { image, kinds } = generateScene({ random: createRandom(1), cells: 3 });
 * console.log(image.width, kinds.length - 1); // 64 3
 * ```
 */
export function generateScene({ random, side = 64, cells }: SceneOptions): Scene {
  const count = cells ?? random.int(4, 8);
  if (!Number.isSafeInteger(side) || side < 32 || !Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(
      `a scene has at least 32 pixels a side and 1 cell; got ${side} pixels and ${count} cells`,
    );
  }
  const gray = new Float32Array(side * side).fill(0.35);
  const instances = new Int32Array(side * side), kinds = [0];
  for (let tries = 0; kinds.length <= count && tries < 1000; tries++) {
    const shape = drawShape(side, random), pixels = pixelsOf(shape, side);
    // Cells may touch but not lie on each other: at most a tenth of a new one is covered already.
    const covered = pixels.filter(({ at }) => instances[at] !== 0).length;
    if (pixels.length < 30 || covered > 0.1 * pixels.length) continue;
    const instance = kinds.push(shape.kind) - 1;
    for (const { at, radius } of pixels) {
      if (instances[at] !== 0) continue;
      instances[at] = instance;
      gray[at] = shape.kind === 1
        ? 0.5 - 0.15 * Math.exp(-((radius / 0.45) ** 2)) // a darker nucleus
        : 0.65 + 0.25 * (1 - radius ** 2);
    }
  }
  const shade = random.uniform(-0.08, 0.08); // light from one side, as under a microscope
  for (let i = 0; i < gray.length; i++) {
    const value = gray[i] + shade * ((i % side) / side - 0.5) + random.normal(0, 0.04);
    gray[i] = Math.min(1, Math.max(0, value));
  }
  return {
    image: { data: gray, width: side, height: side },
    instances: { data: instances, width: side, height: side },
    kinds,
  };
}

interface Shape {
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  /** Half axes and turn of the ellipse. */
  readonly a: number;
  readonly b: number;
  readonly angle: number;
  /** How much, and in which phase, its outline waves. */
  readonly wave: number;
  readonly phase: number;
}

function drawShape(side: number, random: Random): Shape {
  const kind = random.bool() ? 1 : 2;
  const a = kind === 1 ? random.uniform(9, 13) : random.uniform(5, 7);
  return {
    kind,
    x: random.uniform(7, side - 7),
    y: random.uniform(7, side - 7),
    a,
    b: kind === 1 ? random.uniform(5, 7) : a * random.uniform(0.9, 1.1),
    angle: random.uniform(0, Math.PI),
    wave: kind === 1 ? 0.12 : 0.03,
    phase: random.uniform(0, 2 * Math.PI),
  };
}

/** The shape's pixels, each with its distance from the centre: 0 there, 1 on the outline. */
function pixelsOf({ x, y, a, b, angle, wave, phase }: Shape, side: number) {
  const pixels: { at: number; radius: number }[] = [];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const dx = column - x, dy = row - y;
      const u = (dx * Math.cos(angle) + dy * Math.sin(angle)) / a;
      const v = (-dx * Math.sin(angle) + dy * Math.cos(angle)) / b;
      const radius = Math.hypot(u, v) / (1 + wave * Math.sin(3 * Math.atan2(v, u) + phase));
      if (radius < 1) pixels.push({ at: row * side + column, radius });
    }
  }
  return pixels;
}
