export {};
import { tf } from "../../lib/backend/mod.ts";
import { useBackend } from "../../lib/backend/mod.ts";
import { film } from "../../lib/plot/mod.ts";
import { histogram } from "../../lib/plot/mod.ts";
import { imageGrid } from "../../lib/plot/mod.ts";
import { lineChart } from "../../lib/plot/mod.ts";
import { overlay } from "../../lib/plot/mod.ts";
import { show } from "../../lib/plot/mod.ts";
import { table } from "../../lib/plot/mod.ts";
import { trainedUNet } from "../../lib/unet/mod.ts";
import { hasDataset } from "../../lib/datasets/mod.ts";
import { holdOut } from "../../lib/datasets/mod.ts";
import { openDataset } from "../../lib/datasets/mod.ts";
import { predict } from "../../lib/unet/mod.ts";
import { mirrorWindow } from "../../lib/image/mod.ts";
import { planTiles } from "../../lib/unet/mod.ts";
import { type Rectangle } from "../../lib/unet/mod.ts";
import { crop } from "../../lib/image/mod.ts";
import { dihedral } from "../../lib/image/mod.ts";
import { DIHEDRAL_VIEWS } from "../../lib/image/mod.ts";
import { inverseView } from "../../lib/image/mod.ts";
import { pixelError } from "../../lib/metrics/mod.ts";
import { randError } from "../../lib/metrics/mod.ts";
import { SEVEN_VIEWS } from "../../lib/unet/mod.ts";
import { check } from "../../lib/lesson/mod.ts";
{




const backend = await useBackend();
const { net } = await trainedUNet("em");
console.log(`${backend.name}: ${backend.reason}`);
console.log(`the network: ${net.config.baseChannels} channels in the first level, ${net.parameters.size} parameter tensors`);
{


const dataset = await openDataset((await hasDataset("isbi2012")) ? "isbi2012" : "em_phantom");
const { heldOut } = holdOut(dataset); // the last six slices: the network has not been trained on them
const slice = heldOut.slices[3], truth = heldOut.labels[3];
const { width, height } = slice;
console.log(dataset.credit);
if (dataset.generated) console.log("The network was trained on recorded tissue; these are phantoms. It will be surprised.");
{


const start = performance.now();
const answer = await predict(net, slice);
console.log(`${width} × ${height} pixels in ${((performance.now() - start) / 1000).toFixed(1)} s`);
await show(imageGrid([
  { image: slice, title: "in: gray values" },
  { image: answer, title: "out: probability of cell", as: "probability" },
]));
{



const plan = planTiles(width, height, { tileSide: 364 });
const border = 92, side = width + 2 * border;
const mirroredAll = mirrorWindow(slice, -border, -border, side, side);
const inside = ({ x, y, width, height }: Rectangle, column: number, row: number) =>
  column >= x && column < x + width && row >= y && row < y + height;
const tint = (of: (x: number, y: number) => number) => ({
  data: Int32Array.from({ length: side * side }, (_, i) => of(i % side - border, Math.floor(i / side) - border)),
  width: side,
  height: side,
});
const { tiles, tileWidth, outputWidth } = plan;
console.log(`${tiles.length} tiles of ${tileWidth}; answered ${outputWidth}, kept ${tiles[0].kept.width} pixels a side`);
{
const frames = plan.tiles.map(({ input, kept }) =>
  overlay(mirroredAll, tint((x, y) => inside(kept, x, y) ? 2 : inside(input, x, y) ? 1 : 0), {
    grid: { panelWidth: 360, doubled: false, maxBytes: 45_000 },
  })
);
const captions = plan.tiles.map(({ kept: { x, y } }, k) => `tile ${k + 1}: answers from (${x}, ${y}) on`);
await show(film(frames, { captions, start: 4, perSecond: 2 }));
{
const large = 700; // 16 · 40 + 60: answers for 516 pixels
async function answerFor(tile: { data: Float32Array }) {
  const probabilities = tf.softmax(net.forward(tf.tensor4d(tile.data, [1, large, large, 1]))); // [1, 516, 516, 2]
  const cell = tf.slice(probabilities, [0, 0, 0, 1], [1, height, width, 1]);
  return { data: await cell.data() as Float32Array, width, height };
}
const withMirror = mirrorWindow(slice, -border, -border, large, large);
const real = (i: number) => [i % large, Math.floor(i / large)].every((p) => p >= border && p < border + width);
const withBlack = { ...withMirror, data: withMirror.data.map((gray, i) => real(i) ? gray : 0) };
const [mirrored, black] = [await answerFor(withMirror), await answerFor(withBlack)];
{
const toEdge = (i: number) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  return Math.min(x, width - 1 - x, y, height - 1 - y);
};
const ring = (from: number, to: number) => [...truth.data.keys()].filter((i) => toEdge(i) >= from && toEdge(i) < to);
const minus = (a: typeof answer, b: typeof answer) => ({ ...a, data: a.data.map((p, i) => p - b.data[i]) });
const wrong = (map: typeof answer, pixels: number[]) =>
  pixels.filter((i) => (map.data[i] > 0.5) !== (truth.data[i] > 0)).length / pixels.length;
await show(table([[0, 4], [4, 16], [16, 64], [64, 256]].map(([from, to]) => ({
  "pixels from the edge": `${from} to ${to - 1}`,
  "wrong with a mirror": wrong(mirrored, ring(from, to)),
  "wrong with black": wrong(black, ring(from, to)),
})), { digits: 3 }));
await show(imageGrid([
  { image: withMirror, title: "read: mirrored" },
  { image: withBlack, title: "read: black" },
  { image: minus(black, mirrored), title: "black minus mirror", as: "diverging", range: [-1, 1] },
]));
{
const largest = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const rows = [];
for (const tileSide of [252, 364, 572]) {
  const tiled = await predict(net, slice, { tileSide });
  const { tiles, tileWidth } = planTiles(width, height, { tileSide });
  rows.push({ tiles: tiles.length, "each of": tileWidth, "largest difference to one tile": largest(minus(tiled, mirrored).data) });
}
await show(table(rows, { digits: 2 }));
if (rows.some((row) => row["largest difference to one tile"] > 1e-4)) throw new Error("there is a seam");
{


const piece = 128, pasted = { data: new Float32Array(width * height), width, height };
for (let y = 0; y < height; y += piece) {
  for (let x = 0; x < width; x += piece) {
    const part = await predict(net, crop(slice, x, y, piece, piece));
    for (let row = 0; row < piece; row++) {
      pasted.data.set(part.data.subarray(row * piece, (row + 1) * piece), (y + row) * width + x);
    }
  }
}
const seam = minus(pasted, answer);
{
await show(imageGrid([
  { image: crop(pasted, 192, 192, 192, 192), title: "pasted pieces", as: "probability" },
  { image: crop(answer, 192, 192, 192, 192), title: "overlapping tiles", as: "probability" },
  { image: seam, title: "the difference, whole slice", as: "diverging", range: [-1, 1] },
]));
{
const toCut = (p: number) => Math.min(p % piece, piece - 1 - p % piece);
const sums = new Float64Array(64), counts = new Float64Array(64);
for (let i = 0; i < seam.data.length; i++) {
  const d = Math.min(toCut(i % width), toCut(Math.floor(i / width)));
  sums[d] += Math.abs(seam.data[i]);
  counts[d]++;
}
const smooth = sums.slice(0, 48).map((sum, d) => sum / counts[d]);
await show(lineChart([{ name: "mean difference", y: smooth, markers: false }], {
  title: "How wrong the pasted answer is, by distance from the cut",
  xLabel: "pixels from the cut",
  yLabel: "mean |difference| of the probability",
}));
{
const strip = (by: number) => crop(slice, by, 200, 320 - by, 128);
const steady = await predict(net, strip(0));
const shifts = [];
for (const by of [1, 2, 4, 8, 16]) {
  const drift = minus(await predict(net, strip(by)), crop(steady, by, 0, 320 - by, 128));
  const deep = drift.data.filter((_, i) => i % drift.width >= 128).map(Math.abs);
  shifts.push({ "starts later by": by, "mean difference": deep.reduce((a, b) => a + b) / deep.length, largest: largest(deep) });
}
await show(table(shifts, { digits: 2, caption: "The same pixels in a shifted tile" }));
if (shifts[4].largest > 1e-4) throw new Error("16 pixels should change nothing");
{
let peak = 0;
const watched = Object.assign(Object.create(net) as typeof net, {
  forward: (x: tf.Tensor4D) =>
    net.forward(x, { onLayer: () => void (peak = Math.max(peak, tf.memory().numBytes)) }),
});
const memory = [];
for (const size of [256, 512, 768]) {
  const picture = mirrorWindow(slice, 0, 0, size, size);
  const before = tf.memory().numBytes;
  peak = 0;
  await predict(watched, picture, { tileSide: 252, batchSize: 1 });
  const { tiles } = planTiles(size, size, { tileSide: 252 });
  memory.push({ picture: `${size} × ${size}`, tiles: tiles.length, "peak, MB": (peak - before) / 1e6 });
}
await show(table(memory, { digits: 3 }));
{


const views: (typeof answer)[] = [];
for (const view of DIHEDRAL_VIEWS) {
  views.push(dihedral(await predict(net, dihedral(slice, view)), inverseView(view)));
}
await show(imageGrid(views.slice(0, 4).map((image, k) => ({
  image: crop(image, 200, 200, 128, 128), title: `${DIHEDRAL_VIEWS[k]}, turned back`, as: "probability" as const,
})), { panelWidth: 200 }));
{


const perPixel = (of: (i: number) => number) => ({ ...answer, data: answer.data.map((_, i) => of(i)) });
const meanOf = (maps: (typeof answer)[]) =>
  perPixel((i) => maps.reduce((sum, { data }) => sum + data[i], 0) / maps.length);
const averaged = views.map((_, k) => meanOf(views.slice(0, k + 1)));
const score = (map: typeof answer) => ({
  pixel: pixelError([truth], [map]).pixelError,
  rand: randError([truth], [map]).randError,
});
const alone = views.map(score), together = averaged.map(score);
const count = views.map((_, k) => k + 1);
for (const kind of ["pixel", "rand"] as const) {
  await show(lineChart([
    { name: "mean of the first k views", x: count, y: together.map((s) => s[kind]) },
    { name: "view k alone", x: count, y: alone.map((s) => s[kind]), dash: "dot" },
  ], { title: `${kind === "pixel" ? "Pixel" : "Rand"} error of one slice`, xLabel: "k", yLabel: "error", height: 300 }));
}
{
const seven = averaged[6];
const spread = perPixel((i) => Math.sqrt(views.reduce((sum, v) => sum + (v.data[i] - seven.data[i]) ** 2, 0) / 8));
await show(imageGrid([
  { image: slice, title: "slice" },
  { image: seven, title: "mean of seven views", as: "probability" },
  { image: spread, title: "disagreement", as: "probability", range: [0, 0.4] },
]));
{
const { rows: cuts, threshold, pixelError: best } = pixelError([truth], [seven]);
await show(histogram(seven.data, {
  title: "Probabilities of one slice", xLabel: "probability of cell", logY: true, height: 300,
}));
await show(lineChart([{ name: "pixel error", x: cuts.map((r) => r.threshold), y: cuts.map((r) => 1 - r.f) }], {
  title: "Pixel error by threshold", xLabel: "threshold", yLabel: "1 − F", height: 300,
}));
console.log(`lowest: ${best.toFixed(4)} at ${threshold.toFixed(1)}`);
{


const names = { falsePositive: "membrane missed", falseNegative: "cell called membrane" };
for (const k of [0, 5]) {
  const map = await predict(net, heldOut.slices[k], { views: SEVEN_VIEWS });
  const mask = { ...map, data: Int32Array.from(map.data, (p) => p > 0.5 ? 1 : 0) };
  await show(imageGrid([
    { image: heldOut.slices[k], title: `held-out slice ${k + 1}` },
    { image: map, title: "probability", as: "probability" },
    overlay(heldOut.slices[k], mask, { truth: heldOut.labels[k], title: "errors", names }),
  ]));
}
{


// 1. How many pixels of a 364 × 364 tile are context only?
const context = undefined;
check("pixels of context", context, 364 ** 2 - 180 ** 2, {
  mistakes: [{ gives: 180 ** 2, hint: "That is what is answered for: 364 − 2 · 92 on each side." }],
});
{
// 2. A picture row is 1 2 3 4. Which three values does the mirror put to the left of it, from left to right?
const beyond = undefined as number[] | undefined;
check("the mirrored values", beyond, [4, 3, 2], {
  mistakes: [
    { gives: [3, 2, 1], hint: "Our mirror does not repeat the pixel at the edge." },
    { gives: [2, 3, 4], hint: "The nearest to the edge is the second pixel: read your answer from left to right." },
  ],
});
{
// 3. Which distance between tiles is right for a network with three poolings: 30, 36 or 40 pixels?
const distance = undefined as 30 | 36 | 40 | undefined;
check("distance between tiles", distance, 40, {
  mistakes: [{ gives: 36, hint: "Three poolings make blocks of 2 · 2 · 2 pixels." }],
});
}}}}}}}}}}}}}}}}}}}}}
