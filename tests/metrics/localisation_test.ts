import { assertEquals, assertThrows } from "@std/assert";
import { localisation } from "../../lib/metrics/mod.ts";

Deno.test("localisation counts a box as right from IoU 0.5 on", () => {
  const truth = Array(3).fill({ x: 0, y: 0, width: 4, height: 4 });
  const predicted = [{ ...truth[0], height: 2 }, { ...truth[0], height: 1 }, truth[0]];
  const { ious, accuracy, meanIou } = localisation(truth, predicted);
  assertEquals(ious, [0.5, 0.25, 1]);
  assertEquals(accuracy, 2 / 3);
  assertEquals(meanIou, 1.75 / 3);
});

Deno.test("localisation wants one predicted box for each true one", () => {
  assertThrows(() => localisation([], []), RangeError, "0 true and 0 predicted boxes");
});
