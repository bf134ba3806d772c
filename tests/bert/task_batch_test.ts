import { assertEquals, assertThrows } from "@std/assert";
import { BUCKET_LENGTHS, bucketLength, taskBatch } from "../../lib/bert/mod.ts";
import { IGNORED } from "../../lib/bert/tasks/mod.ts";
import { encodingOf } from "./fine_tuning_support.ts";

const config = { padTokenId: 9, maxPositions: 20 };
const feature = (ids: number[], targets?: number[]) => ({
  example: 0,
  encodings: [encodingOf(ids)],
  targets,
});

Deno.test("lengths are those of few buckets, within what the model can read", () => {
  const lengths = new Set(Array.from({ length: 512 }, (_, i) => bucketLength(i + 1, 512)));
  assertEquals([...lengths], [...BUCKET_LENGTHS]);
  assertEquals(bucketLength(17, 20), 20);
  assertEquals(bucketLength(600, 512), 600); // the model refuses it with a sentence of its own
});

Deno.test("a batch is filled with [PAD], masked, and tags are filled with what does not count", () => {
  const { input, targets } = taskBatch([
    feature([1, 2, 3], [5, 6, 7]),
    feature([1, 2, 3, 4], [1, 2, 3, 4]),
  ], config);
  assertEquals([input.batch, input.length], [2, 8]);
  assertEquals([...input.inputIds.slice(0, 8)], [1, 2, 3, 9, 9, 9, 9, 9]);
  assertEquals([...input.attentionMask.slice(8)], [1, 1, 1, 1, 0, 0, 0, 0]);
  assertEquals(targets, [
    5,
    6,
    7,
    ...Array(5).fill(IGNORED),
    1,
    2,
    3,
    4,
    ...Array(4).fill(IGNORED),
  ]);
});

Deno.test("targets of a whole sequence are not filled, and one that lacks leaves the batch without", () => {
  assertEquals(taskBatch([feature([1, 2, 3], [0, 2])], config).targets, [0, 2]);
  assertEquals(taskBatch([feature([1, 2, 3], [1]), feature([4, 5, 6])], config).targets, undefined);
});

Deno.test("the choices of an example stand in a row", () => {
  const choice = {
    example: 0,
    encodings: [encodingOf([1, 2, 3]), encodingOf([4, 5, 6])],
    targets: [1],
  };
  const { input, targets } = taskBatch([choice, choice], config);
  assertEquals(input.batch, 4);
  assertEquals([...input.inputIds].filter((id) => id !== 9), [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
  assertEquals(targets, [1, 1]);
});

Deno.test("an empty batch is refused", () => {
  assertThrows(() => taskBatch([], config), Error, "needs at least one feature");
});
