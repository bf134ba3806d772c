import { assertEquals, assertThrows } from "@std/assert";
import { pictureFromText } from "../../lib/lesson/mod.ts";

Deno.test("a picture drawn in text is read row by row", () => {
  const { data, width, height } = pictureFromText("#.", "..", "##");
  assertEquals([width, height, ...data], [2, 3, 1, 0, 0, 0, 1, 1]);
});

Deno.test("rows of different length make no picture", () => {
  assertThrows(
    () => pictureFromText("##", "#"),
    RangeError,
    "row 1 has 1 characters but row 0 has 2",
  );
  assertThrows(() => pictureFromText(), RangeError, "at least one row");
});
