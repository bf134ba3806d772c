import { assertEquals, assertThrows } from "@std/assert";
import { crop, mirrorPad, mirrorWindow } from "../../lib/image/mod.ts";
import expected from "../golden/image_geometry/expected.json" with { type: "json" };

const image = { data: Float64Array.from(expected.image), width: 7, height: 5 };

Deno.test("mirroring is NumPy's reflect, even where the border is wider than the picture", () => {
  const { border, values } = expected.padded;
  const padded = mirrorPad(image, border);
  assertEquals([padded.width, padded.height], [7 + 22, 5 + 22]);
  assertEquals([...padded.data], values);
});

Deno.test("a border of four different widths keeps the picture at its place", () => {
  const padded = mirrorPad(image, { top: 1, right: 2, bottom: 3, left: 4 });
  assertEquals([padded.width, padded.height], [13, 9]);
  assertEquals(crop(padded, 4, 1, 7, 5), image);
});

Deno.test("a crop keeps type and channels", () => {
  const rgb = {
    data: Uint8Array.from({ length: 18 }, (_, i) => i),
    width: 3,
    height: 2,
    channels: 3,
  };
  assertEquals(crop(rgb, 1, 1, 2, 1), {
    data: Uint8Array.of(12, 13, 14, 15, 16, 17),
    width: 2,
    height: 1,
    channels: 3,
  });
});

Deno.test("a single pixel is mirrored into itself", () => {
  assertEquals(
    [...mirrorWindow({ data: Int32Array.of(5), width: 1, height: 1 }, -1, -1, 3, 3).data],
    Array(9).fill(5),
  );
});

Deno.test("a crop beyond the edge says where the window lies and what to use instead", () => {
  const error = assertThrows(() => crop(image, 6, 0, 2, 2), RangeError);
  assertEquals(
    error.message,
    "the window of 2 x 2 at (6, 0) is not inside the picture of 7 x 5; move it, or use mirrorWindow",
  );
  assertThrows(() => crop(image, 0.5, 0, 2, 2), RangeError);
  assertThrows(() => mirrorWindow(image, 0, 0, 0, 2), RangeError);
});
