/**
 * `deno task score seg`: the Cell Tracking Challenge's segmentation score.
 *
 * @module
 */
import { join } from "@std/path";
import { type LabelImage, toLabels } from "../../lib/image/mod.ts";
import { type SegMeasure, segMeasure } from "../../lib/metrics/mod.ts";
import { Problem } from "../command.ts";
import { required } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import { readPicture } from "./pictures.ts";
import { printTable } from "./table.ts";

export const seg: Subcommand = {
  summary: "the Cell Tracking Challenge's SEG of a result against annotated frames",
  usage: `deno task score seg --reference 01_GT --result 01_RES [--json]

  --reference  the challenge's folder of annotations, with SEG/man_segTTT.tif (or that SEG folder)
  --result     the folder of results, with maskTTT.tif (or SEG/man_segTTT.tif, to score annotations)
  --json       numbers for a program, with a row per reference object

Only annotated frames count; each must have its result.`,
  options: { reference: { type: "string" }, result: { type: "string" } },

  async run(flags, note) {
    const referencePath = required(flags, "reference"), resultPath = required(flags, "result");
    const reference = await frames(referencePath, ["man_seg"]);
    const result = await frames(resultPath, ["mask", "man_seg"]);
    const missing = [...reference.keys()].filter((frame) => !result.has(frame));
    if (missing.length > 0) {
      const [first] = missing;
      throw new Problem(
        `${resultPath} has no frame ${missing.join(", ")}: every frame annotated in ` +
          `${referencePath} needs its result; put for example mask${
            String(first).padStart(3, "0")
          }.tif there`,
      );
    }
    note(`SEG of ${reference.size} annotated frames ...`);
    const numbers = [...reference.keys()].sort((a, b) => a - b);
    const names = {
      reference: numbers.map((frame) => reference.get(frame)!),
      result: numbers.map((frame) => result.get(frame)!),
    };
    const measure = segMeasure(
      await Promise.all(names.reference.map(readLabels)),
      await Promise.all(names.result.map(readLabels)),
      { names },
    );
    return { json: json(measure, numbers), text: text(measure, numbers) };
  },
};

/** The numbered frames of a folder, or of its folder SEG: frame -> file. */
async function frames(folder: string, prefixes: readonly string[]): Promise<Map<number, string>> {
  for (const prefix of prefixes) {
    for (const inside of [join(folder, "SEG"), folder]) {
      const found = await numbered(inside, prefix);
      if (found.size > 0) return found;
    }
  }
  const expected = prefixes.map((prefix) => `${prefix}000.tif`).join(" or ");
  throw new Problem(
    `${folder} holds no frame: files named like ${expected} are expected there or in its folder SEG`,
  );
}

async function numbered(folder: string, prefix: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const pattern = new RegExp(`^${prefix}(\\d+)\\.tiff?$`, "i");
  const ofVolume = new RegExp(`^${prefix}_\\d+_\\d+\\.tiff?$`, "i");
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (ofVolume.test(name)) {
        throw new Problem(`${path} is a slice of a volume: only 2D sequences can be scored here`);
      }
      const match = pattern.exec(name);
      if (!match) continue;
      const frame = Number(match[1]);
      const other = found.get(frame);
      if (other) throw new Problem(`${other} and ${path} are both frame ${frame}: remove one`);
      found.set(frame, path);
    }
  } catch (error) {
    if (error instanceof Problem) throw error; // else: no such folder, which the caller reports
  }
  return found;
}

async function readLabels(path: string): Promise<LabelImage> {
  const { name, image } = await readPicture(path);
  try {
    return toLabels(image);
  } catch (error) {
    throw new Problem(`${name}: ${(error as Error).message}`);
  }
}

function json({ seg, objects }: SegMeasure, numbers: readonly number[]) {
  return {
    SEG: seg,
    objects: objects.map((object) => ({ ...object, frame: numbers[object.frame] })),
  };
}

function text({ seg, objects }: SegMeasure, numbers: readonly number[]): string {
  const rows = printTable([
    ["frame", "object", "pixels", "matched by", "Jaccard"],
    ...objects.map(({ frame, label, size, match, jaccard }) => [
      `${numbers[frame]}`,
      `${label}`,
      `${size}`,
      `${match ?? "-"}`,
      jaccard.toFixed(6),
    ]),
  ]);
  return `${rows}\n\nSEG measure: ${seg.toFixed(6)}`;
}
