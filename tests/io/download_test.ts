import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { createRandom } from "../../lib/random/mod.ts";
import { download, DownloadError, type DownloadOptions, sha256Of } from "../../lib/io/mod.ts";
import { badServer, serve, serveOnly } from "./bad_server.ts";

const random = createRandom(1);
const bytes = Uint8Array.from({ length: 200_000 }, () => random.int(0, 256));
const sha256 = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
  .map((b) => b.toString(16).padStart(2, "0")).join("");
const quick: DownloadOptions = { backOff: 1, patience: 300, bytes: bytes.length, sha256 };

async function inFolder(test: (path: string, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(join(folder, "data", "file.bin"), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What stands in the folder beside the lock. */
const filesOf = (path: string) =>
  [...Deno.readDirSync(join(path, ".."))].map(({ name }) => name).filter((n) =>
    !n.endsWith(".lock")
  )
    .sort();

Deno.test("a file comes whole, with progress, and is not fetched a second time", () =>
  inFolder(async (path) => {
    await using server = badServer((request) => serve(bytes, request));
    const told: number[] = [];
    const onProgress = ({ done, total }: { done: number; total?: number }) => {
      assertEquals(total, bytes.length);
      told.push(done);
    };
    await download([`${server.address}/a`], path, { ...quick, onProgress });
    assertEquals(await Deno.readFile(path), bytes);
    assertEquals(filesOf(path), ["file.bin"]);
    assertEquals(told.at(-1), bytes.length);
    await download([`${server.address}/a`], path, quick);
    assertEquals(server.asked.length, 1);
    assertEquals(await sha256Of(path), sha256);
  }));

Deno.test("a connection that breaks again and again goes on at the byte where it broke", () =>
  inFolder(async (path) => {
    await using server = badServer((request, again) =>
      again < 8 ? serveOnly(20_000, bytes, request, "breaks") : serve(bytes, request)
    );
    await download([`${server.address}/a`], path, { ...quick, attempts: 3 });
    assertEquals(await Deno.readFile(path), bytes);
    assertEquals(server.asked[0].range, null);
    assertEquals(server.asked[1], { path: "/a", range: "bytes=20000-", ifRange: '"one"' });
    assertEquals(server.asked.length, 9);
  }));

Deno.test("a connection that falls silent counts as broken", () =>
  inFolder(async (path) => {
    await using server = badServer((request, again) =>
      again === 0 ? serveOnly(5000, bytes, request, "falls silent") : serve(bytes, request)
    );
    const notes: string[] = [];
    await download([`${server.address}/a`], path, { ...quick, note: (text) => notes.push(text) });
    assertEquals(await Deno.readFile(path), bytes);
    assertStringIncludes(notes[0], "nothing came for 0.3 s; trying again in 0.0 s");
  }));

Deno.test("a server that never answers is given up", () =>
  inFolder(async (path) => {
    await using server = badServer(() => new Promise<Response>(() => {}));
    const options = { ...quick, attempts: 2, patience: 100 };
    const error = await assertRejects(
      () => download([`${server.address}/a`], path, options),
      DownloadError,
    );
    assertStringIncludes(error.message, "nothing came for");
    assertStringIncludes(error.message, "HTTPS_PROXY");
  }));

Deno.test("a busy server is asked again; one that stays busy is given up, and the mirror asked", () =>
  inFolder(async (path) => {
    await using server = badServer((request, again) =>
      new URL(request.url).pathname === "/busy" || again < 2
        ? new Response("later", { status: 503 })
        : serve(bytes, request)
    );
    await download([`${server.address}/busy`, `${server.address}/mirror`], path, {
      ...quick,
      attempts: 3,
    });
    assertEquals(server.asked.map(({ path }) => path), [
      ...Array(3).fill("/busy"),
      ...Array(3).fill("/mirror"),
    ]);
    assertEquals(await Deno.readFile(path), bytes);
  }));

Deno.test("what is not there is not asked for twice", () =>
  inFolder(async (path) => {
    await using server = badServer(() => new Response("no", { status: 404 }));
    const error = await assertRejects(
      () => download([`${server.address}/a?token=secret`], path, quick),
      DownloadError,
    );
    assertStringIncludes(error.message, "the server answers 404");
    assert(!error.message.includes("secret"));
    assertEquals(server.asked.length, 1);
  }));

Deno.test("wrong bytes are refused by their checksum, and nothing of them stays", () =>
  inFolder(async (path) => {
    const wrong = bytes.slice();
    wrong[1234] ^= 1;
    await using server = badServer((request) => serve(wrong, request));
    const error = await assertRejects(
      () => download([`${server.address}/a`], path, quick),
      DownloadError,
    );
    assertStringIncludes(error.message, `${sha256} is expected`);
    assertEquals(filesOf(path), []);
  }));

Deno.test("another size is refused before the bytes come", () =>
  inFolder(async (path) => {
    await using server = badServer((request) => serve(bytes, request));
    const options = { ...quick, bytes: 1000 };
    const error = await assertRejects(
      () => download([`${server.address}/a`], path, options),
      DownloadError,
    );
    assertStringIncludes(error.message, "the file there has 200000 bytes, 1000 are expected");
  }));

Deno.test("a stream that is longer than it said ends at the expected size", () =>
  inFolder(async (path) => {
    let sent = 0;
    await using server = badServer(() =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += 1 << 16;
            controller.enqueue(new Uint8Array(1 << 16));
          },
        }),
      )
    );
    const error = await assertRejects(
      () => download([`${server.address}/a`], path, quick),
      DownloadError,
    );
    assertStringIncludes(error.message, "more than the expected 200000 bytes came");
    assert(sent < 1e8, `${sent} bytes`);
  }));

Deno.test("a file that changed between two tries is not glued together", () =>
  inFolder(async (path) => {
    const other = bytes.map((b) => b ^ 255);
    await using server = badServer((request, again) =>
      again === 0
        ? serveOnly(50_000, other, request, "breaks", '"old"')
        : serve(bytes, request, '"new"')
    );
    await download([`${server.address}/a`], path, { backOff: 1 }); // no checksum to help
    assertEquals(await Deno.readFile(path), bytes);
  }));

Deno.test("a server that ignores ranges, or sends another one, does not spoil the file", () =>
  inFolder(async (path) => {
    await using server = badServer((request, again) => {
      if (again === 0) return serveOnly(50_000, bytes, request, "breaks");
      if (again === 1) {
        return new Response(bytes.slice(7), {
          status: 206,
          headers: { "content-range": `bytes 7-199999/200000`, etag: '"one"' },
        });
      }
      return new Response(bytes.slice());
    });
    await download([`${server.address}/a`], path, quick);
    assertEquals(await Deno.readFile(path), bytes);
  }));

Deno.test("what an earlier, killed process left is used, and thrown away where it is wrong", () =>
  inFolder(async (path) => {
    await using server = badServer((request) => serve(bytes, request));
    const address = `${server.address}/a`;
    await Deno.mkdir(join(path, ".."));
    const left = async (part: Uint8Array) => {
      await Deno.writeFile(`${path}.part`, part);
      await Deno.writeTextFile(
        `${path}.part.json`,
        JSON.stringify({ address, validator: '"one"' }),
      );
    };
    await left(bytes.slice(0, 150_000));
    await download([address], path, quick);
    assertEquals(server.asked[0].range, "bytes=150000-");
    assertEquals(await Deno.readFile(path), bytes);
    await Deno.remove(path);
    await left(new Uint8Array(150_000));
    await download([address], path, quick);
    assertEquals(await Deno.readFile(path), bytes);
    assertEquals(filesOf(path), ["file.bin"]);
  }));

for (
  const [what, type] of [["says that it is one", "text/html; charset=utf-8"], [
    "hides what it is",
    "application/octet-stream",
  ]]
) {
  Deno.test(`a login page in place of the file is recognised where it ${what}`, () =>
    inFolder(async (path) => {
      await using server = badServer((request) =>
        new URL(request.url).pathname === "/login"
          ? new Response(
            type.startsWith("text/html") ? "Please log in" : "\n<!DOCTYPE html><form>",
            {
              headers: { "content-type": type },
            },
          )
          : Response.redirect(new URL("/login?next=secret", request.url))
      );
      const error = await assertRejects(
        () => download([`${server.address}/a`], path, { backOff: 1 }),
        DownloadError,
      );
      assertStringIncludes(
        error.message,
        `a web page came in place of the file (sent on to ${server.address}/login)`,
      );
      assert(!await Deno.stat(path).then(() => true, () => false));
    }));
}

Deno.test("nobody listening is a sentence, not a wait without end", () =>
  inFolder(async (path) => {
    const options = { ...quick, attempts: 2 };
    await assertRejects(
      () => download(["http://127.0.0.1:1/a"], path, options),
      DownloadError,
      "2 tries in a row brought nothing",
    );
  }));

Deno.test("a signal stops in the middle, keeps what came, and the next call goes on from there", () =>
  inFolder(async (path) => {
    await using server = badServer((request, again) =>
      again === 0 ? serveOnly(70_000, bytes, request, "falls silent") : serve(bytes, request)
    );
    const stop = new AbortController();
    const options = { ...quick, patience: 10_000, signal: stop.signal };
    const onProgress = ({ done }: { done: number }) => done >= 70_000 && stop.abort();
    const { name } = await assertRejects(() =>
      download([`${server.address}/a`], path, { ...options, onProgress })
    );
    assertEquals(name, "AbortError");
    assertEquals(filesOf(path), ["file.bin.part", "file.bin.part.json"]);
    await download([`${server.address}/a`], path, quick);
    assertEquals(server.asked[1].range, "bytes=70000-");
    assertEquals(await Deno.readFile(path), bytes);
  }));

Deno.test("the notebook's stop button ends a download within a second", () =>
  inFolder(async (path, folder) => {
    const file = join(folder, "interrupt");
    Deno.env.set("NOTEBOOK_INTERRUPT_FILE", file);
    try {
      await using server = badServer((request) =>
        serveOnly(70_000, bytes, request, "falls silent")
      );
      const onProgress = () => void setTimeout(() => Deno.writeTextFileSync(file, ""), 20);
      const { name } = await assertRejects(() =>
        download([`${server.address}/a`], path, { ...quick, patience: 60_000, onProgress })
      );
      assertEquals(name, "AbortError");
    } finally {
      Deno.env.delete("NOTEBOOK_INTERRUPT_FILE");
    }
  }));

Deno.test("two at once fetch it once", () =>
  inFolder(async (path) => {
    await using server = badServer(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return serve(bytes, request);
    });
    const program = `import { download } from ${
      JSON.stringify(toFileUrl(join(import.meta.dirname!, "../../lib/io/download.ts")).href)
    };
      await download([Deno.args[0]], Deno.args[1], { bytes: ${bytes.length}, sha256: "${sha256}" });`;
    const other = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-check", program, `${server.address}/a`, path],
        stderr: "piped",
      }).output();
    const [a, b] = await Promise.all([
      other(),
      other(),
      download([`${server.address}/a`], path, { ...quick, patience: 9000 }),
    ]);
    assertEquals([a.code, b.code], [0, 0], new TextDecoder().decode(a.stderr));
    assertEquals(server.asked.length, 1);
    assertEquals(await Deno.readFile(path), bytes);
  }));

Deno.test({
  name: "a full disk is a sentence, and what came before is kept",
  ignore: Deno.build.os !== "linux", // it has a device that is always full
  fn: () =>
    inFolder(async (path) => {
      await using server = badServer((request) => serve(bytes, request));
      await Deno.mkdir(join(path, ".."));
      await Deno.symlink("/dev/full", `${path}.part`);
      // Only a process with all permissions may write to a device.
      const program = `import { download, DownloadError } from ${
        JSON.stringify(toFileUrl(join(import.meta.dirname!, "../../lib/io/download.ts")).href)
      };
      const [a, b, path] = Deno.args;
      await download([a, b], path).catch((e) => console.log(e instanceof DownloadError, e.message));`;
      const addresses = ["a", "b"].map((name) => `${server.address}/${name}`);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-check", program, ...addresses, path],
        env: { NO_COLOR: "1" },
      }).output();
      const said = new TextDecoder().decode(stdout);
      assertStringIncludes(said, "true ");
      assertStringIncludes(said, "is full; the file takes 200000 bytes: free some space");
      assertEquals(server.asked.length, 1, "another address would not help");
    }),
});

Deno.test("a file that will not fit on the disk is not begun", () =>
  inFolder(async (path) => {
    await using server = badServer((request) => serve(bytes, request));
    const options = { ...quick, bytes: 1e18 };
    await assertRejects(
      () => download([`${server.address}/a`], path, options),
      DownloadError,
      "takes 1000000000000000000 bytes, and the disk of",
    );
    assertEquals(server.asked.length, 0);
  }));

Deno.test("a proxy is honoured", () =>
  inFolder(async (path) => {
    let asked = "";
    await using proxy = badServer((request) => {
      asked = request.url;
      return serve(bytes, request);
    });
    const program = `import { download } from ${
      JSON.stringify(toFileUrl(join(import.meta.dirname!, "../../lib/io/download.ts")).href)
    };
      await download(["http://far-away.invalid/file"], Deno.args[0], {});`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", program, path],
      env: { HTTP_PROXY: proxy.address, NO_PROXY: "" },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertStringIncludes(asked, "/file");
    assertEquals(await Deno.readFile(path), bytes);
  }));
