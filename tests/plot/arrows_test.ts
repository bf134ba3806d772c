import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { arrows } from "../../lib/plot/mod.ts";

const field = [{ x: 1, y: 2, dx: 10, dy: 0 }, { x: 5, y: 5, dx: 0, dy: 3 }];

Deno.test("an arrow runs from its foot to its tip, and its barbs point back", () => {
  const { json: { data: [trace] } } = arrows(field, { scale: 2 });
  const x = trace.x as number[], y = trace.y as number[];
  assertEquals([x[0], y[0], x[1], y[1]], [1, 2, 21, 2]);
  assertEquals([x[5], y[5]], [null, null]); // the gap before the next arrow
  for (const k of [2, 4]) assertEquals(x[k] < 21 && x[k] > 1, true);
  assertEquals(y[2] - 2, -(y[4] - 2)); // one barb on either side
  assertEquals(x.length, 12);
});

Deno.test("arrows over a picture: it fills its axes, y downwards, and no arrow is cut off", () => {
  const image = { data: new Float32Array(12), width: 4, height: 3 };
  const { json: { layout } } = arrows(field, { image, bold: field });
  // deno-lint-ignore no-explicit-any
  const { xaxis, yaxis, images } = layout as any;
  assertEquals(xaxis.range[0] < -0.5 && xaxis.range[1] > 11, true); // the tip at x = 11
  assertEquals(yaxis.range[0] > 8 && yaxis.range[1] < -0.5, true); // the tip at y = 8
  assertEquals([images[0].x, images[0].y, images[0].sizex, images[0].sizey], [-0.5, -0.5, 4, 3]);
});

Deno.test("arrows say how many they are and how long", () => {
  assertMatch(arrows(field, { title: "wind" }).summary, /2 arrows: wind, lengths 3 to 10/);
  assertThrows(() => arrows([]), RangeError, "at least one");
});
