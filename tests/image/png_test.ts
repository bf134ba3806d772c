import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { zlibSync } from "fflate";
import { decodePng, encodePng, ImageFileError, readPng, writePng } from "../../lib/image/mod.ts";

// That files of another writer are read right is in tiff_test.ts, which walks all golden pictures.
const folder = fromFileUrl(new URL("../golden/image_files/", import.meta.url));

Deno.test("8 and 16-bit pictures of 1 to 4 channels survive PNG", async () => {
  const path = `${await Deno.makeTempDir()}/picture.png`;
  for (const channels of [undefined, 2, 3, 4]) {
    const length = 6 * (channels ?? 1),
      shape = { width: 3, height: 2, ...(channels && { channels }) };
    const eight = { data: Uint8Array.from({ length }, (_, i) => 255 - 7 * i), ...shape };
    const sixteen = { data: Uint16Array.from({ length }, (_, i) => 65535 - 700 * i), ...shape };
    for (const image of [eight, sixteen]) {
      await writePng(path, image);
      assertEquals(await readPng(path), image);
    }
  }
});

Deno.test("a PNG cut off anywhere is an error that names the file", async () => {
  const whole = await Deno.readFile(`${folder}/gray16.png`);
  for (let length = 1; length < whole.length; length++) {
    assertThrows(() => decodePng(whole.slice(0, length), "cut.png"), ImageFileError, "cut.png");
  }
});

Deno.test("a PNG with any byte of its pixel data changed is refused by its checksum", async () => {
  const whole = await Deno.readFile(`${folder}/gray8.png`);
  const begin = new TextDecoder("latin1").decode(whole).indexOf("IDAT") + 4;
  for (let at = begin; at < whole.length - 16; at++) {
    const broken = whole.slice();
    broken[at] ^= 0x55;
    assertThrows(() => decodePng(broken, "broken.png"), ImageFileError, "broken.png");
  }
});

/** A PNG whose chunks may say anything; checksums right. */
function png(width: number, height: number, depth: number, colour: number, stored: Uint8Array) {
  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const chunk = (type: string, data: Uint8Array) => {
    const bytes = new Uint8Array(12 + data.length), view = new DataView(bytes.buffer);
    view.setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    let crc = -1;
    for (const b of bytes.subarray(4, 8 + data.length)) crc = table[(crc ^ b) & 255] ^ (crc >>> 8);
    view.setUint32(8 + data.length, ~crc);
    return [...bytes];
  };
  const header = new Uint8Array(13), view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colour], 8);
  return Uint8Array.from([
    ...[137, 80, 78, 71, 13, 10, 26, 10],
    ...chunk("IHDR", header),
    ...chunk("IDAT", stored),
    ...chunk("IEND", new Uint8Array(0)),
  ]);
}

Deno.test("the helper of these tests makes a readable PNG", () => {
  assertEquals(decodePng(png(1, 1, 8, 0, zlibSync(Uint8Array.of(0, 77)))).data, Uint8Array.of(77));
});

const bad: [string, Uint8Array<ArrayBuffer>, string][] = [
  ["text", new TextEncoder().encode("no picture"), "it is no PNG file"],
  ["a huge declared size", png(2 ** 31 - 1, 2 ** 31 - 1, 16, 6, Uint8Array.of(0)), "at most"],
  [
    "a size its data cannot hold",
    png(20000, 20000, 8, 0, zlibSync(new Uint8Array(9))),
    "cannot hold",
  ],
  [
    "a compressed bomb",
    png(1, 1, 8, 0, zlibSync(new Uint8Array(2 ** 22))),
    "inflates to more than the 2 bytes",
  ],
  [
    "fewer rows than declared",
    png(2, 3, 8, 0, zlibSync(new Uint8Array(6))),
    "ends after 6 of 9 bytes",
  ],
  ["no pixel", png(0, 3, 8, 0, zlibSync(new Uint8Array(6))), "0 x 3"],
  ["an unknown colour type", png(1, 1, 8, 5, zlibSync(new Uint8Array(2))), "colour type is 5"],
  ["an unknown filter", png(1, 1, 8, 0, zlibSync(Uint8Array.of(9, 0))), "filter"],
];
for (const [what, bytes, reason] of bad) {
  Deno.test(`a PNG of ${what} is refused with the reason`, () => {
    assertThrows(() => decodePng(bytes, "bad.png"), ImageFileError, reason);
    assertThrows(() => decodePng(bytes, "bad.png"), ImageFileError, "bad.png");
  });
}

Deno.test("an empty file is named with its reason", async () => {
  const path = await Deno.makeTempFile();
  await assertRejects(() => readPng(path), ImageFileError, `${path} is empty`);
});

Deno.test("a picture whose data does not have its size is not written", () => {
  assertThrows(
    () => encodePng({ data: new Uint8Array(5), width: 2, height: 2 }),
    RangeError,
    "2 x 2 x 1 has 5 values",
  );
});
