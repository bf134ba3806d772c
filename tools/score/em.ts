/**
 * `deno task score em`: the EM challenge's scores of a proposal.
 *
 * @module
 */
import type { Image } from "../../lib/image/mod.ts";
import { type EmScores, emScores } from "../../lib/metrics/mod.ts";
import { Problem } from "../command.ts";
import { required } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import { type Picture, readPictures } from "./pictures.ts";
import { printTable } from "./table.ts";

export const em: Subcommand = {
  summary:
    "the EM segmentation challenge (ISBI 2012): pixel, Rand and warping error, V_rand, V_info",
  usage: `deno task score em --labels FILE|DIR --proposal FILE|DIR [--json]

  --labels    the truth: 0 = membrane, any one other value = cell
  --proposal  probabilities of cell: 8-bit (read as v/255), 16-bit (v/65535) or 32-bit float in [0, 1]
  --json      numbers for a program, with a row per threshold

FILE is a picture or a multi-page TIFF; DIR is a folder of PNG or TIFF slices in natural order.
Thresholds, averages and tie rules are the challenge's own (see docs/architecture.md, "Metrics").`,
  options: { labels: { type: "string" }, proposal: { type: "string" } },

  async run(flags, note) {
    const labelPath = required(flags, "labels"), proposalPath = required(flags, "proposal");
    const labels = await readPictures(labelPath);
    const proposals = await readPictures(proposalPath);
    if (labels.length !== proposals.length) {
      throw new Problem(
        `${labelPath} has ${slices(labels.length)} but ${proposalPath} has ` +
          `${slices(proposals.length)}: every label slice needs the one proposal made for it`,
      );
    }
    if (proposals.every(({ image }) => isDark(image.data))) {
      note(
        `${proposalPath} holds no value above 1 of 255: as a 0/1 mask it should be stored as ` +
          `0/255, for the challenge reads 8-bit pixels as v/255`,
      );
    }
    const scores = emScores(
      labels.map(({ image }) => image),
      proposals.map(probabilities),
      {
        names: { labels: labels.map(({ name }) => name), proposals: proposals.map((p) => p.name) },
        onStage: (stage) => note(`${stage} of ${slices(labels.length)} ...`),
      },
    );
    return { json: json(scores, labels, proposals), text: text(scores) };
  },
};

function slices(n: number): string {
  return n === 1 ? "1 slice" : `${n} slices`;
}

function isDark(data: Picture["image"]["data"]): boolean {
  return data instanceof Uint8Array && data.every((v) => v <= 1) && data.includes(1);
}

/** A proposal's pixels in [0, 1] as float32, as the challenge read them. */
function probabilities({ name, image }: Picture): Image<Float32Array> {
  const { data } = image;
  if (data instanceof Float32Array) return { ...image, data };
  if (data instanceof Float64Array) return { ...image, data: Float32Array.from(data) };
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) {
    return { ...image, data: Float32Array.from(data, (v) => v / 255) };
  }
  if (data instanceof Uint16Array) {
    return { ...image, data: Float32Array.from(data, (v) => v / 65535) };
  }
  throw new Problem(
    `${name} holds 32-bit whole numbers: a proposal is 8-bit, 16-bit or 32-bit float`,
  );
}

function json(scores: EmScores, labels: readonly Picture[], proposals: readonly Picture[]) {
  const { pixelError, randError, vRand, vInfo, warpingError, warpingErrorClassic } = scores;
  return {
    pixel_error: pixelError.pixelError,
    rand_error: randError.randError,
    v_rand: vRand.vRand,
    v_info: vInfo.vInfo,
    warping_error: warpingError.warpingError,
    warping_error_classic: warpingErrorClassic,
    best_threshold: {
      pixel_error: pixelError.threshold,
      rand_error: randError.threshold,
      v_rand: vRand.threshold,
      v_info: vInfo.threshold,
      warping_error: warpingError.threshold,
    },
    thresholds: pixelError.rows.map((pixel, t) => {
      const warping = warpingError.rows.at(t); // one threshold less than the others
      const { f: rand_f, precision: rand_precision, recall: rand_recall } = randError.rows[t];
      return {
        threshold: pixel.threshold,
        pixel_f: pixel.f,
        pixel_precision: pixel.precision,
        pixel_recall: pixel.recall,
        pixel_disagreement: pixel.disagreement,
        rand_f,
        rand_precision,
        rand_recall,
        v_rand: vRand.rows[t].f,
        v_rand_precision: vRand.rows[t].precision,
        v_rand_recall: vRand.rows[t].recall,
        v_info: vInfo.rows[t].f,
        v_info_precision: vInfo.rows[t].precision,
        v_info_recall: vInfo.rows[t].recall,
        warping_error: warping?.splitsAndMergers ?? null,
        warping_error_classic: warping?.classic ?? null,
        warping_mistakes: warping?.counts ?? null,
      };
    }),
    slices: labels.map(({ name }, z) => ({ label: name, proposal: proposals[z].name })),
  };
}

function text(scores: EmScores): string {
  const { pixelError, randError, vRand, vInfo, warpingError, warpingErrorClassic } = scores;
  const at = (threshold: number) => `at threshold ${threshold.toFixed(1)}`;
  const f = (value: number) => value.toFixed(6);
  const summary = printTable([
    ["warping error", f(warpingError.warpingError), at(warpingError.threshold)],
    ["warping error, classic", f(warpingErrorClassic), "at threshold 0.5"],
    ["Rand error", f(randError.randError), at(randError.threshold)],
    ["pixel error", f(pixelError.pixelError), at(pixelError.threshold)],
    ["V_rand", f(vRand.vRand), at(vRand.threshold)],
    ["V_info", f(vInfo.vInfo), at(vInfo.threshold)],
  ]);
  const rows = printTable([
    ["threshold", "warping", "Rand error", "pixel error", "V_rand", "V_info"],
    ...pixelError.rows.map((pixel, t) => [
      pixel.threshold.toFixed(1),
      warpingError.rows[t] ? f(warpingError.rows[t].splitsAndMergers) : "-",
      f(1 - randError.rows[t].f),
      f(1 - pixel.f),
      f(vRand.rows[t].f),
      f(vInfo.rows[t].f),
    ]),
  ]);
  return `${summary}\n\n${rows}`;
}
