import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { zipSync } from "fflate";
import { unzip, ZipError } from "../../lib/io/mod.ts";

const text = (s: string) => new TextEncoder().encode(s);

async function inFolder(test: (unpack: Unpack, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const out = join(folder, "out");
  await Deno.mkdir(out);
  try {
    await test(async (bytes, options) => {
      await Deno.writeFile(join(folder, "a.zip"), bytes);
      return await unzip(join(folder, "a.zip"), out, options);
    }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
type Unpack = (bytes: Uint8Array, options?: Parameters<typeof unzip>[2]) => Promise<string[]>;

/** Everything below a folder. */
function all(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? all(join(folder, name)) : [join(folder, name)]
  );
}

/** Changes a field of an archive's directory: `offset` counts from the entry's beginning. */
function patch(zip: Uint8Array, offset: number, value: number, size = 4): Uint8Array {
  const bytes = zip.slice(), view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 < bytes.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    if (size === 4) view.setUint32(at + offset, value, true);
    else view.setUint16(at + offset, value, true);
    return bytes;
  }
  throw new Error("no directory");
}

Deno.test("an archive is unpacked as it was packed, and each file goes where it is wanted", () =>
  inFolder(async (unpack, folder) => {
    const long = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);
    const zip = zipSync({
      "a/b.bin": long,
      "a/empty": new Uint8Array(),
      "c.txt": [text("stored"), { level: 0 }],
    });
    assertEquals(await unpack(zip), ["a/b.bin", "a/empty", "c.txt"]);
    assertEquals(await Deno.readFile(join(folder, "out/a/b.bin")), long);
    assertEquals(await Deno.readTextFile(join(folder, "out/c.txt")), "stored");
    const place = (name: string) => name.startsWith("a/") ? name.replace("a/", "d/") : undefined;
    assertEquals(await unpack(zip, { place }), ["d/b.bin", "d/empty"]);
    assertEquals(all(folder).filter((name) => name.endsWith(".part")), []);
  }));

for (
  const name of ["../evil", "a/../../evil", "/tmp/evil", "C:/evil", "a\\..\\evil", "./evil", "a\0b"]
) {
  Deno.test(`the name ${JSON.stringify(name)} is refused before anything is written`, () =>
    inFolder(async (unpack, folder) => {
      await assertRejects(
        () => unpack(zipSync({ "good": text("x"), [name]: text("x") })),
        ZipError,
        "leads out of the folder",
      );
      assertEquals(all(folder), [join(folder, "a.zip")]);
    }));
}

Deno.test("a bomb is refused: by what it declares, by its ratio, and when it grows past its word", () =>
  inFolder(async (unpack, folder) => {
    const bomb = zipSync({ bomb: new Uint8Array(4_000_000) }, { level: 9 });
    assert(bomb.length < 5000);
    await assertRejects(() => unpack(bomb, { limit: 1e6 }), ZipError, "more than the limit");
    await assertRejects(() => unpack(patch(bomb, 24, 1e6)), ZipError, "unpacks to more than");
    await assertRejects(() => unpack(patch(bomb, 24, 4e9)), ZipError, "cannot unpack to");
    assertEquals(all(join(folder, "out")), []);
  }));

Deno.test("files that share their bytes are refused", () =>
  inFolder(async (unpack) => {
    const zip = zipSync({ aaaa: text("the same bytes"), bbbb: text("the same bytes") });
    const view = new DataView(zip.buffer);
    for (let at = 0; at + 4 < zip.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 42, 0, true); // both at byte 0
    }
    await assertRejects(() => unpack(zip), ZipError, "overlaps");
  }));

Deno.test("links, encryption, unknown methods, too many files and two of one name are refused", () =>
  inFolder(async (unpack) => {
    const zip = zipSync({ link: text("/etc/passwd") });
    await assertRejects(() => unpack(patch(zip, 38, 0xa1ff0000)), ZipError, "is a link");
    await assertRejects(() => unpack(patch(zip, 8, 1, 2)), ZipError, "is encrypted");
    await assertRejects(() => unpack(patch(zip, 10, 12, 2)), ZipError, "method 12");
    const two = zipSync({ a: text("1"), b: text("2") });
    await assertRejects(() => unpack(two, { files: 1 }), ZipError, "more than the limit of 1");
    await assertRejects(() => unpack(two, { place: () => "same" }), ZipError, "two of its files");
    await assertRejects(() => unpack(two, { place: () => "../same" }), ZipError, "leads out");
  }));

Deno.test("an archive that is cut off or has a changed bit is refused, at every place", () =>
  inFolder(async (unpack) => {
    const content = text("some text that deflate makes shorter ".repeat(20));
    const zip = zipSync({ "a.txt": content });
    for (let cut = 0; cut < zip.length; cut += 7) {
      await assertRejects(() => unpack(zip.subarray(0, cut)), ZipError);
    }
    // The compressed bytes stand behind the local header: 30 bytes and the name.
    const stored = new DataView(zip.buffer).getUint32(18, true);
    for (let at = 35; at < 35 + stored - 1; at++) {
      const bad = zip.slice();
      bad[at] ^= 16;
      await assertRejects(() => unpack(bad), ZipError);
    }
  }));

Deno.test("a file that stands where a folder is needed is a sentence", () =>
  inFolder(async (unpack) => {
    const zip = zipSync({ a: text("a file"), "a/b": text("in a folder of its name") });
    await assertRejects(() => unpack(zip), ZipError, "a/b could not be unpacked to");
  }));
