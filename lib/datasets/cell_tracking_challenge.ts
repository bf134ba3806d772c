import { join } from "@std/path";
import {
  distanceTransform,
  type Image,
  type LabelImage,
  objectSizes,
  type Pixels,
  readImage,
  toGray,
  toLabels,
} from "../image/mod.ts";
import { dataDir } from "../io/mod.ts";
import { DatasetError, type SegmentationDataset } from "./dataset.ts";

/** What is known about a data set of the Cell Tracking Challenge. */
interface Profile {
  /** Its folder below `ctc`. */
  readonly folder: string;
  /** What is seen, how. */
  readonly about: string;
  /** Width E of the rim around the field of interest, pixels. */
  readonly rim: number;
}

const PROFILES = {
  dic_hela: {
    folder: "DIC-C2DH-HeLa",
    about:
      "HeLa cells on glass, differential interference contrast; Dr. G. van Cappellen, Erasmus " +
      "Medical Center, Rotterdam",
    rim: 50,
  },
  phc_u373: {
    folder: "PhC-C2DH-U373",
    about: "glioblastoma-astrocytoma U373 cells on polyacrylamide, phase contrast; Dr. S. Kumar, " +
      "University of California at Berkeley",
    rim: 50,
  },
  phc_psc: {
    folder: "PhC-C2DL-PSC",
    about:
      "pancreatic stem cells on polystyrene, phase contrast; Dr. T. Becker and Dr. D. Rapoport, " +
      "Fraunhofer Institution for Marine Biotechnology, Lübeck",
    rim: 25,
  },
} as const satisfies Record<string, Profile>;

/** The data sets of the Cell Tracking Challenge that are read here. */
export type CellTrackingName = keyof typeof PROFILES;

/** Which of them, {@linkcode openCellTracking} can read. */
export const CELL_TRACKING_NAMES = Object.keys(PROFILES) as readonly CellTrackingName[];

/** Which sequence, and whose masks. */
export interface CellTrackingOptions {
  /** Each data set has two. Default "01". */
  readonly sequence?: "01" | "02";
  /**
   * - "gold": the frames whose masks people drew (`01_GT/SEG`). What a result is scored against. Default.
   * - "silver": the frames with masks made by combining the best programs (`01_ST/SEG`), often all.
   * - "both": of each frame the gold masks, or the silver ones where those have more of its cells. What a
   *   network is trained on.
   */
  readonly masks?: "gold" | "silver" | "both";
  /** Where the data set's own folder lies. Default: `ctc` in the data directory. */
  readonly folder?: string;
}

/** A sequence of cells: what is known about each frame, index by index. */
export interface CellSequence extends SegmentationDataset {
  /** The numbers in the files' names, for example 2 of `t002.tif`. */
  readonly frames: readonly number[];
  /** A number from 1 for every annotated cell, as in the mask's file; 0 = not a cell, or not annotated. */
  readonly instances: readonly LabelImage[];
  /** 1 where the truth is known, 0 where nobody has looked. */
  readonly annotated: readonly Image<Uint8Array>[];
  /** Width of the rim around the field of interest, pixels. */
  readonly rim: number;
}

/**
 * A sequence of the Cell Tracking Challenge, frames with masks only, in the challenge's layout:
 *
 *     ctc/DIC-C2DH-HeLa/01/t000.tif ...                 the frames
 *                       01_GT/SEG/man_seg002.tif ...    gold masks of some frames
 *                       01_GT/TRA/man_track000.tif ...  gold markers: every cell of every frame
 *                       01_ST/SEG/man_seg000.tif ...    silver masks
 *
 * Not every pixel is annotated, and a network must not learn from what nobody has looked at (give it the
 * weight 0):
 *
 * - Objects that lie entirely in the rim outside the **field of interest** (50 pixels on every side for
 *   DIC-C2DH-HeLa and PhC-C2DH-U373, 25 for PhC-C2DL-PSC) are left out of the references, so background
 *   there may be a cell: only the annotated cells themselves count in the rim.
 * - **Partially annotated frames**: where a marker within the field of interest touches no mask, a cell has
 *   been left out. Around the marker, as far as the median cell is wide (our choice), only annotated cells
 *   count. Without a folder of markers every frame counts as fully annotated.
 *
 * @param name of the data set: `dic_hela`, `phc_u373` or `phc_psc`
 * @param options see {@linkcode CellTrackingOptions}
 * @throws {DatasetError} if a folder or a frame is absent, no frame has masks, or a mask has another size
 * than its frame or no cell; the sentence names the file
 * @throws {ImageFileError} if a file is damaged
 * @see V. Ulman et al., An objective comparison of cell-tracking algorithms, Nature Methods 14, 2017; M. Maška
 * et al., The Cell Tracking Challenge: 10 years of objective benchmarking, Nature Methods 20, 2023
 *
 * @example
 * ```ts
 * import { hasCellTracking, openCellTracking } from "./mod.ts";
 *
 * if (await hasCellTracking("dic_hela")) {
 *   const { slices, frames, instances } = await openCellTracking("dic_hela", { sequence: "01" });
 *   console.log(slices.length, frames[0], instances[0].width); // 9 2 512
 * }
 * ```
 */
export async function openCellTracking(
  name: CellTrackingName,
  options: CellTrackingOptions = {},
): Promise<CellSequence> {
  const { sequence = "01", masks = "gold" } = options;
  const profile = profileOf(name), { folder, about, rim } = profile;
  const root = join(options.folder ?? join(dataDir(), "ctc"), folder);
  if (!["01", "02"].includes(sequence)) {
    throw new RangeError(`a data set has the sequences "01" and "02"; got "${sequence}"`);
  }
  if (!["gold", "silver", "both"].includes(masks)) {
    throw new RangeError(`masks are "gold", "silver" or "both"; got "${masks}"`);
  }
  const gold = masks === "silver" ? new Map() : await filesOf(root, `${sequence}_GT/SEG`);
  const silver = masks === "gold" ? new Map() : await filesOf(root, `${sequence}_ST/SEG`);
  const numbers = [...new Set([...gold.keys(), ...silver.keys()])].sort((a, b) => a - b);
  if (numbers.length === 0) await explainAbsence(root, profile, sequence, masks);
  const markers = await filesOf(root, `${sequence}_GT/TRA`);
  const pictures = await filesOf(root, sequence);

  const read = await Promise.all(numbers.map(async (number) => {
    const path = pictures.get(number);
    if (path === undefined) {
      throw new DatasetError(
        `${gold.get(number) ?? silver.get(number)} has no frame: ` +
          `t${`${number}`.padStart(3, "0")}.tif is not in ${join(root, sequence)}`,
      );
    }
    const slice = toGray(await only(path));
    const marked = markers.has(number)
      ? await labelsOf(markers.get(number)!, slice, path)
      : undefined;
    const candidates: { instances: LabelImage; missing: Set<number> }[] = [];
    for (const mask of [gold.get(number), silver.get(number)]) {
      if (mask === undefined) continue;
      const instances = await labelsOf(mask, slice, path);
      if (!instances.data.some((id) => id > 0)) {
        throw new DatasetError(`${mask} is empty: all its pixels are 0, so no cell was annotated`);
      }
      candidates.push({ instances, missing: leftOut(instances, marked, rim) });
    }
    // Gold before silver, unless silver has more of the cells.
    const { instances, missing } = candidates.reduce((best, other) =>
      other.missing.size < best.missing.size ? other : best
    );
    return { slice, instances, annotated: annotatedOf(instances, marked, missing, rim) };
  }));

  return {
    title: `${folder} ${sequence}`,
    credit: `Cell Tracking Challenge, ${folder}: ${about}. Research use on the owner's terms ` +
      "(celltrackingchallenge.net); please cite V. Ulman et al., Nature Methods 14, 2017.",
    generated: false,
    frames: numbers,
    slices: read.map(({ slice }) => slice),
    labels: read.map(({ instances }) => ({
      ...instances,
      data: instances.data.map((id) => id > 0 ? 1 : 0),
    })),
    instances: read.map(({ instances }) => instances),
    annotated: read.map(({ annotated }) => annotated),
    rim,
  };
}

/**
 * Whether {@linkcode openCellTracking} would find frames and masks; nothing is read.
 *
 * @param name of the data set
 * @param options as there
 *
 * @example See {@linkcode openCellTracking}.
 */
export async function hasCellTracking(
  name: CellTrackingName,
  { sequence = "01", masks = "gold", folder }: CellTrackingOptions = {},
): Promise<boolean> {
  const root = join(folder ?? join(dataDir(), "ctc"), profileOf(name).folder);
  const kinds = masks === "both" ? ["GT", "ST"] : [masks === "gold" ? "GT" : "ST"];
  const found = await Promise.all(kinds.map((k) => filesOf(root, `${sequence}_${k}/SEG`)));
  return found.some(({ size }) => size > 0) && (await filesOf(root, sequence)).size > 0;
}

/**
 * The objects that count: those with at least one pixel in the field of interest, which is the picture
 * without a rim. The references of the challenge are made so; a result may be, to look at.
 *
 * @param labels 0 = background
 * @param rim its width E on every side, pixels
 * @throws {RangeError} if the rim is not a whole number of at least 0
 *
 * @example
 * ```ts
 * import { inFieldOfInterest } from "./mod.ts";
 *
 * const row = [0, 0, 0, 0, 0, 0], cells = [1, 0, 2, 2, 2, 2];
 * const labels = { data: Int32Array.from([row, cells, row].flat()), width: 6, height: 3 };
 * console.log(inFieldOfInterest(labels, 1).data.slice(6, 12)); // [0, 0, 2, 2, 2, 2]
 * ```
 */
export function inFieldOfInterest(labels: LabelImage, rim: number): LabelImage {
  if (!Number.isSafeInteger(rim) || rim < 0) {
    throw new RangeError(`the rim is a whole number of pixels, at least 0; got ${rim}`);
  }
  const inside = new Set<number>();
  eachPixel(labels, rim, (i, within) => {
    if (within) inside.add(labels.data[i]);
  });
  return { ...labels, data: labels.data.map((id) => inside.has(id) ? id : 0) };
}

function profileOf(name: CellTrackingName): Profile {
  const profile: Profile | undefined = PROFILES[name];
  if (profile === undefined) {
    throw new RangeError(
      `there is no data set "${name}" of the Cell Tracking Challenge here; known are ` +
        CELL_TRACKING_NAMES.join(", "),
    );
  }
  return profile;
}

/** The TIFF files of a folder by the number in their name; none where there is no folder. */
async function filesOf(root: string, folder: string): Promise<Map<number, string>> {
  const files = new Map<number, string>();
  try {
    for await (const { name, isFile } of Deno.readDir(join(root, folder))) {
      const number = /^\D*(\d+)\.tiff?$/i.exec(name)?.[1];
      if (isFile && number !== undefined) files.set(Number(number), join(root, folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
  }
  return files;
}

async function explainAbsence(
  root: string,
  { folder }: Profile,
  sequence: string,
  masks: string,
): Promise<never> {
  const kinds = { gold: ["GT"], silver: ["ST"], both: ["GT", "ST"] }[masks]!;
  const wanted = kinds.map((kind) => join(root, `${sequence}_${kind}`, "SEG")).join(" or ");
  const there = await Deno.stat(root).then(() => true, () => false);
  throw new DatasetError(
    there
      ? `there is no mask (man_seg000.tif ...) in ${wanted}; sequence ${sequence} has no ${masks} masks here`
      : `${root} is not there. Download ${folder} from celltrackingchallenge.net and unpack it so that ` +
        `${wanted} holds its masks, or set DATA_DIR to the folder that holds ctc/; ` +
        'openDataset("cell_phantom") generates similar pictures without any file.',
  );
}

/** The one page of a file. */
async function only(path: string): Promise<Image<Pixels>> {
  const pages = await readImage(path);
  if (pages.length !== 1) {
    throw new DatasetError(
      `${path} has ${pages.length} pages; the data sets read here are flat: 1`,
    );
  }
  return pages[0];
}

async function labelsOf(path: string, frame: Image, framePath: string): Promise<LabelImage> {
  const page = await only(path);
  if (page.width !== frame.width || page.height !== frame.height) {
    throw new DatasetError(
      `${path} is ${page.width} x ${page.height} but its frame ${framePath} is ` +
        `${frame.width} x ${frame.height}: they do not belong together`,
    );
  }
  try {
    return toLabels(page);
  } catch (error) {
    throw new DatasetError(`${path} holds no labels: ${(error as Error).message}`);
  }
}

/** The markers that reach into the field of interest and touch no mask: cells that were left out. */
function leftOut(instances: LabelImage, markers: LabelImage | undefined, rim: number): Set<number> {
  const open = new Set<number>();
  if (markers === undefined) return open;
  eachPixel(markers, rim, (i, within) => {
    if (within && markers.data[i] > 0) open.add(markers.data[i]);
  });
  for (let i = 0; i < instances.data.length; i++) {
    if (instances.data[i] > 0) open.delete(markers.data[i]);
  }
  return open;
}

/** 1 on annotated cells and on background, but for the rim and the surroundings of `missing` markers. */
function annotatedOf(
  instances: LabelImage,
  markers: LabelImage | undefined,
  missing: ReadonlySet<number>,
  rim: number,
): Image<Uint8Array> {
  const { width, height } = instances, data = new Uint8Array(width * height);
  const reach = missing.size > 0 ? medianDiameter(instances) : 0;
  const far = markers && missing.size > 0
    ? distanceTransform({ ...markers, data: markers.data.map((id) => missing.has(id) ? 1 : 0) })
      .data
    : undefined;
  eachPixel(instances, rim, (i, within) => {
    const known = within && (far === undefined || far[i] > reach);
    data[i] = known || instances.data[i] > 0 ? 1 : 0;
  });
  return { data, width, height };
}

/** Of discs with the objects' areas, pixels. */
function medianDiameter(instances: LabelImage): number {
  const sizes = [...objectSizes(instances).values()].sort((a, b) => a - b);
  return Math.sqrt(4 / Math.PI * sizes[sizes.length >> 1]);
}

/** Calls with every pixel, and whether it lies within the rim of that width. */
function eachPixel(
  { width, height }: LabelImage,
  rim: number,
  visit: (i: number, within: boolean) => void,
) {
  for (let y = 0, i = 0; y < height; y++) {
    const row = y >= rim && y < height - rim;
    for (let x = 0; x < width; x++, i++) visit(i, row && x >= rim && x < width - rim);
  }
}
