import { connectedComponents, type Image, type LabelImage } from "../image/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import type { SegmentationDataset } from "./dataset.ts";
import { gaussianBlur, grain, smoothNoise } from "./smooth_noise.ts";
import { tessellate, type Tessellation } from "./tessellation.ts";

/** What to generate; every field has a default. */
export interface EmPhantomOptions {
  /** Decides everything. Slice k of a seed is the same whatever `count` is. Default 1. */
  readonly seed?: number;
  /** Slices. Default 30, as in the ISBI volume. */
  readonly count?: number;
  /** Columns of a slice. Default 512. */
  readonly width?: number;
  /** Rows of a slice. Default 512. */
  readonly height?: number;
  /** Mean area of a cell with its share of the membrane, in pixels. Default 2000: 130 in a slice. */
  readonly cellArea?: number;
  /** Width of a membrane that is cut straight, in pixels. Default 6. */
  readonly membraneWidth?: number;
  /** Grain and organelles, as a share of what recorded slices have: 0 is a clean drawing. Default 1. */
  readonly clutter?: number;
}

/** What stands in a caption. */
export const EM_PHANTOM_CREDIT =
  "EM phantom: generated, no recorded picture went into it. It imitates serial-section transmission " +
  "electron microscopy of nervous tissue (cells in a wavy tessellation, membranes, organelles, grain).";

/**
 * Pictures like electron micrographs of nervous tissue, with the exact truth: the default data of the
 * course, because it needs no file and no permission.
 *
 * A slice is drawn in the order in which a section comes to be: cells divide the plane
 * ({@linkcode tessellate}); each is bounded by a membrane, dark, about 6 px wide, thinner or fainter
 * here and there and, where it lies slanted in the section, smeared to one side; organelles lie inside
 * (mitochondria with double membrane and cristae, vesicles, tubules, dense spots); dark patches sit on
 * some membranes as synapses do; grain, uneven staining and the slice's own brightness and contrast
 * come last. What the numbers imitate (sizes, widths, grays, the grain's correlation) was measured on
 * slices 0 to 23 of the ISBI 2012 volume. All of it is our own choice; no publication gives a recipe.
 *
 * @param options what to generate
 * @returns for each slice its picture in [0, 1], its cells (1, 2, ... in reading order, 0 = membrane;
 * each a 4-connected region) and its classes (1 = cell, 0 = membrane)
 * @throws {RangeError} if a size is not a whole number of at least 32 pixels, the count not at least 1,
 * or another option not what it should be
 *
 * @example
 * ```ts
 * import { emPhantom } from "./mod.ts";
 *
 * const { slices, instances, labels } = emPhantom({ seed: 7, count: 2, width: 128, height: 96 });
 * console.log(slices.length, slices[0].width); // 2 128
 * console.log(labels[0].data.every((l, i) => (l === 1) === (instances[0].data[i] > 0))); // true
 * ```
 */
export function emPhantom(
  options: EmPhantomOptions = {},
): SegmentationDataset & { readonly instances: readonly LabelImage[] } {
  const { seed = 1, count = 30, ...rest } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`count is a whole number of slices, at least 1; got ${count}`);
  }
  const random = createRandom(seed);
  const made = Array.from({ length: count }, (_, k) => emPhantomSlice(random.fork(k), rest));
  return {
    title: "EM phantom",
    credit: EM_PHANTOM_CREDIT,
    generated: true,
    slices: made.map(({ slice }) => slice),
    labels: made.map(({ labels }) => labels),
    instances: made.map(({ instances }) => instances),
  };
}

/** One slice: what {@linkcode emPhantom} returns lists of. */
export interface EmPhantomSlice {
  readonly slice: Image;
  readonly labels: LabelImage;
  readonly instances: LabelImage;
}

/**
 * A single slice of {@linkcode emPhantom}, for streams of ever new training pictures.
 *
 * @param random where everything is drawn; it is advanced
 * @param options as there
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { emPhantomSlice } from "./mod.ts";
 *
 * console.log(emPhantomSlice(createRandom(1), { width: 64, height: 64 }).slice.data.length); // 4096
 * ```
 */
export function emPhantomSlice(
  random: Random,
  options: Omit<EmPhantomOptions, "seed" | "count"> = {},
): EmPhantomSlice {
  const { width = 512, height = 512, cellArea = 2000, membraneWidth = 6, clutter = 1 } = options;
  if (![width, height].every((n) => Number.isSafeInteger(n) && n >= 32)) {
    throw new RangeError(`a phantom is at least 32 x 32 pixels; got ${width} x ${height}`);
  }
  if (!(cellArea >= 100) || !(membraneWidth >= 3) || !(clutter >= 0)) {
    throw new RangeError(
      `cellArea ${cellArea}, membraneWidth ${membraneWidth}, clutter ${clutter}: at least 100, 3 and 0 ` +
        "are expected",
    );
  }
  const tessellation = tessellate(random.fork("cells"), {
    width,
    height,
    cellArea: cellArea * Math.exp(0.15 * random.normal()),
    sizeSpread: 0.5,
    waviness: 3,
    elongation: random.uniform(1, 1.7),
    joined: 0.4,
  });
  const canvas: Canvas = {
    width,
    height,
    tessellation,
    darkness: new Float32Array(width * height),
    membrane: new Uint8Array(width * height),
  };
  stainMembranes(random.fork("membranes"), canvas, membraneWidth / 2);
  stainPatches(random.fork("patches"), canvas);
  if (clutter > 0) {
    drawMitochondria(random.fork("mitochondria"), canvas, clutter);
    drawVesicles(random.fork("vesicles"), canvas, clutter);
  }
  return {
    slice: { data: develop(random.fork("exposure"), canvas, clutter), width, height },
    ...truth(canvas),
  };
}

/** The slice while it is drawn. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly tessellation: Tessellation;
  /** How much darker than plain cytoplasm each pixel is, in gray values. */
  readonly darkness: Float32Array;
  /** 1 where the truth is membrane. */
  readonly membrane: Uint8Array;
}

/** A number in [0, 1) that belongs to the border between two cells, whichever is named first. */
function ofBorder(salt: number, a: number, b: number): number {
  let h = Math.imul(Math.min(a, b) + 1, 0x9e3779b1) ^ Math.imul(Math.max(a, b) + 7, 0x85ebca77) ^
    salt;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * Membranes. Across a border at distance d the darkness is a Gaussian about the border, or, where the
 * field `gap` allows, two: the two cells' own membranes with a light line between. Where a border is
 * slanted in the section it shows as a gray smear that reaches `slant` pixels into one of the cells.
 */
function stainMembranes(random: Random, canvas: Canvas, halfWidth: number) {
  const { width, height, tessellation: { cell, neighbour, distance }, darkness, membrane } = canvas;
  const thick = smoothNoise(random, width, height, 35),
    strong = smoothNoise(random, width, height, 45);
  const gap = smoothNoise(random, width, height, 40),
    slanted = smoothNoise(random, width, height, 28);
  const blurred = smoothNoise(random, width, height, 90);
  const salt = random.int(2 ** 31);
  const sigma = halfWidth * random.uniform(0.55, 0.75);
  const depth = random.uniform(0.3, 0.42), usualGap = random.uniform(-0.6, 0.4);

  for (let i = 0; i < darkness.length; i++) {
    const d = distance[i];
    const half = halfWidth * Math.max(0.62, 1 + 0.14 * thick[i]);
    const haze = Math.max(0, blurred[i] - 0.7); // whole regions where nothing is cut straight
    const s = sigma * (half / halfWidth) * (1 + 0.8 * haze);
    const g = Math.max(0, Math.min(0.45 * half, 0.9 * (gap[i] + usualGap)));
    const own = 0.8 + 0.4 * ofBorder(salt, cell[i], neighbour[i]);
    const stain = depth * own * Math.max(0.35, 1 + 0.16 * strong[i]) / (1 + 0.45 * haze);

    // Only a part of a border is slanted, and always towards the same of its two cells.
    const lean = 2.2 * ofBorder(salt + 1, cell[i], neighbour[i]) - 0.9 + slanted[i];
    const towards = (ofBorder(salt + 2, cell[i], neighbour[i]) < 0.5) === (cell[i] < neighbour[i]);
    const slant = towards ? Math.max(0, Math.min(18, 6 * (lean - 1.1))) : 0;

    let profile = Math.exp(-((d - g) ** 2) / (2 * s * s));
    if (slant > 0) {
      const beyond = Math.max(0, d - slant);
      const smear = (0.75 - 0.35 * Math.min(1, d / slant)) * Math.exp(-(beyond ** 2) / (2 * s * s));
      profile = Math.max(profile, smear);
    }
    darkness[i] = stain * profile;
    membrane[i] = d < half + 0.45 * slant ? 1 : 0;
  }
}

/** Dark patches on membranes, as synapses and cuts along a membrane leave them. */
function stainPatches(random: Random, canvas: Canvas) {
  const { width, height, tessellation: { distance }, darkness, membrane } = canvas;
  const ragged = smoothNoise(random, width, height, 7);
  const area = width * height / 512 ** 2;
  for (let n = Math.round(random.uniform(12, 30) * area); n > 0; n--) {
    const at = random.int(width * height);
    if (distance[at] > 4) continue;
    const reach = random.uniform(4, 13),
      flat = random.uniform(0.4, 1),
      turn = random.uniform(0, Math.PI);
    const dark = random.uniform(0.15, 0.4), counts = random.bool(0.6);
    eachAround(canvas, at, 2.5 * reach, (i, dx, dy) => {
      const along = Math.cos(turn) * dx + Math.sin(turn) * dy;
      const across = (Math.cos(turn) * dy - Math.sin(turn) * dx) / flat;
      const r = Math.hypot(along, across) / reach + 0.2 * ragged[i];
      const patch = Math.exp(-(Math.max(0, r) ** 2) / 1.2);
      darkness[i] = Math.max(darkness[i], dark * patch);
      if (counts && patch > 0.62) membrane[i] = 1;
    });
  }
  // A few wide shadows: thick or dirty places, which are no membrane.
  for (let n = Math.round(random.uniform(0, 5) * area); n > 0; n--) {
    const at = random.int(width * height),
      reach = random.uniform(14, 34),
      dark = random.uniform(0.06, 0.2);
    eachAround(canvas, at, 2.5 * reach, (i, dx, dy) => {
      darkness[i] += dark * Math.exp(-((Math.hypot(dx, dy) / reach + 0.15 * ragged[i]) ** 2));
    });
  }
}

/** Calls with every pixel within `reach` of pixel `at`, and how far it is from it. */
function eachAround(
  { width, height }: Canvas,
  at: number,
  reach: number,
  visit: (i: number, dx: number, dy: number) => void,
) {
  const x0 = at % width, y0 = Math.floor(at / width), r = Math.ceil(reach);
  for (let y = Math.max(0, y0 - r); y <= Math.min(height - 1, y0 + r); y++) {
    for (let x = Math.max(0, x0 - r); x <= Math.min(width - 1, x0 + r); x++) {
      visit(y * width + x, x - x0, y - y0);
    }
  }
}

/**
 * Mitochondria: ellipses, bent a little, as wide as the cell allows; a dark border, a gray matrix, and
 * cristae, which are stripes that follow a bent direction.
 */
function drawMitochondria(random: Random, canvas: Canvas, clutter: number) {
  const { width, height, tessellation: { cell, distance }, darkness } = canvas;
  const bent = smoothNoise(random, width, height, 16),
    wavy = smoothNoise(random, width, height, 12);
  const wanted = Math.round(random.uniform(5, 13) * clutter * width * height / 512 ** 2);
  for (let n = 0, attempt = 0; n < wanted && attempt < 60 * wanted; attempt++) {
    const at = random.int(width * height);
    const room = distance[at] - 3;
    if (room < 7 || darkness[at] > 0.12) continue;
    n++;
    const short = Math.min(room * random.uniform(0.8, 1.2), random.uniform(8, 30));
    const long = short * random.uniform(1, 2.3), turn = random.uniform(0, Math.PI);
    const matrix = random.uniform(0.06, 0.26), border = matrix + random.uniform(0.03, 0.18);
    const period = random.uniform(4.5, 8.5),
      light = random.bool(0.7) ? random.uniform(0.05, 0.16) : 0;
    const stripes = turn + random.normal(0, 0.4), phase = random.uniform(0, 2 * Math.PI);
    eachAround(canvas, at, long + 4, (i, dx, dy) => {
      if (cell[i] !== cell[at] || distance[i] < 4) return;
      const along = Math.cos(turn) * dx + Math.sin(turn) * dy;
      const across = Math.cos(turn) * dy - Math.sin(turn) * dx;
      const inside = (1 - Math.sqrt((along / long) ** 2 + (across / short) ** 2)) * short +
        1.2 * wavy[i];
      if (inside <= 0) return;
      const edge = Math.exp(-((inside - 1.5) ** 2) / 2.5);
      const s = Math.cos(stripes) * dy - Math.sin(stripes) * dx + 3.5 * bent[i];
      const wave = Math.max(0, Math.sin(2 * Math.PI * s / period + phase));
      const within = Math.min(1, Math.max(0, inside - 2) / 2);
      const dark = matrix * Math.min(1, inside) + (border - matrix) * edge - light * wave * within;
      darkness[i] = Math.max(darkness[i] - 0.1, dark);
    });
  }
}

/** Vesicles (rings), dense spots and short tubules; they gather in some places and cells. */
function drawVesicles(random: Random, canvas: Canvas, clutter: number) {
  const { width, height, tessellation: { cell, distance }, darkness } = canvas;
  const crowd = smoothNoise(random, width, height, 30), salt = random.int(2 ** 31);
  const tries = Math.round(random.uniform(2600, 5200) * clutter * width * height / 512 ** 2);
  for (let n = 0; n < tries; n++) {
    const at = random.int(width * height);
    const crowded = 0.9 * crowd[at] + 2 * ofBorder(salt, cell[at], 0) - 1;
    if (random.uniform() > 1 / (1 + Math.exp(-1.5 * crowded))) continue;
    const kind = random.uniform();
    if (kind < 0.55) { // a vesicle
      const r = kind < 0.1 ? random.uniform(4, 8) : random.uniform(1.6, 3.8);
      if (distance[at] < r + 4) continue;
      const wall = random.uniform(0.8, 1.3), dark = random.uniform(0.1, 0.42);
      const core = random.bool(0.2) ? random.uniform(0, 0.2) : random.uniform(-0.04, 0.05);
      const flat = random.uniform(0.65, 1), turn = random.uniform(0, Math.PI);
      eachAround(canvas, at, r + 4, (i, dx, dy) => {
        const along = Math.cos(turn) * dx + Math.sin(turn) * dy;
        const across = (Math.cos(turn) * dy - Math.sin(turn) * dx) / flat;
        const q = Math.hypot(along, across);
        const ring = dark * Math.exp(-((q - r) ** 2) / (2 * wall * wall));
        darkness[i] = Math.max(darkness[i], ring) + (q < r ? core * (1 - q / r) : 0);
      });
    } else if (kind < 0.85) { // a dense spot
      if (distance[at] < 5) continue;
      const r = random.uniform(0.8, 2.6), dark = random.uniform(0.1, 0.46);
      eachAround(canvas, at, 3 * r, (i, dx, dy) => {
        darkness[i] = Math.max(darkness[i], dark * Math.exp(-(dx * dx + dy * dy) / (2 * r * r)));
      });
    } else { // a tubule
      if (distance[at] < 7) continue;
      let x = at % width, y = Math.floor(at / width), turn = random.uniform(0, 2 * Math.PI);
      const wall = random.uniform(0.8, 1.4), dark = random.uniform(0.08, 0.32);
      for (let length = random.int(4, 16); length > 0; length--) {
        x += Math.cos(turn);
        y += Math.sin(turn);
        turn += random.normal(0, 0.15);
        const here = Math.round(y) * width + Math.round(x);
        if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1 || distance[here] < 5) break;
        eachAround(canvas, here, 3, (i) => {
          const dx = i % width - x, dy = Math.floor(i / width) - y;
          const line = dark * Math.exp(-(dx * dx + dy * dy) / (2 * wall * wall));
          darkness[i] = Math.max(darkness[i], line);
        });
      }
    }
  }
}

/** From darkness to a recorded picture: staining, optics, grain, exposure. */
function develop(random: Random, canvas: Canvas, clutter: number): Float32Array {
  const { width, height, tessellation: { cell, cells }, darkness } = canvas;
  const stain = Float32Array.from({ length: cells }, () => random.normal(0, 0.025));
  const uneven = smoothNoise(random, width, height, 150),
    cloudy = smoothNoise(random, width, height, 40);
  const gray = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = stain[cell[i]] + 0.025 * uneven[i] + 0.012 * cloudy[i] - darkness[i];
  }
  gaussianBlur(gray, width, height, random.uniform(0.6, 1.1));

  // Standard deviations of the grain by its correlation length; their squares add up to grain^2.
  const strength = clutter * random.uniform(0.065, 0.11);
  const fine = random.uniform(0.8, 1.1);
  const grains = [
    { field: grain(random, width, height, 0), amount: strength * Math.sqrt(0.06) },
    { field: grain(random, width, height, fine), amount: strength * Math.sqrt(0.58) },
    { field: smoothNoise(random, width, height, 3.5), amount: strength * Math.sqrt(0.2) },
    { field: smoothNoise(random, width, height, 8), amount: strength * Math.sqrt(0.16) },
  ];
  const contrast = random.uniform(0.8, 1.15), cytoplasm = random.uniform(0.48, 0.66);
  for (let i = 0; i < gray.length; i++) {
    let noise = 0;
    for (const { field, amount } of grains) noise += amount * field[i];
    noise *= 1 - 0.8 * Math.min(0.4, Math.max(0, darkness[i])); // dark places show less of it
    gray[i] = Math.max(0, Math.min(1, cytoplasm + contrast * (gray[i] + noise)));
  }
  return gray;
}

/** A cell's remainder of fewer pixels than this is no cell: it becomes membrane. */
const SMALLEST_CELL = 24;

function truth({ width, height, membrane }: Canvas) {
  const inside = { data: Int32Array.from(membrane, (m) => 1 - m), width, height };
  const { count, ...parts } = connectedComponents(inside);
  const sizes = new Int32Array(count + 1);
  for (const part of parts.data) sizes[part]++;
  let next = 0;
  const numbers = sizes.map((size, part) => part > 0 && size >= SMALLEST_CELL ? ++next : 0);
  const instances = { data: parts.data.map((part) => numbers[part]), width, height };
  const labels = { data: instances.data.map((n) => n > 0 ? 1 : 0), width, height };
  return { instances, labels };
}
