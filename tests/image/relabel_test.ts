import { assertEquals } from "@std/assert";
import { objectSizes, relabel, removeSmallObjects } from "../../lib/image/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

Deno.test("relabelling closes the gaps, keeps the order and can be taken back", () => {
  const labels = labelImage([0, 70000, 3, 70000, 12, 0], { width: 3, height: 2 });
  const { data, count, original } = relabel(labels);
  assertEquals([...data], [0, 3, 1, 3, 2, 0]);
  assertEquals(count, 3);
  assertEquals(data.map((label) => original[label]), labels.data);
});

Deno.test("object sizes are scikit-image's areas", () => {
  for (const { four, areas, ...size } of golden.images) {
    const sizes = objectSizes(labelImage(four, size));
    assertEquals(areas, areas.map((_, k) => sizes.get(k + 1)!));
    assertEquals(sizes.size, areas.length);
  }
});

Deno.test("small objects vanish, those of exactly the minimum stay", () => {
  const labels = labelImage([5, 5, 5, 0, 9, 9, 0, 2], { width: 4, height: 2 });
  assertEquals([...removeSmallObjects(labels, 2).data], [5, 5, 5, 0, 9, 9, 0, 0]);
  assertEquals([...removeSmallObjects(labels, 3).data], [5, 5, 5, 0, 0, 0, 0, 0]);
});
