import { assertEquals } from "@std/assert";
import { borders } from "../../lib/image/mod.ts";
import { labelImage } from "../support/labels_golden.ts";

Deno.test("a border is where an object touches another label; the picture's edge is none", () => {
  const labels = labelImage([1, 1, 1, 1, 1, 0, 2, 2, 2], { width: 3, height: 3 });
  assertEquals([...borders(labels).data], [0, 0, 1, 1, 1, 0, 1, 1, 1]);
  assertEquals([...borders(labels, { connectivity: 8 }).data], [0, 1, 1, 1, 1, 0, 1, 1, 1]);
});

Deno.test("a picture that is one object has no border", () => {
  assertEquals(
    borders(labelImage(Array(9).fill(3), { width: 3, height: 3 })).data.includes(1),
    false,
  );
});
