import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { zlibSync } from "fflate";
import {
  decodeTiff,
  encodeTiff,
  ImageFileError,
  type Pixels,
  readImage,
  readTiff,
} from "../../lib/image/mod.ts";
import { dataPath, testWith } from "../support/needs.ts";

const folder = fromFileUrl(new URL("../golden/image_files/", import.meta.url));
const expected: {
  pictures: Record<string, { shape: number[]; values: number[] }>;
  files: Record<string, string>;
} = JSON.parse(await Deno.readTextFile(`${folder}/expected.json`));

for (const [file, key] of Object.entries(expected.files)) {
  Deno.test(`${file} reads as its writer meant it`, async () => {
    const { shape: [count, height, width, channels], values } = expected.pictures[key];
    const pages = await readImage(folder + file);
    assertEquals(pages.length, count);
    for (const page of pages) {
      assertEquals([page.height, page.width, page.channels], [height, width, channels]);
    }
    assertEquals(pages.flatMap((page) => [...page.data]), values);
  });
}

Deno.test("a TIFF page has the array type of its values", async () => {
  const types = async (name: string) => (await readTiff(folder + name))[0].data.constructor;
  assertEquals(await types("uint8_none.tif"), Uint8Array);
  assertEquals(await types("uint16_none.tif"), Uint16Array);
  assertEquals(await types("uint32_none.tif"), Uint32Array);
  assertEquals(await types("int16_none.tif"), Int32Array);
  assertEquals(await types("int32_none.tif"), Int32Array);
  assertEquals(await types("float32_none.tif"), Float32Array);
  assertEquals(await types("float64_none.tif"), Float64Array);
});

const written: [string, Pixels][] = [
  ["8-bit", Uint8Array.of(0, 1, 255, 7, 8, 9)],
  ["16-bit", Uint16Array.of(0, 1, 65535, 7, 8, 9)],
  ["32-bit", Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 7, 8, 9)],
  ["unsigned 32-bit", Uint32Array.of(0, 2 ** 32 - 1, 0, 7, 8, 9)],
  ["float", Float32Array.of(-1.5, NaN, Infinity, 0.1, 1e-40, 1e30)],
  ["double", Float64Array.of(-1.5, NaN, Infinity, 0.1, 1e-300, 1e300)],
];
for (const [type, data] of written) {
  for (const compression of ["none", "deflate"] as const) {
    Deno.test(`a ${type} stack written with compression ${compression} reads back the same`, () => {
      for (const shape of [{ width: 3, height: 2 }, { width: 2, height: 1, channels: 3 }]) {
        const pages = [{ data, ...shape }, { data: data.slice().reverse(), ...shape }];
        assertEquals(decodeTiff(encodeTiff(pages, { compression })), pages);
      }
    });
  }
}

Deno.test("pages of one TIFF may differ in size and type", () => {
  const pages = [
    { data: Uint8Array.of(1, 2, 3), width: 3, height: 1 },
    { data: Float32Array.of(0.5, 0.25), width: 1, height: 2 },
  ];
  assertEquals(decodeTiff(encodeTiff(pages)), pages);
});

// Damage. Every file below is made by breaking a good one.

Deno.test("a TIFF cut off anywhere is an error that names the file, never a picture", async () => {
  for (
    const name of ["uint8_none.tif", "uint16_lzw_big_endian.tif", "float32_deflate_predictor.tif"]
  ) {
    const whole = await Deno.readFile(folder + name);
    for (let length = 0; length < whole.length; length++) {
      const error = assertThrows(
        () => decodeTiff(whole.slice(0, length), "cut.tif"),
        ImageFileError,
        "cut.tif",
        `${name} of ${length} bytes`,
      );
      assertStringIncludes(error.message, ":");
    }
  }
});

Deno.test("a TIFF with any byte changed gives pages or an ImageFileError, nothing else", async () => {
  for (
    const name of [
      "uint8_packbits.tif",
      "uint16_lzw_big_endian.tif",
      "rgb8_interleaved_predictor.tif",
    ]
  ) {
    const whole = await Deno.readFile(folder + name);
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 255, whole[at] ^ 1]) {
        const broken = whole.slice();
        broken[at] = value;
        try {
          decodeTiff(broken, "broken.tif");
        } catch (error) {
          if (!(error instanceof ImageFileError)) throw error;
        }
      }
    }
  }
});

/** A one-page uncompressed file of 2 x 2 bytes whose directory entry `tag` is given another value. */
function withTag(tag: number, value: number, data: Uint8Array = new Uint8Array(4)) {
  const bytes = encodeTiff([{ data, width: 2, height: 2 }], { compression: "none" });
  const view = new DataView(bytes.buffer);
  for (let entry = 10; entry < 10 + 12 * view.getUint16(8, true); entry += 12) {
    if (view.getUint16(entry, true) === tag) view.setUint32(entry + 8, value, true);
  }
  return bytes;
}

const damaged: [string, Uint8Array<ArrayBuffer>, string][] = [
  ["text", new TextEncoder().encode("no picture at all"), "it is no TIFF file"],
  ["a few bytes", Uint8Array.of(0x49, 0x49, 42), "cut off"],
  ["a huge declared width", withTag(256, 0xffffffff), "at most 2147483648 are read"],
  ["more rows than its strips have", withTag(257, 3), "2 strips are needed; 1 are listed"],
  ["a strip shorter than its rows", withTag(279, 3), "cannot hold"],
  ["width 0", withTag(256, 0), "0 x 2 pixels"],
  ["12-bit values", withTag(258, 12), "12-bit"],
  ["JPEG compression", withTag(259, 7), "its compression is 7"],
  ["a strip outside the file", withTag(273, 1_000_000), "cut off"],
];
for (const [what, bytes, reason] of damaged) {
  Deno.test(`a TIFF of ${what} is refused with the reason`, () => {
    const error = assertThrows(() => decodeTiff(bytes, "bad.tif"), ImageFileError, reason);
    assertStringIncludes(error.message, "bad.tif");
  });
}

Deno.test("a TIFF whose pages form a loop is refused instead of read for ever", () => {
  const bytes = encodeTiff([{ data: new Uint8Array(4), width: 2, height: 2 }]);
  const view = new DataView(bytes.buffer);
  view.setUint32(10 + 12 * view.getUint16(8, true), 8, true); // next page: the first one
  assertThrows(() => decodeTiff(bytes), ImageFileError, "loop");
});

Deno.test("a TIFF strip that inflates to more than it declares is refused", () => {
  const bytes = encodeTiff([{ data: new Uint8Array(100 * 100), width: 100, height: 100 }]);
  const view = new DataView(bytes.buffer);
  view.setUint32(10 + 12 + 8, 10, true); // height 10
  assertThrows(() => decodeTiff(bytes), ImageFileError, "inflates to more than the 1000 bytes");
});

Deno.test("a deflate bomb behind a plausible size stops at that size", () => {
  // 64 MiB of zeros deflate to 64 KiB; a page of 64 x 1024 could hold only 64 KiB of pixels.
  const bomb = zlibSync(new Uint8Array(2 ** 26), { level: 9 });
  const good = encodeTiff([{ data: new Uint8Array(2 ** 16), width: 64, height: 1024 }]);
  const bytes = new Uint8Array(good.length + bomb.length);
  bytes.set(good);
  bytes.set(bomb, good.length);
  const view = new DataView(bytes.buffer);
  for (let entry = 10; entry < 10 + 12 * view.getUint16(8, true); entry += 12) {
    if (view.getUint16(entry, true) === 273) view.setUint32(entry + 8, good.length, true);
    if (view.getUint16(entry, true) === 279) view.setUint32(entry + 8, bomb.length, true);
  }
  assertThrows(() => decodeTiff(bytes), ImageFileError, "inflates to more than");
});

Deno.test("a missing or an empty file is named with its reason", async () => {
  const path = await Deno.makeTempFile({ suffix: ".tif" });
  await assertRejects(() => readTiff(path), ImageFileError, `${path} is empty`);
  await Deno.remove(path);
  await assertRejects(() => readTiff(path), ImageFileError, `${path} cannot be read`);
});

testWith(
  { data: "ctc/DIC-C2DH-HeLa" },
  "Cell Tracking Challenge files read as they are",
  async () => {
    const [frame] = await readTiff(dataPath("ctc/DIC-C2DH-HeLa/01/t002.tif")); // LZW, 8 bits
    const [mask] = await readTiff(dataPath("ctc/DIC-C2DH-HeLa/01_GT/SEG/man_seg002.tif")); // LZW, 16 bits
    assertEquals([frame.data.constructor, mask.data.constructor], [Uint8Array, Uint16Array]);
    const sum = (data: Pixels) => Array.from(data).reduce((a, b) => a + b, 0);
    // Sums by tifffile 2026.3.3.
    assertEquals([sum(frame.data), sum(mask.data)], [30989621, 510060]);
  },
);
