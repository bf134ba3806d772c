// Ways to spoil a segmentation on purpose, one mistake at a time, to see which metric notices it.
// A segmentation is 1 = cell, 0 = membrane.
import { connectedComponents, distanceTransform, type Image, type Pixels } from "../image/mod.ts";
import type { Random } from "../random/mod.ts";

/**
 * Moves the segmentation; what comes in at the edge repeats the edge.
 *
 * @param cells 1 (above 0) = cell
 * @param dx columns to the right
 * @param dy rows down
 *
 * @example
 * ```ts
 * import { pictureFromText, shift } from "./mod.ts";
 *
 * console.log(shift(pictureFromText("#.##"), 1, 0).data); // [1, 1, 0, 1]
 * ```
 */
export function shift(cells: Image<Pixels>, dx: number, dy: number): Image {
  const { width, height } = cells;
  const clamp = (v: number, size: number) => Math.min(size - 1, Math.max(0, v));
  return changed(
    cells,
    (x, y) => cells.data[clamp(y - dy, height) * width + clamp(x - dx, width)] > 0,
  );
}

/**
 * Draws every membrane wider: cell pixels within `by` pixels of membrane become membrane.
 *
 * @example
 * ```ts
 * import { pictureFromText, thickenMembranes } from "./mod.ts";
 *
 * console.log(thickenMembranes(pictureFromText("###.###"), 1).data); // [1, 1, 0, 0, 0, 1, 1]
 * ```
 */
export function thickenMembranes(cells: Image<Pixels>, by: number): Image {
  const { data: distance } = distanceTransform(changed(cells, (_x, _y, i) => !(cells.data[i] > 0)));
  return changed(cells, (_x, _y, i) => distance[i] > by);
}

/**
 * Opens gaps: discs of the given radius become cell, each centred on a random membrane pixel.
 *
 * @param random draws the centres
 * @param count how many gaps
 * @param radius in pixels
 *
 * @example
 * ```ts
 * import { openGaps, pictureFromText } from "./mod.ts";
 * import { createRandom } from "../random/mod.ts";
 *
 * console.log(openGaps(pictureFromText("##.##"), createRandom(1), 1, 1).data); // all 1
 * ```
 */
export function openGaps(
  cells: Image<Pixels>,
  random: Random,
  count: number,
  radius: number,
): Image {
  const membrane = [...cells.data.keys()].filter((i) => !(cells.data[i] > 0));
  const centres = random.shuffle(membrane).slice(0, count);
  const { data: distance } = distanceTransform(marked(cells, centres));
  return changed(cells, (_x, _y, i) => cells.data[i] > 0 || distance[i] <= radius);
}

/**
 * Draws membranes that are not there: straight lines of one pixel, each from edge to edge of one cell
 * through a random pixel of it.
 *
 * @param random draws the pixels and the directions (along a row or a column)
 * @param count how many lines
 *
 * @example
 * ```ts
 * import { drawMembranes, pictureFromText } from "./mod.ts";
 * import { createRandom } from "../random/mod.ts";
 *
 * const cut = drawMembranes(pictureFromText("###", "###", "###"), createRandom(2), 1);
 * console.log(cut.data.reduce((a, b) => a + b)); // 6
 * ```
 */
export function drawMembranes(cells: Image<Pixels>, random: Random, count: number): Image {
  const { width } = cells;
  const inside = [...cells.data.keys()].filter((i) => cells.data[i] > 0);
  const cut = new Set<number>();
  for (const centre of random.shuffle(inside).slice(0, count)) {
    const along = random.bool();
    const isCell = (i: number) =>
      cells.data[i] > 0 && (!along || Math.floor(i / width) === Math.floor(centre / width));
    for (const step of along ? [-1, 1] : [-width, width]) {
      for (let i = centre; isCell(i); i += step) cut.add(i);
    }
  }
  return changed(cells, (_x, _y, i) => cells.data[i] > 0 && !cut.has(i));
}

/**
 * Loses cells: random 4-connected components become membrane.
 *
 * @param random draws which
 * @param count how many
 *
 * @example
 * ```ts
 * import { dropCells, pictureFromText } from "./mod.ts";
 * import { createRandom } from "../random/mod.ts";
 *
 * console.log(dropCells(pictureFromText("##.##"), createRandom(1), 2).data); // all 0
 * ```
 */
export function dropCells(cells: Image<Pixels>, random: Random, count: number): Image {
  const { data: ids, count: all } = connectedComponents(
    changed(cells, (_x, _y, i) => cells.data[i] > 0),
  );
  const lost = new Set(
    random.shuffle(Array.from({ length: all }, (_, k) => k + 1)).slice(0, count),
  );
  return changed(cells, (_x, _y, i) => ids[i] > 0 && !lost.has(ids[i]));
}

/**
 * Sprinkles single wrong pixels: each pixel is flipped with the given probability.
 *
 * @example
 * ```ts
 * import { pictureFromText, sprinkle } from "./mod.ts";
 * import { createRandom } from "../random/mod.ts";
 *
 * console.log(sprinkle(pictureFromText("#.#"), createRandom(1), 1).data); // [0, 1, 0]
 * ```
 */
export function sprinkle(cells: Image<Pixels>, random: Random, probability: number): Image {
  return changed(cells, (_x, _y, i) => cells.data[i] > 0 !== random.bool(probability));
}

/** The picture with a new answer to "is it cell?" at every pixel. */
function changed(
  { width, height }: Image<Pixels>,
  isCell: (x: number, y: number, i: number) => boolean,
): Image {
  const data = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) data[i] = isCell(x, y, i) ? 1 : 0;
  }
  return { data, width, height };
}

function marked({ width, height }: Image<Pixels>, positions: readonly number[]): Image {
  const data = new Float32Array(width * height);
  for (const i of positions) data[i] = 1;
  return { data, width, height };
}
