export {};
import { tf } from "../../lib/backend/mod.ts";
import { useBackend } from "../../lib/backend/mod.ts";
import { barChart } from "../../lib/plot/mod.ts";
import { imageGrid } from "../../lib/plot/mod.ts";
import { lineChart } from "../../lib/plot/mod.ts";
import { overlay } from "../../lib/plot/mod.ts";
import { show } from "../../lib/plot/mod.ts";
import { table } from "../../lib/plot/mod.ts";
import { uDiagram } from "../../lib/plot/mod.ts";
import { hasDataset } from "../../lib/datasets/mod.ts";
import { openDataset } from "../../lib/datasets/mod.ts";
import { mirrorWindow } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { UNet } from "../../lib/unet/mod.ts";
import { tileSize } from "../../lib/unet/mod.ts";
import { validSides } from "../../lib/unet/mod.ts";
import { trainedUNet } from "../../lib/unet/mod.ts";
import { crop } from "../../lib/image/mod.ts";
import { predict } from "../../lib/unet/mod.ts";
import { receptiveField } from "../../lib/unet/mod.ts";
import { layerSignals } from "../../lib/unet/mod.ts";
import comparison from "../../docs/results_comparison.json" with { type: "json" };
import { check } from "../../lib/lesson/mod.ts";
{




const backend = await useBackend();
console.log(`${backend.name}: ${backend.reason}`);
const dataset = await openDataset((await hasDataset("isbi2012")) ? "isbi2012" : "em_phantom");
const slice = dataset.slices[27];
console.log(dataset.credit);
{




const paper = new UNet({}, { random: createRandom(1) });
const tile = mirrorWindow(slice, -30, -30, 572, 572);
const x = tf.tensor4d(tile.data, [1, 572, 572, 1]);
const size = ({ shape: [, side, , channels] }: tf.Tensor4D) => ({ side, channels });
const maps = new Map<string, { input: ReturnType<typeof size>; output: ReturnType<typeof size> }>();
const scores = paper.forward(x, {
  onLayer: (name, input, output) => void maps.set(name, { input: size(input), output: size(output) }),
});
console.log(`${maps.size} layers; in: ${x.shape}, out: ${scores.shape}`);
if (scores.shape[1] !== 388) throw new Error("Fig. 1 says 388");
{
const level = (name: string, copied?: number) => {
  const [first, second] = [maps.get(`${name}.conv1`)!, maps.get(`${name}.conv2`)!];
  return [{ ...first.input, copied }, first.output, second.output];
};
await show(uDiagram({
  contracting: [0, 1, 2, 3].map((l) => level(`down.${l}`)),
  bottom: level("bottom"),
  expanding: [0, 1, 2, 3].map((l) => level(`up.${3 - l}`, maps.get(`down.${l}.conv2`)!.output.channels)),
  output: maps.get("head")!.output,
}, { title: "The paper's network, as this forward pass has seen it" }));
{
const rows = paper.summary(572);
const kinds = ["3×3 conv", "2×2 up-conv", "1×1 conv"].map((kind) => {
  const own = rows.filter(({ layer }) => layer.includes(kind));
  return { kind, layers: own.length, parameters: own.reduce((sum, row) => sum + row.parameters, 0) };
});
const total = (key: "layers" | "parameters") => kinds.reduce((sum, kind) => sum + kind[key], 0);
await show(table([...kinds, { kind: "all", layers: total("layers"), parameters: total("parameters") }]));
if (total("layers") !== 23) throw new Error("the paper counts 23");
{
const levels = [...new Set(rows.map(({ layer }) => layer.split(":")[0]))];
const shareOf = (of: (row: typeof rows[number]) => number) => {
  const own = (name: string) => rows.filter(({ layer }) => layer.startsWith(`${name}:`));
  const sums = levels.map((name) => own(name).reduce((sum, row) => sum + of(row), 0));
  return sums.map((sum) => sum / sums.reduce((a, b) => a + b));
};
const taps = (layer: string) => layer.includes("up-conv") ? 4 : 1; // a quarter of its weights for each pixel
await show(barChart({ categories: levels, series: [
  { name: "share of the parameters", values: shareOf((row) => row.parameters) },
  { name: "share of the multiplications", values: shareOf((row) => row.parameters / taps(row.layer) * row.side ** 2) },
] }, { title: "Weights live at the bottom, work is done everywhere", yLabel: "share", digits: 2, width: 820 }));
paper.dispose();
tf.dispose([x, scores]);
{
const gray = (side: number) => tf.fill([1, side, side, 1], 0.5) as tf.Tensor4D;
const scoreMap = async (padding: "valid" | "same", side: number) => {
  const net = new UNet({ baseChannels: 8, padding }, { random: createRandom(2) }); // the same weights for both
  const y = net.forward(gray(side));
  const data = await tf.slice(y, [0, 0, 0, 1], [1, -1, -1, 1]).data() as Float32Array;
  return { data, width: y.shape[2], height: y.shape[1] };
};
const valid = await scoreMap("valid", 572), same = await scoreMap("same", 576);
{
type Map2D = typeof valid;
const centre = ({ data, width }: Map2D, x: number, y: number) => data[(192 + y % 16) * width + 192 + x % 16];
const apart = (map: Map2D) => ({
  ...map,
  data: map.data.map((score, i) => score - centre(map, i % map.width, Math.floor(i / map.width))),
});
const [oddValid, oddSame] = [apart(valid), apart(same)];
const affected = (map: Map2D) => map.data.filter((d) => Math.abs(d) > 1e-4).length / map.data.length;
console.log("share of the answers that depend on where the tile ends:");
console.log(`valid ${affected(oddValid)}, same ${affected(oddSame).toFixed(2)}`);
if (affected(oddValid) > 0) throw new Error("without padding no answer depends on it");
{
await show(imageGrid([
  { image: oddValid, title: `valid: ${valid.width} px`, as: "diverging", range: [-1, 1] },
  { image: oddSame, title: `same: ${same.width} px`, as: "diverging", range: [-1, 1] },
], { panelWidth: 320 }));
{


try {
  tileSize(500);
} catch (error) {
  console.log((error as Error).message);
}
const { step, offset, smallest } = validSides();
console.log(`all of them: ${step} k + ${offset}, from ${smallest} on`);
{
const sides = Array.from({ length: 60 }, (_, k) => smallest + step * k);
await show(lineChart([
  { name: "answered", x: sides, y: sides.map((side) => (tileSize(side).output / side) ** 2), markers: false },
], {
  title: "How much of a tile is answered for",
  xLabel: "side of the tile, pixels",
  yLabel: "share of its pixels",
  annotations: [{ x: 572, y: (388 / 572) ** 2, text: "the paper's tile" }],
}));
{


const { net } = await trainedUNet("em");
const input = mirrorWindow(slice, 100, 100, 316, 316);
const kept = new Map<string, tf.Tensor4D>();
net.forward(tf.tensor4d(input.data, [1, 316, 316, 1]), {
  onLayer: (name, _, output) => void kept.set(name, tf.keep(tf.clone(output))), // else freed after the pass
});
console.log([...kept].slice(-4).map(([name, { shape }]) => `${name}: ${shape}`).join("\n"));
{
/** The channel of a map that varies most, as a picture. */
async function liveliest(name: string) {
  const map = kept.get(name)!, [, height, width, channels] = map.shape;
  const { variance } = tf.moments(map, [0, 1, 2]);
  const c = (await tf.argMax(variance).data())[0];
  const data = await tf.slice(map, [0, 0, 0, c], [1, height, width, 1]).data() as Float32Array;
  return { image: { data, width, height }, title: `${name}: ${width}², channel ${c + 1} of ${channels}` };
}
const fine = await liveliest("down.0.conv2"), coarse = await liveliest("upconv.3");
const joined = await liveliest("up.3.conv2");
{


const { crops: [, , , margin] } = tileSize(316);
const side = coarse.image.width, whole = fine.image.width;
const inside = (i: number) => [i % whole, Math.floor(i / whole)].every((p) => p >= margin && p < whole - margin);
const frame = { ...fine.image, data: Int32Array.from(fine.image.data, (_, i) => Number(inside(i))) };
await show(imageGrid([
  overlay(fine.image, frame, { title: fine.title, caption: `${margin} pixels cropped on each side`, opacity: 0.25 }),
  { image: crop(fine.image, margin, margin, side, side), title: "the crop: fine, knows where" },
  { ...coarse, caption: "from below: coarse, knows what" },
  { ...joined, caption: "after two convolutions over both" },
], { columns: 2, panelWidth: 330, maxBytes: 250_000 }));
{
const stops = [
  ...[0, 1, 2, 3].map((l) => `down.${l}.conv2`), "bottom.conv2", ...[0, 1, 2, 3].map((l) => `up.${l}.conv2`),
];
const around = [];
for (const name of stops) {
  const { image } = await liveliest(name);
  around.push({ image, title: `${name}, ${image.width}²`, range: [0, 2] as const });
}
await show(imageGrid(around, { columns: 5, panelWidth: 160 }));
{


const part = crop(slice, 128, 128, 256, 256);
async function without(joins: readonly number[]) {
  const names = joins.map((k) => `up.${k}.conv1.weight`);
  const saved = names.map((name) => tf.clone(net.parameters.get(name)!));
  names.forEach((name, i) => {
    const [h, w, channels, out] = saved[i].shape as [number, number, number, number];
    const below = tf.slice(saved[i], [0, 0, 0, 0], [h, w, channels / 2, out]); // [up-sampled, copied]
    net.parameters.get(name)!.assign(tf.concat([below, tf.zerosLike(below)], 2));
  });
  const answer = await predict(net, part);
  names.forEach((name, i) => net.parameters.get(name)!.assign(saved[i]));
  return answer;
}
{
await show(imageGrid([
  { image: part, title: "slice" },
  { image: await predict(net, part), title: "all skips", as: "probability" },
  { image: await without([3]), title: "the finest one cut", as: "probability" },
  { image: await without([0, 1, 2, 3]), title: "all four cut", as: "probability" },
], { columns: 2, panelWidth: 300 }));
{


const at = 32; // the answer in the middle of the 68 × 68 that a tile of 252 gives
const { begin, end, size: reach } = receptiveField(at);
const tile252 = tf.tensor4d(mirrorWindow(slice, 130, 130, 252, 252).data, [1, 252, 252, 1]);
async function influence(net: UNet) {
  const one = (x: tf.Tensor) => tf.sum(tf.slice(net.forward(x as tf.Tensor4D), [0, at, at, 1], [1, 1, 1, 1]));
  const gradient = await tf.grad(one)(tile252).data();
  return Float32Array.from(gradient, Math.abs);
}
const untrained = await influence(new UNet({ baseChannels: 16 }, { random: createRandom(3) }));
const trained = await influence(net);
{
const columns = (seen: Float32Array) => {
  const hit = [...seen.keys()].filter((i) => seen[i] > 0).map((i) => i % 252);
  return `columns ${hit.reduce((a, b) => Math.min(a, b))} to ${hit.reduce((a, b) => Math.max(a, b))}`;
};
console.log(`formula: columns ${begin} to ${end}, ${reach} pixels`);
console.log(`measured, untrained: ${columns(untrained)}; trained: ${columns(trained)}`);
const outside = (i: number) => i % 252 < begin || i % 252 > end;
if ([untrained, trained].some((seen) => seen.some((g, i) => g > 0 && outside(i)))) throw new Error("it sees too far");
{
const strength = (seen: Float32Array) => ({ data: seen.map((g) => Math.log10(g + 1e-9)), width: 252, height: 252 });
const scale = { as: "probability", range: [-7, 0], caption: "log10 of |derivative|" } as const;
await show(imageGrid([
  { image: strength(untrained), title: "untrained", ...scale },
  { image: strength(trained), title: "trained", ...scale },
], { panelWidth: 330 }));
{
const away = (p: number) => Math.abs(p - 92 - at); // the answer's own pixel lies at 92 + at
const share = (seen: Float32Array, r: number) => {
  const near = seen.filter((_, i) => away(i % 252) <= r && away(Math.floor(i / 252)) <= r);
  return near.reduce((a, b) => a + b, 0) / seen.reduce((a, b) => a + b, 0);
};
await show(table([1, 4, 16, 48, 107].map((r) => ({
  "pixels around": `${2 * r + 1} × ${2 * r + 1}`, untrained: share(untrained, r), trained: share(trained, r),
})), { digits: 3, caption: "Share of the influence on one answer" }));
{


const fresh = () => new UNet({ baseChannels: 16 }, { random: createRandom(4) });
const change = (net: UNet, to: (weight: tf.Tensor) => tf.Tensor) => {
  for (const [name, w] of net.parameters) if (name.endsWith("weight")) w.assign(tf.tidy(() => to(w)));
  return net;
};
const networks = {
  "He, √(2/N)": fresh(),
  "√(1/N)": change(fresh(), (weight) => tf.mul(weight, Math.SQRT1_2)),
  "0.01": change(fresh(), (weight) => tf.randomNormal(weight.shape, 0, 0.01, "float32", 4)),
};
{
const flat = tf.tensor1d(input.data), { mean, variance } = tf.moments(flat);
const unit = tf.reshape(tf.div(tf.sub(flat, mean), tf.sqrt(variance)), [1, 316, 316, 1]) as tf.Tensor4D;
const lines = [];
for (const [name, network] of Object.entries(networks)) {
  const signals = await layerSignals(network, unit);
  lines.push({ name, y: signals.map(({ output }) => output), markers: true });
}
await show(lineChart(lines, {
  title: "Mean square of what each layer hands on",
  xLabel: "layer, from down 0 to the head",
  yLabel: "mean square",
  logY: true,
}));
{


const { data, seconds, clock, seed } = comparison;
console.log(`${data}, ${seconds} s of training each (${clock} time), seed ${seed}`);
await show(table(comparison.rows.map(({ network, parameters, steps, pixelError, randError, secondsPerImage }) => ({
  network, parameters, steps, "pixel error": pixelError, "Rand error": randError, "s per slice": secondsPerImage,
})), { digits: 3, highlight: { "pixel error": "min", "Rand error": "min", "s per slice": "min" } }));
{
await show(barChart({
  categories: comparison.rows.map(({ network }) => network),
  series: [{ name: "pixel error", values: comparison.rows.map(({ pixelError }) => pixelError) }],
}, { title: "Pixel error on six held-out slices", xLabel: "1 − F", horizontal: true, height: 340 }));
{


// 1. A map of 140 × 140 is convolved 3×3 twice without padding, then pooled 2×2. Its side is now …
const pooled = undefined;
check("side after two convolutions and a pooling", pooled, 68, {
  mistakes: [
    { gives: 70, hint: "That would be with padding: each 3×3 convolution costs one pixel on either side." },
    { gives: 69, hint: "There are two convolutions, each costs two pixels." },
  ],
});
{
// 2. The first convolution after the lowest join reads 1024 channels and writes 512, 3×3, with biases. Its parameters:
const parameters = undefined;
check("parameters after the lowest join", parameters, 9 * 1024 * 512 + 512, {
  mistakes: [
    { gives: 9 * 512 * 512 + 512, hint: "Half of the channels come from below, half across the skip: 1024 go in." },
    { gives: 9 * 1024 * 512, hint: "Each of the 512 channels has a bias as well." },
  ],
});
{
// 3. "For a 3x3 convolution and 64 feature channels in the previous layer N = 9 · 64 = 576." The standard deviation is …
const deviation = undefined;
check("He's standard deviation for N = 576", deviation, Math.sqrt(2 / 576), {
  tolerance: 1e-3,
  mistakes: [{ gives: 2 / 576, hint: "That is the variance." }],
});
}}}}}}}}}}}}}}}}}}}}}}}}}}}
