import { assertEquals } from "@std/assert";
import { connectedComponents, type Image } from "../../lib/image/mod.ts";
import {
  drawMembranes,
  dropCells,
  openGaps,
  pictureFromText,
  shift,
  sprinkle,
  thickenMembranes,
} from "../../lib/lesson/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

/** 5 x 5 cells of 7 x 7 pixels with membranes of one. */
const row = "#######.".repeat(5).slice(0, -1), line = ".".repeat(row.length);
const grid = pictureFromText(
  ...Array.from({ length: 39 }, (_, y) => (y % 8 === 7 ? line : row)),
);
const cellsOf = (image: Image) => connectedComponents(image).count;
const pixelsOf = (image: Image) => image.data.reduce((a, b) => a + b);

Deno.test("a shift moves everything and repeats the edge", () => {
  const { data } = shift(pictureFromText("#..", "...", "..#"), 1, 1);
  assertEquals([...data], [1, 1, 0, 1, 1, 0, 0, 0, 0]);
  assertEquals(shift(grid, 0, 0).data, grid.data);
});

Deno.test("thicker membranes eat into the cells but leave their number", () => {
  const thick = thickenMembranes(grid, 2);
  assertEquals(cellsOf(thick), 25);
  assertEquals(pixelsOf(thick) < pixelsOf(grid), true);
  assertEquals(thickenMembranes(grid, 0).data, grid.data);
});

Deno.test("gaps merge cells and take no pixel of them", () => {
  const open = openGaps(grid, createRandom(3), 6, 1);
  assertEquals(cellsOf(open) < 25, true);
  assertEquals(grid.data.every((v, i) => v <= open.data[i]), true);
});

Deno.test("a drawn membrane cuts its cell in two, from edge to edge", () => {
  const cut = drawMembranes(grid, createRandom(3), 1);
  assertEquals(pixelsOf(grid) - pixelsOf(cut), 7);
  assertEquals(cellsOf(cut) >= 25, true); // 26, or 25 where the line ran along the cell's side
});

Deno.test("dropped cells are gone, the others whole", () => {
  const fewer = dropCells(grid, createRandom(3), 4);
  assertEquals([cellsOf(fewer), pixelsOf(fewer)], [21, 21 * 49]);
});

Deno.test("sprinkling flips about the share of pixels it is told to", () => {
  const flipped = sprinkle(grid, createRandom(3), 0.1).data.filter((v, i) => v !== grid.data[i]);
  const share = flipped.length / grid.data.length;
  assertEquals(share > 0.07 && share < 0.13, true);
});
