// Places of the 8-neighbourhood by bit: 0..7 = NW, N, NE, W, E, SW, S, SE (rows of the square).
const PLACES = [[-1, -1], [0, -1], [1, -1], [-1, 0], [1, 0], [-1, 1], [0, 1], [1, 1]] as const;

/**
 * For each of the 256 neighbourhoods whether its centre is a simple point: a pixel that can be
 * flipped without a change of topology - nothing splits, merges, appears, vanishes, opens or closes.
 *
 * Cells are 4-connected, background is 8-connected. A pixel is simple where, within its 8
 * neighbours, T4 = 1 (one 4-component of cell touches the pixel by an edge) and T8 = 1 (one
 * 8-component of background): Bertrand and Malandain's topological numbers. What the pixel itself
 * is does not matter. 116 of the 256 are simple.
 *
 * Index: bits 0 ... 7 are the neighbours NW, N, NE, W, E, SW, S, SE; 1 = cell.
 *
 * @example
 * ```ts
 * import { SIMPLE_POINTS } from "./mod.ts";
 *
 * console.log(SIMPLE_POINTS[0b00000010]); // 1: the tip of a line that comes from the north
 * console.log(SIMPLE_POINTS[0b00011000]); // 0: between west and east, it would join or cut them
 * ```
 */
export const SIMPLE_POINTS: Readonly<Uint8Array> = Uint8Array.from(
  { length: 256 },
  (_, code) => (isSimple(code) ? 1 : 0),
);

function isSimple(code: number): boolean {
  const isCell = PLACES.map((_, bit) => ((code >> bit) & 1) === 1);
  const cells = components(isCell.map((cell) => cell), 1);
  const background = components(isCell.map((cell) => !cell), 2);
  const t4 = cells.filter((part) => part.some((k) => distance(PLACES[k], [0, 0]) === 1)).length;
  return t4 === 1 && background.length === 1;
}

/** Components of the chosen places, those within squared distance `reach` being neighbours. */
function components(chosen: boolean[], reach: 1 | 2): number[][] {
  const parts: number[][] = [];
  for (let seed = 0; seed < 8; seed++) {
    if (!chosen[seed]) continue;
    const part = [seed];
    chosen[seed] = false;
    for (const from of part) { // grows while it is walked
      for (let to = 0; to < 8; to++) {
        if (!chosen[to] || distance(PLACES[from], PLACES[to]) > reach) continue;
        chosen[to] = false;
        part.push(to);
      }
    }
    parts.push(part);
  }
  return parts;
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
}
