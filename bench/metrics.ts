// How long the metrics take, on one core:
//
//   deno run -A bench/metrics.ts                          ours alone
//   deno run -A bench/metrics.ts --against scikit-image   with scikit-image on the same slices, in turns
//
// PYTHON names the interpreter that has scikit-image (default: python3).
import { parseArgs } from "node:util";
import { connectedComponents, type Image, type LabelImage } from "../lib/image/mod.ts";
import {
  adaptedRandError,
  contingencyTable,
  pixelError,
  randError,
  randStatistics,
  segMeasure,
  vRandAndVInfo,
  warpingError,
} from "../lib/metrics/mod.ts";
import { createRandom, type Random } from "../lib/random/mod.ts";

const SIDE = 512, SLICES = 30, FRAMES = 84;

/** Cells as in an EM slice: nearest-seed regions, membrane where two seeds are about as near. */
function cells(random: Random, seeds: number): Image<Uint8Array> {
  const xs = Array.from({ length: seeds }, () => random.uniform(0, SIDE));
  const ys = Array.from({ length: seeds }, () => random.uniform(0, SIDE));
  const data = new Uint8Array(SIDE * SIDE);
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, i++) {
      let first = Infinity, second = Infinity;
      for (let k = 0; k < seeds; k++) {
        const d = (x - xs[k]) ** 2 + (y - ys[k]) ** 2;
        if (d < first) [first, second] = [d, first];
        else if (d < second) second = d;
      }
      if (Math.sqrt(second) - Math.sqrt(first) > 5) data[i] = 255;
    }
  }
  return { data, width: SIDE, height: SIDE };
}

/** What an undecided network makes of it: a blurred label with smooth noise. */
function proposal(label: Image<Uint8Array>, random: Random): Image {
  let data = Float32Array.from(label.data, (v) => v / 255 + 1.5 * random.normal());
  for (let pass = 0; pass < 6; pass++) {
    const step = pass % 2 ? SIDE : 1;
    data = data.map((_, i, from) => {
      let sum = 0;
      for (let k = -2; k <= 2; k++) {
        sum += from[Math.min(Math.max(i + k * step, 0), from.length - 1)];
      }
      return sum / 5;
    });
  }
  return { ...label, data: data.map((v) => Math.min(1, Math.max(0, v))) };
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

const { values: args } = parseArgs({ args: Deno.args, options: { against: { type: "string" } } });
const random = createRandom(5);
console.log(`making ${SLICES} slices of ${SIDE} x ${SIDE} with about 150 cells each`);
const labels = Array.from({ length: SLICES }, () => cells(random, 150));
const proposals = labels.map((label) => proposal(label, random));

console.log(`\nall EM metrics over all thresholds, ${SLICES} slices`);
let total = 0;
for (
  const [name, work] of [
    ["pixel error, 11 thresholds", () => pixelError(labels, proposals)],
    ["Rand error, 11 thresholds", () => randError(labels, proposals)],
    ["V_rand and V_info, 11 thresholds", () => vRandAndVInfo(labels, proposals)],
    ["warping error, 10 thresholds", () => warpingError(labels, proposals)],
  ] as const
) {
  const time = seconds(work);
  total += time;
  console.log(`  ${name.padEnd(34)} ${time.toFixed(2).padStart(7)} s`);
}
console.log(`  ${"together".padEnd(34)} ${total.toFixed(2).padStart(7)} s`);

const truths = labels.map((label) => connectedComponents(label));
const found = proposals.map((p) => ({
  ...p,
  data: Uint8Array.from(p.data, (v) => v > 0.5 ? 1 : 0),
}));
const frames: LabelImage[] = Array.from({ length: FRAMES }, (_, k) => truths[k % SLICES]);
const results = frames.map((_, k) => connectedComponents(found[k % SLICES]));
const time = seconds(() => segMeasure(frames, results));
console.log(`\nSEG of ${FRAMES} frames with about 150 objects each: ${time.toFixed(2)} s`);

/** Milliseconds per slice of the three works that scikit-image does too. */
function ours(): Record<string, number> {
  const cut = found.map((p) => connectedComponents(p));
  const perSlice = (work: (z: number) => void) =>
    1000 * seconds(() => labels.forEach((_, z) => work(z))) / SLICES;
  return {
    "components, 4-connected": perSlice((z) => connectedComponents(found[z])),
    "components, 8-connected": perSlice((z) => connectedComponents(found[z], { connectivity: 8 })),
    "Rand counts": perSlice((z) =>
      randStatistics(contingencyTable(truths[z].data, cut[z].data, { ignore: 0 }))
    ),
    "adapted Rand error": perSlice((z) => adaptedRandError(truths[z], cut[z])),
  };
}

if (args.against === "scikit-image") await compare();
else if (args.against) {
  throw new Error(`--against ${args.against}: only scikit-image is known here`);
}

async function compare(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const bytes = (name: string, images: readonly Image<Uint8Array>[]) => {
    const file = Deno.openSync(`${folder}/${name}`, { write: true, create: true });
    for (const { data } of images) file.writeSync(data);
    file.close();
  };
  bytes("labels", labels);
  bytes("found", found);
  const peer = async (): Promise<Record<string, number>> => {
    const { stdout, success } = await new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
      args: [new URL("metrics_peer.py", import.meta.url).pathname, folder, `${SIDE}`],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error("the Python side failed: set PYTHON to one with scikit-image");
    return JSON.parse(new TextDecoder().decode(stdout));
  };
  const [mine, theirs]: Record<string, number>[][] = [[], []];
  for (let turn = 0; turn < 3; turn++) {
    mine.push(ours());
    theirs.push(await peer());
  }
  await Deno.remove(folder, { recursive: true });
  console.log("\nms per slice, median of 3 turns       ours   scikit-image   ratio");
  for (const name of Object.keys(mine[0])) {
    const a = median(mine.map((t) => t[name])), b = median(theirs.map((t) => t[name]));
    console.log(
      `  ${name.padEnd(34)} ${a.toFixed(2).padStart(5)} ${b.toFixed(2).padStart(14)} ` +
        `${(b / a).toFixed(1).padStart(7)}`,
    );
  }
}
