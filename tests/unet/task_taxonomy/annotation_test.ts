import { assertEquals, assertThrows } from "@std/assert";
import { annotate } from "../../../lib/unet/task_taxonomy/mod.ts";

const instances = {
  // deno-fmt-ignore
  data: Int32Array.of(
    1, 1, 0, 0, 0,
    1, 1, 0, 3, 3,
    0, 0, 3, 3, 3,
  ),
  width: 5,
  height: 3,
};
const kinds = [0, 2, 2, 1];

Deno.test("the instances decide the other three annotations", () => {
  const { classes, largest, boxes } = annotate({ instances, kinds });
  // deno-fmt-ignore
  assertEquals([...classes.data], [
    2, 2, 0, 0, 0,
    2, 2, 0, 1, 1,
    0, 0, 1, 1, 1,
  ]);
  assertEquals(boxes, [
    { box: { x: 0, y: 0, width: 2, height: 2 }, kind: 2 },
    { box: { x: 2, y: 1, width: 3, height: 2 }, kind: 1 },
  ]);
  assertEquals(largest, boxes[1]);
});

Deno.test("a picture without objects is refused in words", () => {
  const empty = { ...instances, data: new Int32Array(15) };
  assertThrows(() => annotate({ instances: empty, kinds }), RangeError, "nothing to annotate");
});
