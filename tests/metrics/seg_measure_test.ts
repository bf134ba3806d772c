import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { connectedComponents, type LabelImage, relabel } from "../../lib/image/mod.ts";
import { maskOverlap, segMeasure } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

const frames = golden.pairs.map(({ truth, result, ...size }) => ({
  truth: labelImage(truth, size),
  result: labelImage(result, size),
}));
const truths = frames.map(({ truth }) => truth), results = frames.map(({ result }) => result);

Deno.test("SEG: three of four pixels match, exactly half of four do not", () => {
  const size = { width: 10, height: 1 };
  const reference = labelImage([1, 1, 1, 1, 0, 2, 2, 2, 2, 0], size);
  const result = labelImage([0, 5, 5, 5, 5, 5, 0, 6, 6, 0], size);
  const { seg, objects } = segMeasure([reference], [result]);
  assertEquals(seg, 0.25);
  assertEquals(objects, [
    { frame: 0, label: 1, size: 4, match: 5, intersection: 3, jaccard: 0.5 },
    { frame: 0, label: 2, size: 4, match: null, intersection: 0, jaccard: 0 },
  ]);
});

Deno.test("SEG is what a search through all pairs of masks finds", () => {
  const mask = ({ data, ...size }: LabelImage, label: number) => ({
    ...size,
    data: data.map((v) => (v === label ? 1 : 0)),
  });
  const jaccards = frames.flatMap(({ truth, result }) =>
    [...new Set(truth.data)].filter((label) => label > 0).sort((a, b) => a - b).map((label) => {
      const reference = mask(truth, label);
      const size = reference.data.reduce((a, b) => a + b);
      return Math.max(
        ...[...new Set(result.data)].map((other) => {
          const { intersection, iou } = maskOverlap(reference, mask(result, other));
          return other > 0 && intersection > size / 2 ? iou : 0;
        }),
      );
    })
  );
  const { seg, objects } = segMeasure(truths, results);
  assertEquals(objects.map(({ jaccard }) => jaccard), jaccards);
  assertAlmostEquals(seg, jaccards.reduce((a, b) => a + b) / jaccards.length, 1e-15);
});

Deno.test("SEG is the mean over objects, not the mean of the frames' means", () => {
  const crowded = labelImage([1, 0, 2, 0, 3], { width: 5, height: 1 });
  const single = labelImage([1, 1], { width: 2, height: 1 });
  const missed = { ...single, data: new Int32Array(2) };
  assertEquals(segMeasure([crowded, single], [crowded, missed]).seg, 3 / 4);
});

Deno.test("a perfect result scores 1, and false alarms cost nothing", () => {
  assertEquals(segMeasure(truths, truths).seg, 1);
  const alarm = truths.map((truth) => ({
    ...truth,
    data: truth.data.map((v) => (v === 0 ? 99999 : v)),
  }));
  assertEquals(segMeasure(truths, alarm).seg, 1);
});

Deno.test("SEG does not care how the result's objects are numbered", () => {
  const random = createRandom(12);
  const renumbered = results.map((result) => {
    const numbers = random.shuffle(Array.from({ length: 500 }, (_, k) => 7 * k + 1));
    const { data } = relabel(result);
    return { ...result, data: data.map((v) => (v === 0 ? 0 : numbers[v])) };
  });
  assertEquals(segMeasure(truths, renumbered).seg, segMeasure(truths, results).seg);
});

Deno.test("one result object may match several reference objects", () => {
  const reference = labelImage([1, 1, 2, 2], { width: 4, height: 1 });
  const merged = connectedComponents({ ...reference, data: reference.data.map(() => 1) });
  assertEquals(segMeasure([reference], [merged]).objects.map((o) => o.match), [1, 1]);
  assertEquals(segMeasure([reference], [merged]).seg, 0.5);
});

Deno.test("SEG of frames that cannot be scored is a sentence that names the frame", () => {
  const [a, b] = truths;
  const empty = { ...a, data: a.data.map(() => 0) };
  const negative = { ...a, data: a.data.map((v, i) => (i === 3 ? -1 : v)) };
  const names = { reference: ["man_seg002.tif", "man_seg005.tif"] };
  const refused = (reference: LabelImage[], result: LabelImage[], sentence: string) =>
    assertThrows(() => segMeasure(reference, result, { names }), RangeError, sentence);
  refused([], [], "no frame to score");
  refused([a], [a, a], "1 reference frames but 2 result frames");
  refused([a, empty], [a, a], "man_seg005.tif is empty");
  refused([a, a], [a, negative], "result frame 1: the pixel at x = 3, y = 0 is -1");
  const other = truths.find(({ width }) => width !== b.width)!;
  refused([b], [other], "both must have the same size");
});
