import { assertEquals, assertRejects } from "@std/assert";
import { ImageFileError, readImageStack, writePng, writeTiff } from "../../lib/image/mod.ts";

const page = (value: number, width = 1) => ({
  data: new Uint8Array(width).fill(value),
  width,
  height: 1,
});

Deno.test("a folder is read in natural order, PNG and TIFF alike, other files left alone", async () => {
  const folder = await Deno.makeTempDir();
  await writePng(`${folder}/z10.png`, page(10));
  await writePng(`${folder}/z9.PNG`, page(9));
  await writeTiff(`${folder}/z11.tif`, [page(11), page(12)]);
  await Deno.writeTextFile(`${folder}/notes.txt`, "not a slice");
  await Deno.writeTextFile(`${folder}/.hidden.png`, "not a slice");
  assertEquals((await readImageStack(folder)).map(({ data }) => data[0]), [9, 10, 11, 12]);
});

Deno.test("a multi-page TIFF is a stack, whatever its name ends in", async () => {
  const path = `${await Deno.makeTempDir()}/volume.dat`;
  await writeTiff(path, [page(1), page(2)]);
  assertEquals((await readImageStack(path)).map(({ data }) => data[0]), [1, 2]);
});

Deno.test("slices of another size, missing and foreign files are named with the reason", async () => {
  const folder = await Deno.makeTempDir();
  await assertRejects(
    () => readImageStack(folder),
    ImageFileError,
    "has no .png, .tif or .tiff file",
  );
  await assertRejects(
    () => readImageStack(`${folder}/none`),
    ImageFileError,
    "none cannot be read",
  );
  await writePng(`${folder}/a1.png`, page(1));
  await writePng(`${folder}/a2.png`, page(2, 3));
  await assertRejects(() => readImageStack(folder), ImageFileError, "a2.png is 3 x 1 x 1");
  await Deno.writeTextFile(`${folder}/a2.png`, "GIF89a");
  await assertRejects(() => readImageStack(folder), ImageFileError, "neither a PNG nor a TIFF");
});
