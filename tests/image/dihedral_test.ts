import { assertEquals } from "@std/assert";
import { dihedral, DIHEDRAL_VIEWS, inverseView } from "../../lib/image/mod.ts";
import expected from "../golden/image_geometry/expected.json" with { type: "json" };

const image = { data: Float64Array.from(expected.image), width: 7, height: 5 };

Deno.test("views 0 to 3 are NumPy's rot90, views 4 to 7 the same with reversed columns", () => {
  for (const view of DIHEDRAL_VIEWS) {
    const { data, width, height } = dihedral(image, view);
    assertEquals([width, height], view % 2 === 1 ? [5, 7] : [7, 5]);
    const truth = view < 4 ? expected.turned[view] : expected.turned_mirrored[view - 4];
    assertEquals([...data], truth, `view ${view}`);
  }
});

Deno.test("the eight views differ, and each is undone by its inverse", () => {
  const seen = new Set(DIHEDRAL_VIEWS.map((view) => dihedral(image, view).data.join()));
  assertEquals(seen.size, 8);
  for (const view of DIHEDRAL_VIEWS) {
    assertEquals(dihedral(dihedral(image, view), inverseView(view)), image, `view ${view}`);
  }
});
