// The brute-force results of tests/golden/em_metrics/generate.py, with the slices they are for.
import type { Image } from "../../lib/image/mod.ts";

interface GoldenRow {
  threshold: number;
  disagreement: number;
  pixelF: number;
  randPairs: [number, number, number][];
  randF: number;
  vRandPairs: [number, number, number][];
  vRand: number;
  vInfoSlices: [number, number, number][];
  vInfo: number;
  /** At threshold 0.5 only. */
  basins?: number[][];
  /** Up to threshold 0.9. */
  classic: number;
  splitsAndMergers: number;
  flips: number[][];
  mismatches: number[][];
  kinds: string[][];
}

interface GoldenFile {
  simplePoints: string;
  cases: {
    name: string;
    width: number;
    height: number;
    radius: number;
    levels: number;
    labels: number[][];
    proposals: number[][];
    rows: GoldenRow[];
  }[];
}

const file: GoldenFile = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/em_metrics/reference.json", import.meta.url)),
);

/** A 256-bit number: bit m = neighbourhood m is simple. */
export const simplePoints = BigInt(file.simplePoints);

export const goldenCases = file.cases.map(({ labels, proposals, ...rest }) => {
  const { width, height, levels } = rest;
  return {
    ...rest,
    labels: labels.map((data): Image<Uint8Array> => ({
      data: Uint8Array.from(data),
      width,
      height,
    })),
    proposals: proposals.map((data): Image => ({
      data: Float32Array.from(data, (k) => k / levels),
      width,
      height,
    })),
  };
});
