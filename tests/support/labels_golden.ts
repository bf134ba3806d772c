// What scikit-image, SciPy and pycocotools say: tests/golden/labels_and_boxes/generate.py.
import type { Image, LabelImage } from "../../lib/image/mod.ts";

interface GoldenFile {
  images: {
    width: number;
    height: number;
    /** Class numbers, 0 = background. */
    values: number[];
    /** Components of equal values, 4- and 8-connected. */
    four: number[];
    eight: number[];
    /** Distance to the nearest pixel that is not background. */
    distance: number[];
    gray: number[];
    /** Of radius 2, or null where the picture is too small. */
    median: number[] | null;
    /** Of the 4-connected components: label, x, y, width, height. */
    boxes: [number, number, number, number, number][];
    areas: number[];
  }[];
  pairs: {
    width: number;
    height: number;
    truth: number[];
    result: number[];
    /** error, precision, recall. */
    adaptedRand: [number, number, number];
    adaptedRandAlpha02: [number, number, number];
    /** false splits, false mergers. */
    variation: [number, number];
  }[];
  detections: {
    /** Per picture the true boxes and the found ones with their scores. */
    pictures: [number[][], [number[], number][]][];
    averagePrecision: number[];
    recall: number[];
  }[];
  classes: {
    classes: number;
    truth: number[];
    predicted: number[];
    pixelAccuracy: number;
    meanAccuracy: number;
    meanIu: number;
    frequencyWeightedIu: number;
  }[];
}

export const golden: GoldenFile = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/labels_and_boxes/reference.json", import.meta.url)),
);

type Size = { readonly width: number; readonly height: number };

export function labelImage(values: readonly number[], { width, height }: Size): LabelImage {
  return { data: Int32Array.from(values), width, height };
}

export function grayImage(values: readonly number[], { width, height }: Size): Image {
  return { data: Float32Array.from(values), width, height };
}
