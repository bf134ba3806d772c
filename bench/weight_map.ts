// How long a weight map takes, on one core:
//
//   deno run -A bench/weight_map.ts                  ours alone
//   deno run -A bench/weight_map.ts --against scipy  SciPy on the same slices, in turns
//
// The slices are the labels of ISBI 2012 where DATA_DIR has them, else drawn. PYTHON names the
// interpreter that has SciPy (default: python3).
import { parseArgs } from "node:util";
import { openDataset } from "../lib/datasets/mod.ts";
import { connectedComponents, type Image, type LabelImage } from "../lib/image/mod.ts";
import { createRandom } from "../lib/random/mod.ts";
import { twoNearestCells, weightMap } from "../lib/unet/mod.ts";

const SIDE = 512;

/** Cells as in an EM slice: nearest-seed regions, membrane where two seeds are about as near. */
function drawn(seed: number): LabelImage {
  const random = createRandom(seed), seeds = 150;
  const xs = Array.from({ length: seeds }, () => random.uniform(0, SIDE));
  const ys = Array.from({ length: seeds }, () => random.uniform(0, SIDE));
  const data = new Int32Array(SIDE * SIDE);
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, i++) {
      let first = Infinity, second = Infinity, cell = 0;
      for (let k = 0; k < seeds; k++) {
        const d = (x - xs[k]) ** 2 + (y - ys[k]) ** 2;
        if (d < first) [first, second, cell] = [d, first, k + 1];
        else if (d < second) second = d;
      }
      if (Math.sqrt(second) - Math.sqrt(first) > 5) data[i] = cell;
    }
  }
  return { data, width: SIDE, height: SIDE };
}

async function labelSlices(): Promise<[string, LabelImage[]]> {
  try {
    const { labels } = await openDataset("isbi2012");
    const cells = (mask: Image<Int32Array>) => connectedComponents(mask, { connectivity: 4 });
    return ["ISBI 2012", labels.map(cells)];
  } catch {
    return ["drawn", Array.from({ length: 6 }, (_, i) => drawn(i))];
  }
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function* readLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

const { values: args } = parseArgs({ options: { against: { type: "string" } } });
const [source, slices] = await labelSlices();
const counts = slices.map(({ data }) => new Set(data).size - 1);
console.log(
  `${slices.length} slices of ${source}, ${SIDE} x ${SIDE}, ${median(counts)} cells each`,
);
for (const labels of slices) weightMap(labels); // warms up

let peer:
  | { ask(slice: number): Promise<{ seconds: number; sum: number }>; end(): void }
  | undefined;
if (args.against !== undefined) {
  const path = await Deno.makeTempFile();
  const bytes = new Uint8Array(slices.length * SIDE * SIDE * 4);
  slices.forEach(({ data }, i) => bytes.set(new Uint8Array(data.buffer), i * SIDE * SIDE * 4));
  await Deno.writeFile(path, bytes);
  const child = new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
    args: [new URL("weight_map_peer.py", import.meta.url).pathname, path, `${SIDE}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = readLines(child.stdout);
  peer = {
    async ask(slice) {
      await writer.write(new TextEncoder().encode(`${slice}\n`));
      const { value } = await lines.next();
      if (value === undefined) throw new Error("SciPy did not answer: does PYTHON have it?");
      return JSON.parse(value);
    },
    end() {
      writer.close();
      Deno.removeSync(path);
    },
  };
}

const whole: number[] = [], distances: number[] = [], theirs: number[] = [];
let disagreement = 0;
for (const [i, labels] of slices.entries()) {
  let map: Image | undefined;
  whole.push(milliseconds(() => map = weightMap(labels, { classWeights: "uniform" })));
  distances.push(milliseconds(() => twoNearestCells(labels)));
  if (peer) {
    const { seconds, sum } = await peer.ask(i);
    theirs.push(1000 * seconds);
    const ours = map!.data.reduce((s, w) => s + w - 1, 0);
    disagreement = Math.max(disagreement, Math.abs(ours / sum - 1));
  }
}
peer?.end();
console.log(
  `ours: ${median(whole).toFixed(1)} ms a slice (distances ${median(distances).toFixed(1)})`,
);
if (peer) {
  console.log(`SciPy, one cropped transform per cell: ${median(theirs).toFixed(1)} ms a slice`);
  console.log(
    `ratio ${(median(whole) / median(theirs)).toFixed(2)}; sums agree to ${
      disagreement.toExponential(1)
    }`,
  );
}
