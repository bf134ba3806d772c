import { join } from "@std/path";
import { type Image, type LabelImage, type Pixels, readTiff, toGray } from "../image/mod.ts";
import { dataDir, howToGet } from "../io/mod.ts";
import { DatasetError, type SegmentationDataset } from "./dataset.ts";

/** Slices of the training volume, and the side of each. */
const SLICES = 30, SIDE = 512;

/** Who made the data and on what terms. */
export const ISBI2012_CREDIT =
  "ISBI 2012 EM segmentation challenge: serial-section transmission electron microscopy of the " +
  "Drosophila first instar larva ventral nerve cord, 4 x 4 x 50 nm; A. Cardona et al., PLoS Biology " +
  "8(10):e1000502, 2010. Free for non-commercial segmentation research; please cite the paper.";

/**
 * The training volume of the ISBI 2012 EM segmentation challenge, from
 * `isbi2012/train-volume.tif` and `isbi2012/train-labels.tif` in {@linkcode dataDir}, or from the same
 * slices in a file each, as `deno task data get isbi2012` brings them: 30 slices of 512 x 512 and their
 * labels (white, here 1, is the inside of a cell; black, here 0, a membrane).
 *
 * @param folder where the files lie; default `isbi2012` in the data directory
 * @throws {DatasetError} if a file is absent, or is not 30 pages of 512 x 512, or the labels hold
 * anything but 0 and 255
 * @throws {ImageFileError} if a file is damaged
 *
 * @example
 * ```ts
 * import { hasIsbi2012, openIsbi2012 } from "./isbi2012.ts";
 *
 * if (await hasIsbi2012()) {
 *   const { slices, labels } = await openIsbi2012();
 *   console.log(slices.length, labels[0].width); // 30 512
 * }
 * ```
 */
export async function openIsbi2012(
  folder: string = join(dataDir(), "isbi2012"),
): Promise<SegmentationDataset> {
  const volume = await readVolume(folder, "train-volume.tif");
  const truth = await readVolume(folder, "train-labels.tif");
  return {
    title: "ISBI 2012 EM",
    credit: ISBI2012_CREDIT,
    generated: false,
    slices: volume.map(toGray),
    labels: truth.map((page, i) => toClasses(page, i, join(folder, "train-labels.tif"))),
  };
}

/**
 * Whether the files of {@linkcode openIsbi2012} are there; nothing is read.
 *
 * @param folder as there
 *
 * @example See {@linkcode openIsbi2012}.
 */
export async function hasIsbi2012(folder: string = join(dataDir(), "isbi2012")): Promise<boolean> {
  const found = await Promise.all([
    filesOf(folder, "train-volume.tif"),
    filesOf(folder, "train-labels.tif"),
  ]);
  return found.every((files) => files !== undefined);
}

type Volume = "train-volume.tif" | "train-labels.tif";

/** The one file of a volume, or those of its slices; undefined where neither is whole. */
async function filesOf(folder: string, volume: Volume): Promise<string[] | undefined> {
  const isFile = (path: string) => Deno.stat(path).then(({ isFile }) => isFile, () => false);
  const one = join(folder, volume);
  if (await isFile(one)) return [one];
  const kind = volume === "train-volume.tif" ? "image" : "label";
  const slices = Array.from(
    { length: SLICES },
    (_, i) => join(folder, "train", kind, `${i}.tif`),
  );
  return (await Promise.all(slices.map(isFile))).every(Boolean) ? slices : undefined;
}

async function readVolume(folder: string, volume: Volume): Promise<Image<Pixels>[]> {
  const path = join(folder, volume), files = await filesOf(folder, volume);
  if (files === undefined) {
    throw new DatasetError(
      `${path} is not there. ${await howToGet("isbi2012")}. Or put train-volume.tif and ` +
        `train-labels.tif (each 30 slices of 512 x 512, 8 bits; from the ISBI 2012 EM segmentation ` +
        `challenge, whose server asks for a registration) into that folder, or set DATA_DIR to the ` +
        `folder that holds isbi2012/. openDataset("em_phantom") generates similar pictures without any file`,
    );
  }
  const pages = (await Promise.all(files.map((file) => readTiff(file)))).flat();
  const wrong = pages.find(({ data, width, height, channels = 1 }) =>
    !(data instanceof Uint8Array) || width !== SIDE || height !== SIDE || channels !== 1
  );
  if (pages.length !== SLICES || wrong !== undefined) {
    const { width, height, channels = 1, data } = wrong ?? pages[0];
    throw new DatasetError(
      `${path} has ${pages.length} pages, one of ${width} x ${height} x ${channels} ` +
        `(${data.BYTES_PER_ELEMENT * 8} bits); 30 pages of 512 x 512 x 1 (8 bits) are expected: ` +
        "it is another volume, or was changed on its way",
    );
  }
  return pages;
}

function toClasses(
  { data, width, height }: Image<Pixels>,
  slice: number,
  path: string,
): LabelImage {
  const classes = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0 && data[i] !== 255) {
      throw new DatasetError(
        `${path}, page ${slice + 1}: pixel (${i % width}, ${Math.floor(i / width)}) is ${
          data[i]
        }; ` +
          "labels are 0 (membrane) or 255 (cell): this is not the file of labels, or it was resampled",
      );
    }
    classes[i] = data[i] === 255 ? 1 : 0;
  }
  return { data: classes, width, height };
}
