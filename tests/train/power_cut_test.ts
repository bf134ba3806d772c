// A power cut leaves what had reached the disk: here every write is cut at a chosen byte.
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { readSafetensors, writeSafetensors } from "../../lib/io/mod.ts";
import { loadCheckpoint, saveCheckpoint, sgd, train } from "../../lib/train/mod.ts";

await useBackend({ prefer: "cpu" });

function state(value: number) {
  const w = tf.tidy(() => tf.variable(tf.fill([5, 7], value))) as tf.Variable;
  return { parameters: new Map([["w", w]]), optimizer: new Map<string, tf.Variable>() };
}

async function inFolder(test: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(join(folder, "run.safetensors"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Lets `body` write `bytes` bytes, and then nothing happens any more: no write, no rename, no tidying up. */
async function withPowerFor(bytes: number, body: () => Promise<void>): Promise<string[]> {
  const { write, sync } = Deno.FsFile.prototype, { rename, remove } = Deno;
  const happened: string[] = [];
  let left = bytes;
  const cut = () => Promise.reject(new Error("power cut"));
  Deno.FsFile.prototype.write = async function (piece) {
    const count = await write.call(this, piece.subarray(0, Math.min(left, piece.length)));
    left -= count;
    happened.push("write");
    return left <= 0 ? await cut() : count;
  };
  Deno.FsFile.prototype.sync = async function () {
    happened.push("sync");
    await sync.call(this);
  };
  Deno.rename = async (from, to) => {
    happened.push("rename");
    await (left <= 0 ? cut() : rename(from, to));
  };
  Deno.remove = (path, options) => left <= 0 ? cut() : remove(path, options);
  try {
    await body().catch(() => {});
  } finally {
    Object.assign(Deno.FsFile.prototype, { write, sync });
    Object.assign(Deno, { rename, remove });
  }
  return happened;
}

Deno.test("a power cut at any byte of a checkpoint leaves the last good one", () =>
  inFolder(async (path) => {
    const old = state(1), next = state(2), read = state(0);
    await saveCheckpoint(path, old, 4, 1);
    const size = (await Deno.stat(path)).size;
    for (let bytes = 0; bytes < size; bytes += bytes < 300 ? 11 : 3) {
      await withPowerFor(bytes, () => saveCheckpoint(path, next, 5, 1));
      assertEquals(await loadCheckpoint(path, read, 1), 4, `cut after ${bytes} bytes`);
      assertEquals(read.parameters.get("w")!.dataSync()[34], 1);
    }
    const happened = await withPowerFor(1e9, () => saveCheckpoint(path, next, 5, 1));
    assertEquals(happened, ["write", "sync", "rename"]); // on disk before it takes the old one's place
    assertEquals(await loadCheckpoint(path, read, 1), 5);
  }));

Deno.test("a checkpoint that is cut off, or of which any bit was changed, is refused by name", () =>
  inFolder(async (path) => {
    const good = state(1), read = state(0);
    await saveCheckpoint(path, good, 4, 1);
    const bytes = await Deno.readFile(path);
    const refused = async (content: Uint8Array, what: string) => {
      await Deno.writeFile(path, content);
      const error = await assertRejects(() => loadCheckpoint(path, read, 1), Error, path, what);
      assertEquals(
        error.name === "CheckpointError" || error.name === "SafetensorsError",
        true,
        what,
      );
      assertEquals(read.parameters.get("w")!.dataSync()[0], 0, what);
    };
    for (let cut = 0; cut < bytes.length; cut += 5) {
      await refused(bytes.slice(0, cut), `cut ${cut}`);
    }
    const values = bytes.length - 5 * 7 * 4;
    for (let at = values; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << (at % 8);
      await refused(damaged, `bit of byte ${at}`);
    }
  }));

Deno.test("a checkpoint of before there were checksums is still read", () =>
  inFolder(async (path) => {
    await saveCheckpoint(path, state(3), 4, 1);
    const { tensors, metadata: { crc32: _, ...rest } } = await readSafetensors(path);
    await writeSafetensors(path, tensors, rest);
    assertEquals(await loadCheckpoint(path, state(0), 1), 4);
  }));

Deno.test("what killed processes left beside a checkpoint is cleared away when the run goes on", () =>
  inFolder(async (path) => {
    const left = join(path, "..", ".run.safetensors.0123abcd.part");
    const other = join(path, "..", ".run.safetensors.notes");
    await Deno.writeTextFile(left, "half");
    await Deno.writeTextFile(other, "mine");
    const { parameters } = state(1);
    const run = train({
      model: { parameters },
      batches: () => ({}),
      loss: () => tf.sum(parameters.get("w")!) as tf.Scalar,
      optimizer: sgd(),
      schedule: () => 0.1,
      steps: 1,
      checkpoint: { path },
    });
    for await (const _ of run);
    assertEquals(
      (await loadCheckpoint(path, { parameters, optimizer: new Map() }, 1).catch(
        (error) => error.message,
      )).includes("which this model"),
      true,
    ); // it was written, with the optimizer's state
    await assertRejects(() => Deno.stat(left), Deno.errors.NotFound);
    assertStringIncludes(await Deno.readTextFile(other), "mine");
  }));
