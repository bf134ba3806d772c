import {
  borders,
  connectedComponents,
  distanceTransform,
  type Image,
  type LabelImage,
  objectSizes,
} from "../image/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import type { SegmentationDataset } from "./dataset.ts";
import { grain, smoothNoise } from "./smooth_noise.ts";
import { tessellate } from "./tessellation.ts";

/** What to generate; every field has a default. */
export interface CellPhantomOptions {
  /** Decides everything. Frame k of a seed is the same whatever `count` is. Default 1. */
  readonly seed?: number;
  /** Frames, each of other cells. Default 30. */
  readonly count?: number;
  /** Columns of a frame. Default 512. */
  readonly width?: number;
  /** Rows of a frame. Default 512. */
  readonly height?: number;
  /** Mean area of a cell in pixels. Default 10,000: about a dozen in a frame. */
  readonly cellArea?: number;
  /** Share of the frame that cells cover, about. Default 0.5. */
  readonly coverage?: number;
  /** Grain, vesicles and filopodia, as a share of what recorded frames have: 0 is a clean drawing. Default 1. */
  readonly clutter?: number;
}

/** What stands in a caption. */
export const CELL_PHANTOM_CREDIT =
  "Cell phantom: generated, no recorded picture went into it. It imitates cells that touch, on glass, under " +
  "differential interference contrast (faint borders, shaded from one side, vesicles, filopodia, grain).";

/**
 * Pictures like those of touching HeLa cells under differential interference contrast (DIC), with the exact
 * truth: what the course learns cells from where no recorded sequence is present.
 *
 * Cells are neighbours in a wavy tessellation ({@linkcode tessellate}); those where a smooth field is high
 * are kept, so that they lie in groups and touch; corners are rounded. DIC shows slopes: a cell's edge is a dark
 * line inside and a bright one outside, fainter here and there and nearly gone between some neighbours;
 * inside and outside are equally bright **on average**, so that no threshold tells them apart. The inside is rough
 * (grain, vesicles lit from one side), the glass is smooth, filopodia and blebs reach out. What the numbers
 * imitate (areas, coverage, grays by distance from the border, the grain's correlation) was measured on
 * sequence 01 of DIC-C2DH-HeLa. All of it is our own choice; no publication gives a recipe.
 *
 * @param options what to generate
 * @returns for each frame its picture in [0, 1], its cells (1, 2, ... in reading order, 0 = glass; each a
 * 4-connected region) and its classes (1 = cell)
 * @throws {RangeError} if a size is not a whole number of at least 64 pixels, the count not at least 1, or
 * another option not what it should be
 *
 * @example
 * ```ts
 * import { cellPhantom } from "./mod.ts";
 *
 * const { slices, instances } = cellPhantom({ seed: 7, count: 2, width: 256, height: 192 });
 * console.log(slices.length, slices[0].width); // 2 256
 * console.log(new Set(instances[0].data).size > 2); // true
 * ```
 */
export function cellPhantom(
  options: CellPhantomOptions = {},
): SegmentationDataset & { readonly instances: readonly LabelImage[] } {
  const { seed = 1, count = 30, ...rest } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`count is a whole number of frames, at least 1; got ${count}`);
  }
  const random = createRandom(seed);
  const made = Array.from({ length: count }, (_, k) => cellPhantomFrame(random.fork(k), rest));
  return {
    title: "cell phantom",
    credit: CELL_PHANTOM_CREDIT,
    generated: true,
    slices: made.map(({ slice }) => slice),
    labels: made.map(({ labels }) => labels),
    instances: made.map(({ instances }) => instances),
  };
}

/** One frame: what {@linkcode cellPhantom} returns lists of. */
export interface CellPhantomFrame {
  readonly slice: Image;
  readonly labels: LabelImage;
  readonly instances: LabelImage;
}

/**
 * A single frame of {@linkcode cellPhantom}, for streams of ever new training pictures.
 *
 * @param random where everything is drawn; it is advanced
 * @param options as there
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { cellPhantomFrame } from "./mod.ts";
 *
 * console.log(cellPhantomFrame(createRandom(1), { width: 128, height: 96 }).slice.data.length); // 12288
 * ```
 */
export function cellPhantomFrame(
  random: Random,
  options: Omit<CellPhantomOptions, "seed" | "count"> = {},
): CellPhantomFrame {
  const { width = 512, height = 512, cellArea = 10_000, coverage = 0.5, clutter = 1 } = options;
  if (![width, height].every((n) => Number.isSafeInteger(n) && n >= 64)) {
    throw new RangeError(`a phantom of cells is at least 64 x 64 pixels; got ${width} x ${height}`);
  }
  if (!(cellArea >= 400) || !(coverage > 0 && coverage < 1) || !(clutter >= 0)) {
    throw new RangeError(
      `cellArea ${cellArea}, coverage ${coverage}, clutter ${clutter}: at least 400, between 0 and 1, ` +
        "and at least 0 are expected",
    );
  }
  const instances = drawCells(random.fork("cells"), { width, height, cellArea, coverage });
  const slice = shade(random.fork("light"), instances, clutter);
  const classes = instances.data.map((id) => id > 0 ? 1 : 0);
  return { slice, labels: { ...instances, data: classes }, instances };
}

/** Groups of rounded cells, numbered in reading order. */
function drawCells(
  random: Random,
  { width, height, cellArea, coverage }: Required<
    Pick<CellPhantomOptions, "width" | "height" | "cellArea" | "coverage">
  >,
): LabelImage {
  const diameter = Math.sqrt(4 * cellArea / Math.PI);
  const { cell, cells, distance } = tessellate(random.fork("plane"), {
    width,
    height,
    cellArea: 1.25 * cellArea, // rounding takes a part
    sizeSpread: 0.16,
    waviness: 0.06 * diameter,
    elongation: random.uniform(1, 1.6),
    joined: 0,
  });

  // Kept are the cells on which a smooth field is highest, as many as cover enough.
  const group = smoothNoise(random.fork("groups"), width, height, 1.8 * diameter);
  const sums = new Float64Array(cells), sizes = new Float64Array(cells);
  for (let i = 0; i < cell.length; i++) {
    sums[cell[i]] += group[i];
    sizes[cell[i]]++;
  }
  const order = [...sizes.keys()].filter((c) => sizes[c] > 0)
    .sort((a, b) => sums[b] / sizes[b] - sums[a] / sizes[a]);
  const kept = new Set<number>();
  for (let covered = 0, k = 0; k < order.length && covered < 1.1 * coverage * cell.length; k++) {
    kept.add(order[k]);
    covered += sizes[order[k]];
  }

  // Morphological opening of each cell: what a disc of that radius inside the cell can reach.
  const radius = 0.16 * diameter;
  const data = new Int32Array(cell.length);
  for (const c of kept) {
    const core = { data: Uint8Array.from(cell, (o, i) => o === c && distance[i] > radius ? 1 : 0) };
    if (!core.data.includes(1)) continue;
    const reach = distanceTransform({ ...core, width, height }).data;
    for (let i = 0; i < data.length; i++) {
      if (cell[i] === c && reach[i] < radius + 0.5) data[i] = c + 1;
    }
  }

  // One piece each, the largest.
  const pieces = connectedComponents({ data, width, height });
  const largest = new Map<number, number>(), pieceSizes = objectSizes(pieces);
  for (let i = 0; i < data.length; i++) {
    const piece = pieces.data[i], best = largest.get(data[i]);
    if (data[i] === 0 || best === piece) continue;
    if (best === undefined || pieceSizes.get(piece)! > pieceSizes.get(best)!) {
      largest.set(data[i], piece);
    }
  }
  const whole = Int32Array.from(data, (id, i) => largest.get(id) === pieces.data[i] ? id : 0);
  const { data: numbered } = connectedComponents({ data: whole, width, height });
  return { data: numbered, width, height };
}

/** The picture: glass, edges, what is inside, what reaches out. Grays are differences from the glass. */
function shade(random: Random, instances: LabelImage, clutter: number): Image {
  const { data: ids, width, height } = instances, n = ids.length;
  const edge = distanceTransform(borders(instances)).data; // from the border, inside and outside
  const gray = new Float32Array(n);
  const faint = smoothNoise(random.fork("faint"), width, height, 30);
  const wide = smoothNoise(random.fork("wide"), width, height, 18);
  const rough = smoothNoise(random.fork("rough"), width, height, 26);
  const texture = grain(random.fork("texture"), width, height, 1.15);
  const coarse = grain(random.fork("coarse"), width, height, 3);
  const roughness = Float32Array.from(
    { length: 1 + ids.reduce((most, id) => Math.max(most, id), 0) },
    () => random.uniform(0.026, 0.048),
  );

  for (let i = 0; i < n; i++) {
    const d = edge[i], strength = Math.max(0.15, 1 + 0.55 * faint[i]);
    const inside = ids[i] > 0;
    if (inside) {
      const dark = Math.exp(-(((d - 3 - 0.8 * wide[i]) / 2.2) ** 2));
      gray[i] -= 0.05 * strength * dark + 0.012 * Math.exp(-d / 8);
      const own = roughness[ids[i]] * Math.max(0.3, 1 + 0.35 * rough[i]);
      gray[i] += clutter * own * (texture[i] + 0.25 * coarse[i]);
    } else {
      const bright = Math.exp(-(((d - 2 - 0.6 * wide[i]) / 2) ** 2));
      gray[i] += 0.036 * strength * bright + 0.008 * Math.exp(-d / 6);
      gray[i] += clutter * 0.045 * Math.exp(-d / 7) * Math.max(0, rough[i]) * texture[i];
    }
  }
  if (clutter > 0) {
    drawFilopodia(random.fork("filopodia"), instances, edge, gray, clutter);
    drawBlebs(random.fork("blebs"), instances, edge, gray, clutter);
    drawVesicles(random.fork("vesicles"), instances, edge, gray, clutter);
  }
  const fine = grain(random.fork("grain"), width, height, 0.75);
  const uneven = smoothNoise(random.fork("uneven"), width, height, 150);
  const glass = 0.466 + random.normal(0, 0.004);
  const data = gray.map((g, i) => {
    const value = glass + g + 0.004 * uneven[i] + clutter * 0.019 * fine[i];
    return Math.min(1, Math.max(0, value));
  });
  return { data, width, height };
}

/**
 * Vesicles: droplets of a few pixels, some cells full of them; dark, or bright with a dark side. Most lie
 * around one place of the cell, as beside a nucleus.
 */
function drawVesicles(
  random: Random,
  { data: ids, width, height }: LabelImage,
  edge: Float64Array,
  gray: Float32Array,
  clutter: number,
) {
  const pixels = new Map<number, number[]>();
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === 0 || edge[i] < 7) continue;
    if (!pixels.has(ids[i])) pixels.set(ids[i], []);
    pixels.get(ids[i])!.push(i);
  }
  for (const own of pixels.values()) {
    const crowd = random.pick(own), cx = crowd % width, cy = Math.floor(crowd / width);
    const many = Math.exp(random.normal(0, 0.8)) * clutter * own.length / 1200;
    for (let k = 0; k < many; k++) {
      let at = random.pick(own);
      if (random.bool(0.6)) {
        const x = Math.round(cx + 12 * random.normal()), y = Math.round(cy + 12 * random.normal());
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        if (ids[y * width + x] === ids[crowd] && edge[y * width + x] >= 5) at = y * width + x;
      }
      const radius = random.uniform(1.4, 3.4), dark = random.bool(0.75) ? 1 : -0.8;
      const contrast = dark * random.uniform(0.08, 0.3);
      drawDroplet(gray, width, height, at, radius, contrast);
    }
  }
}

/** A droplet: dark for a positive contrast, with a bright ring, lit from one corner. */
function drawDroplet(
  gray: Float32Array,
  width: number,
  height: number,
  at: number,
  radius: number,
  contrast: number,
) {
  const x0 = at % width, y0 = Math.floor(at / width), reach = Math.ceil(2.5 * radius);
  for (let y = Math.max(0, y0 - reach); y <= Math.min(height - 1, y0 + reach); y++) {
    for (let x = Math.max(0, x0 - reach); x <= Math.min(width - 1, x0 + reach); x++) {
      const dx = (x - x0) / radius, dy = (y - y0) / radius, r2 = dx * dx + dy * dy;
      const lit = 0.5 * (dx + dy) * Math.exp(-r2 / 2);
      const ring = 0.45 * Math.exp(-((Math.sqrt(r2) - 1.7) ** 2) / 0.18);
      gray[y * width + x] += contrast * (ring + lit - Math.exp(-r2));
    }
  }
}

/** Blebs: some cells are seamed with small bulges, which people do not count as cell. */
function drawBlebs(
  random: Random,
  { data: ids, width, height }: LabelImage,
  edge: Float64Array,
  gray: Float32Array,
  clutter: number,
) {
  const seamed = new Map<number, boolean>();
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === 0 || edge[i] >= 1) continue;
    if (!seamed.has(ids[i])) seamed.set(ids[i], random.bool(0.35));
    if (!seamed.get(ids[i]) || !random.bool(0.16 * Math.min(1, clutter))) continue;
    const x = i % width + Math.round(6 * random.normal());
    const y = Math.floor(i / width) + Math.round(6 * random.normal());
    if (x < 0 || y < 0 || x >= width || y >= height || ids[y * width + x] > 0) continue;
    drawDroplet(
      gray,
      width,
      height,
      y * width + x,
      random.uniform(1.8, 3),
      -random.uniform(0.03, 0.11),
    );
  }
}

/** Filopodia: thin threads from some borders outwards, dark with a bright side. */
function drawFilopodia(
  random: Random,
  { data: ids, width, height }: LabelImage,
  edge: Float64Array,
  gray: Float32Array,
  clutter: number,
) {
  const shore: number[] = [];
  for (let i = 0; i < ids.length; i++) if (ids[i] > 0 && edge[i] < 1) shore.push(i);
  for (let k = 0; k < clutter * shore.length / 16; k++) {
    const at = random.pick(shore);
    let x = at % width, y = Math.floor(at / width), angle = random.uniform(0, 2 * Math.PI);
    const length = random.uniform(6, 30), contrast = random.uniform(0.05, 0.16);
    for (let s = 0; s < length; s++) {
      x += Math.cos(angle);
      y += Math.sin(angle);
      angle += random.normal(0, 0.08);
      const px = Math.round(x), py = Math.round(y);
      if (px < 1 || py < 1 || px >= width - 1 || py >= height - 1) break;
      const i = py * width + px;
      if (ids[i] > 0) break; // threads lie on glass
      const fade = contrast * (1 - s / length);
      gray[i] -= fade;
      gray[i - width - 1] += 0.7 * fade;
      gray[i + width + 1] += 0.5 * fade;
    }
  }
}
