import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { JSDOM } from "jsdom";
import { imageGrid, sliders } from "../../lib/plot/mod.ts";

const spot = (x: number, y: number) =>
  imageGrid([{ data: new Int32Array(6).fill(1, 3 * y + x, 3 * y + x + 1), width: 3, height: 2 }]);
const two = () =>
  sliders({ x: [0, 1, 2], "y <row>": [0, 1] }, (at) => spot(at.x, at["y <row>"]), {
    start: { x: 2 },
    caption: (at) => `<b>${at.x}, ${at["y <row>"]}`,
  });

Deno.test("every position of the sliders shows its own picture and caption", () => {
  const html = String(two().render().data["text/html"]);
  // deno-lint-ignore no-explicit-any
  const { window } = new (JSDOM as any)(html, { runScripts: "dangerously" });
  const [x, y] = window.document.querySelectorAll("input");
  const picture = window.document.querySelector("img");
  const own = (a: number, b: number) =>
    `data:image/png;base64,${spot(a, b).render().data["image/png"]}`;
  assertEquals(picture.src, own(2, 0)); // the start
  for (const a of [0, 1, 2]) {
    for (const b of [0, 1]) {
      x.value = String(a);
      y.value = String(b);
      y.dispatchEvent(new window.Event("input"));
      assertEquals(picture.src, own(a, b));
      assertEquals(window.document.querySelector("p").textContent, `<b>${a}, ${b}`); // text, no markup
      assertEquals(
        [...window.document.querySelectorAll("label b")].map((n) => n.textContent),
        [String(a), String(b)],
      );
    }
  }
  assertEquals(
    window.document.querySelectorAll("label")[1].textContent.startsWith("y <row>"),
    true,
  );
  window.close();
});

Deno.test("sliders carry the picture of their start for readers without scripts", () => {
  const { data } = two().render();
  assertEquals(data["image/png"], spot(2, 0).render().data["image/png"]);
  assertMatch(data["text/plain"], /x in 0, 1, 2; y <row> in 0, 1\nAt x = 2, y <row> = 0: <b>2, 0/);
});

Deno.test("sliders need values, and start at one of them", () => {
  assertThrows(() => sliders({}, () => spot(0, 0)), RangeError, "no parameter");
  assertThrows(() => sliders({ x: [] }, () => spot(0, 0)), RangeError, `"x" has no value`);
  assertThrows(
    () => sliders({ x: [0, 1] }, () => spot(0, 0), { start: { x: 5 } }),
    RangeError,
    "cannot start at 5; its values are 0, 1",
  );
});
