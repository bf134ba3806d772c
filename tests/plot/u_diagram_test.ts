import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { JSDOM } from "jsdom";
import { uDiagram } from "../../lib/plot/mod.ts";

const map = (side: number, channels: number, copied?: number) => ({ side, channels, copied });
const shape = {
  contracting: [[map(76, 1), map(74, 4), map(72, 4)], [map(36, 4), map(34, 8), map(32, 8)]],
  bottom: [map(16, 8), map(14, 16), map(12, 16)],
  expanding: [[map(40, 8, 4), map(38, 4), map(36, 4)], [map(24, 16, 8), map(22, 8), map(20, 8)]],
  output: map(36, 2),
};

Deno.test("the diagram has a box for every map and an arrow for every operation", () => {
  const svg = uDiagram(shape, { title: "a <small> U" }).svg();
  // deno-lint-ignore no-explicit-any
  const { document } = new (JSDOM as any)(svg, { contentType: "image/svg+xml" }).window;
  const count = (name: string) => document.querySelectorAll(`.${name}`).length;
  assertEquals(count("map"), 16);
  assertEquals( // one more each: the legend's
    ["convolution", "pooling", "upConvolution", "copy", "output"].map(count),
    [10 + 1, 2 + 1, 2 + 1, 2 + 1, 1 + 1],
  );
  const titles = [...document.querySelectorAll("title")].map((node) => node.textContent);
  assertEquals(titles.includes("40 × 40 pixels, 8 channels, 4 of them copied"), true);
  assertMatch(document.documentElement.textContent, /a <small> U/);
  assertMatch(document.documentElement.textContent, /crop 72 to 40, copy 4 channels/);
  assertMatch(document.documentElement.textContent, /32 → 24/); // where there is no room
});

Deno.test("boxes of one level do not overlap, and what is below stands lower", () => {
  const svg = uDiagram(shape).svg();
  // deno-lint-ignore no-explicit-any
  const { document } = new (JSDOM as any)(svg, { contentType: "image/svg+xml" }).window;
  const boxes = [...document.querySelectorAll(".map")].map((group) => {
    const rects = [...group.querySelectorAll("rect")].map((rect) => ({
      x: Number(rect.getAttribute("x")),
      y: Number(rect.getAttribute("y")),
      width: Number(rect.getAttribute("width")),
      height: Number(rect.getAttribute("height")),
    }));
    const [first] = rects, last = rects.at(-1)!;
    return {
      left: first.x,
      right: last.x + last.width,
      top: first.y,
      bottom: first.y + first.height,
    };
  });
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top ||
        b.bottom <= a.top;
      assertEquals(apart, true);
    }
  }
});

Deno.test("every convolution's arrow runs from one box to the next of its row", () => {
  const svg = uDiagram(shape).svg();
  // deno-lint-ignore no-explicit-any
  const { document } = new (JSDOM as any)(svg, { contentType: "image/svg+xml" }).window;
  const edges = [...document.querySelectorAll(".map")].map((group) => {
    const rects = [...group.querySelectorAll("rect")], last = rects.at(-1)!;
    const number = (rect: { getAttribute(name: string): string }, name: string) =>
      Number(rect.getAttribute(name));
    const middle = number(last, "y") + number(last, "height") / 2;
    return [number(last, "x") + number(last, "width"), middle] as const;
  });
  const convolutions = [...document.querySelectorAll(".convolution")].slice(0, -1); // not the legend's
  for (const arrow of convolutions) {
    const [x, y] = arrow.querySelector("path").getAttribute("d").slice(1).split(/[L ]/).map(Number);
    const starts = edges.some(([right, middle]) =>
      Math.abs(right + 3 - x) < 0.5 && Math.abs(middle - y) < 0.5
    );
    assertEquals(starts, true, `an arrow starts at (${x}, ${y}), where no box ends`);
  }
});

Deno.test("the diagram in words has the sizes of every level", () => {
  const words = `${uDiagram(shape)}`;
  assertMatch(words, /down 1: 36² × 4 → 34² × 8 → 32² × 8/);
  assertMatch(words, /output: 36² × 2 channels/);
});

Deno.test("a U needs two paths of equal length", () => {
  assertThrows(() => uDiagram({ ...shape, expanding: [] }), RangeError, "got 2 and 0");
  assertThrows(() => uDiagram({ ...shape, bottom: [] }), RangeError, "at least one map");
});
