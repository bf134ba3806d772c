import { assertEquals } from "@std/assert";
import { boxFrames } from "../../../lib/unet/task_taxonomy/mod.ts";

Deno.test("a frame is the outermost pixels of its box; what leaves the picture is cut", () => {
  const frames = boxFrames([
    { box: { x: 1, y: 0, width: 3, height: 3 }, kind: 2 },
    { box: { x: 4, y: 2, width: 5, height: 5 }, kind: 1 },
  ], { width: 6, height: 4 });
  // deno-fmt-ignore
  assertEquals([...frames.data], [
    0, 2, 2, 2, 0, 0,
    0, 2, 0, 2, 0, 0,
    0, 2, 2, 2, 1, 1,
    0, 0, 0, 0, 1, 0,
  ]);
});
