import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { convertIndexedToRgb, decode } from "fast-png";
import { imageGrid, overlay, PALETTE, type Picture } from "../../lib/plot/mod.ts";
import { shrinkByArea } from "../../lib/plot/image_grid.ts";
import { createRandom } from "../../lib/random/mod.ts";

/** The picture's pixels as 0xRRGGBB. */
function pixelsOf(picture: Picture) {
  const { png, width, height } = picture.draw();
  const image = decode(png);
  const channels = image.palette ? 3 : image.channels;
  const bytes = image.palette ? convertIndexedToRgb(image) : image.data;
  const at = (x: number, y: number) => {
    const k = (y * image.width + x) * channels;
    return (bytes[k] << 16) | (bytes[k + 1] << 8) | bytes[k + 2];
  };
  const colors = new Set<number>();
  for (let y = 0; y < image.height; y++) for (let x = 0; x < image.width; x++) colors.add(at(x, y));
  return { at, colors, png, width, height, scale: image.width / width };
}

const color = (k: number) => parseInt(PALETTE[k].slice(1), 16);
const gray = { data: Float32Array.of(0, 1, 1, 0), width: 2, height: 2 };

Deno.test("a picture leaves as PNG with the width at which to show it, and a sentence", () => {
  const { data, metadata } = imageGrid([{ image: gray, title: "Slice" }]).render();
  assertEquals(Object.keys(data).sort(), ["image/png", "text/plain"]);
  assertEquals(data["text/plain"], "Slice: 2 × 2, values 0 to 1, mean 0.5");
  const { width } = (metadata as { "image/png": { width: number } })["image/png"];
  assert(width > 300 && width < 450);
});

Deno.test("black is black and white is white, at the right places", () => {
  const { at, width, height, scale } = pixelsOf(imageGrid([gray]));
  const place = (share: number, whole: number) => Math.round(share * whole * scale);
  assertEquals(at(place(0.3, width), place(0.3, height)), 0x000000);
  assertEquals(at(place(0.7, width), place(0.3, height)), 0xffffff);
  assertEquals(at(place(0.7, width), place(0.7, height)), 0x000000);
});

Deno.test("labels get a colour each, a single label is white", () => {
  const many = { data: Int32Array.of(0, 1, 2, 3), width: 2, height: 2 };
  const { colors } = pixelsOf(imageGrid([many]));
  for (const k of [0, 4, 2]) assert(colors.has(color(k)), `no label has ${PALETTE[k]}`);
  const one = pixelsOf(imageGrid([{ data: Int32Array.of(0, 7, 7, 0), width: 2, height: 2 }]));
  assert(!one.colors.has(color(0)));
  assert(one.colors.has(0xffffff) && one.colors.has(0x000000));
});

Deno.test("ninety labels have ninety colours", () => {
  const data = Int32Array.from({ length: 90 }, (_, k) => k + 1);
  const { colors } = pixelsOf(imageGrid([{ data, width: 10, height: 9 }]));
  assert(colors.size >= 90, `${colors.size} colours`);
});

Deno.test("a probability map comes with its colour bar", () => {
  const plain = pixelsOf(imageGrid([{ data: new Float32Array(4), width: 2, height: 2 }]));
  const { colors } = pixelsOf(
    imageGrid([{ image: { ...gray, data: new Float32Array(4) }, as: "probability" }]),
  );
  assert(colors.has(0x440154) && colors.has(0xfde725), "both ends of viridis stand in the bar");
  assert(!plain.colors.has(0xfde725));
});

Deno.test("an overlay shows false positives and false negatives in two colours and counts them", () => {
  const image = { data: new Float32Array(9), width: 3, height: 3 };
  const truth = { data: Int32Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0), width: 3, height: 3 };
  const mask = { data: Int32Array.of(1, 0, 1, 1, 0, 0, 0, 0, 0), width: 3, height: 3 };
  const picture = overlay(image, mask, { truth, opacity: 1 });
  const { at, colors, scale, height } = pixelsOf(picture);
  assert(colors.has(color(4)) && colors.has(color(0)));
  // The second pixel of the first row is missed, the third is invented.
  const side = 378 / 3, y = (10 + 4 + 20) * scale;
  assertEquals(at(Math.round((10 + 1.5 * side) * scale), y), color(0));
  assertEquals(at(Math.round((10 + 2.5 * side) * scale), y), color(4));
  assert(height > 390, "there is room for the legend");
  assertStringIncludes(String(picture), "false positive (orange) 2 pixels");
  assertStringIncludes(String(picture), "false negative (blue) 1 pixel,");
});

Deno.test("four noisy slices stay below 150 kB in the notebook", () => {
  const random = createRandom(1);
  const noise = () => ({
    data: Float32Array.from({ length: 512 * 512 }, () => random.uniform()),
    width: 512,
    height: 512,
  });
  const { data } = imageGrid([noise(), noise(), noise(), noise()]).render();
  const size = (data["image/png"] as string).length;
  assert(size < 150_000, `${size} characters`);
});

Deno.test("shrinking keeps the mean and averages by area", () => {
  assertEquals([...shrinkByArea(Float32Array.of(0, 1, 2, 3), 2, 2, 1, 1, 1)], [1.5]);
  const three = shrinkByArea(Float32Array.of(0, 3, 6), 3, 1, 1, 2, 1);
  assertEquals([...three].map((v) => Math.round(1e4 * v) / 1e4), [1, 5]); // (0 + 3/2) / 1.5, …
});

Deno.test("a hole in the numbers is pink and said", () => {
  const picture = imageGrid([{ data: Float32Array.of(0, NaN, 1, 1), width: 2, height: 2 }]);
  assertStringIncludes(String(picture), "1 pixel not a number (pink)");
  assert(pixelsOf(picture).colors.has(0xf5b5d8));
});

Deno.test("letters that the font lacks and words that are too long do no harm", () => {
  const title = "細胞 🧠 " + "W".repeat(200);
  const { width } = pixelsOf(imageGrid([{ image: gray, title }, { image: gray, title }]));
  assert(width < 950);
});

Deno.test("pictures say what does not fit", () => {
  assertThrows(
    () => imageGrid([{ image: { ...gray, width: 3 }, title: "Slice" }]),
    RangeError,
    `"Slice" says 3 × 2 × 1 but holds 4 values; expected 6`,
  );
  assertThrows(
    () => overlay(gray, { data: new Int32Array(6), width: 3, height: 2 }),
    RangeError,
    "the mask is 3 × 2, the image 2 × 2",
  );
});
