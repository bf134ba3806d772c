import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { JSDOM } from "jsdom";
import { film, imageGrid } from "../../lib/plot/mod.ts";

const frames = [0, 1, 2].map((x) =>
  imageGrid([{ data: new Int32Array(3).fill(1, x, x + 1), width: 3, height: 1 }])
);
const captions = ["one", "two <b>", "three"];

function page() {
  const { data } = film(frames, { captions }).render();
  // deno-lint-ignore no-explicit-any
  return new (JSDOM as any)(String(data["text/html"]), { runScripts: "dangerously" }).window;
}

Deno.test("a film shows one frame, and its slider another", () => {
  const window = page();
  const shown = () =>
    [...window.document.querySelectorAll("figure")].filter((f) => !f.hidden)
      .map((f) => f.textContent);
  assertEquals(shown(), ["one"]);
  const slider = window.document.querySelector("input");
  slider.value = "1";
  slider.dispatchEvent(new window.Event("input"));
  assertEquals(shown(), ["two <b>"]); // a caption is text, never markup
  window.close();
});

Deno.test("a film's button plays to the end and stops there", async () => {
  const window = page();
  const button = window.document.querySelector("button");
  button.click();
  assertEquals(button.textContent, "stop");
  for (let k = 0; k < 40 && button.textContent === "stop"; k++) {
    await new Promise((done) => setTimeout(done, 100));
  }
  assertEquals(button.textContent, "play");
  assertEquals(window.document.querySelector("input").value, "2");
  window.close();
});

Deno.test("a film carries its last frame and its captions for readers without scripts", () => {
  const { data } = film(frames, { captions }).render();
  assertEquals(typeof data["image/png"], "string");
  assertMatch(data["text/plain"], /3 frames[^]*one[^]*three/);
});

Deno.test("a film needs a frame", () => {
  assertThrows(() => film([]), RangeError, "film was given no frame");
});
