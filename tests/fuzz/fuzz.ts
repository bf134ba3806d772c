/**
 * Feeds damaged files to a reader and reports what its documentation does not allow: another error, more
 * than a second, more memory than the file deserves.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { fromFileUrl } from "@std/path";
import { createRandom } from "../../lib/random/mod.ts";
import { mutate } from "./mutate.ts";
import type { Target } from "./targets.ts";

/** A damaged file that a reader does not bear. */
export interface Found {
  readonly target: string;
  /** Which mutated input of the run; `fuzz(target, { seed, from: index, inputs: 1 })` makes it again. */
  readonly index: number;
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** How a run went. */
export interface FuzzReport {
  readonly inputs: number;
  /** How many were read in spite of the damage, and how many refused. */
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMilliseconds: number;
  readonly largestBytes: number;
  readonly found: readonly Found[];
}

/** Options of {@linkcode fuzz}. */
export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  /** The first input's index. Default 0. */
  readonly from?: number;
  /** Stops after so many finds. Default 5. */
  readonly most?: number;
  /** Is told before every thousandth input. */
  readonly onProgress?: (index: number) => void;
}

/** The damaged file of an index. */
export function inputOf(
  target: Target,
  seeds: readonly Uint8Array[],
  seed: number,
  index: number,
): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed).fork(target.name).fork(index);
  const bytes = mutate(seeds, random, target.text) as Uint8Array<ArrayBuffer>;
  if (index % 2 === 1) target.repair?.(bytes);
  return bytes;
}

/** Runs a reader on `inputs` damaged files. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<FuzzReport> {
  const { inputs, seed, from = 0, most = 5, onProgress } = options;
  const seeds = await target.seeds(), folder = await temporaryFolder();
  for (const good of seeds) {
    const said = (await judge(target, good.slice() as Uint8Array<ArrayBuffer>, folder)).error;
    if (said !== undefined) throw new Error(`a good file of ${target.name} is refused: ${said}`);
  }
  let accepted = 0, slowest = 0, largest = 0, index = from;
  const found: Found[] = [];
  try {
    for (; index < from + inputs && found.length < most; index++) {
      if (index % 1000 === 0) onProgress?.(index);
      const bytes = inputOf(target, seeds, seed, index);
      let judged = await judge(target, bytes, folder);
      // Another program may have had the processor, or a compiler ran: what is slow is slow twice.
      if (judged.milliseconds > 1000) judged = await judge(target, bytes, folder);
      const { error, what, milliseconds, allocated } = judged;
      if (error === undefined) accepted++;
      slowest = Math.max(slowest, milliseconds);
      largest = Math.max(largest, allocated);
      if (what !== undefined) found.push({ target: target.name, index, what, bytes });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const made = index - from;
  return {
    inputs: made,
    accepted,
    refused: made - accepted,
    slowestMilliseconds: slowest,
    largestBytes: largest,
    found,
  };
}

/** What became of one file. */
export interface Judgement {
  /** The error, if one was thrown. */
  readonly error?: unknown;
  /** What is wrong with the reader, if anything. */
  readonly what?: string;
  readonly milliseconds: number;
  /** Bytes in the typed arrays made meanwhile. */
  readonly allocated: number;
}

/** Lets a reader read one file, and judges the reader. */
export async function judge(
  target: Target,
  bytes: Uint8Array<ArrayBuffer>,
  folder: string,
): Promise<Judgement> {
  const size = bytes.length;
  const allowed = target.allowed?.(bytes) ?? 65_536 + 10 * size;
  let error: unknown, allocated = 0;
  const start = cpuUsage();
  const uncount = countTypedArrays((count) => allocated += count);
  try {
    await target.read(bytes, folder);
  } catch (thrown) {
    error = thrown ?? "nothing";
  } finally {
    uncount();
  }
  const { user, system } = cpuUsage(start); // of this process, whatever else the machine does
  const milliseconds = (user + system) / 1000;
  const what = error !== undefined && !target.documented(error)
    ? `an error that is not documented: ${error instanceof Error ? error.stack : error}`
    : milliseconds > 1000
    ? `it took ${Math.round(milliseconds)} ms`
    : allocated > allowed
    ? `it made typed arrays of ${allocated} bytes for a file of ${size}; ${allowed} are allowed`
    : undefined;
  return { error, ...(what ? { what } : {}), milliseconds, allocated };
}

const KINDS = [
  ...["Uint8Array", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array"],
  ...["Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array", "Uint8ClampedArray"],
] as const;

/** Counts the bytes of every typed array that is made by its length, until the returned function is called. */
function countTypedArrays(tell: (bytes: number) => void): () => void {
  // deno-lint-ignore no-explicit-any -- the global object, by name
  const world = globalThis as any;
  const originals = KINDS.map((kind) => world[kind]);
  KINDS.forEach((kind, i) => {
    const original = originals[i];
    world[kind] = new Proxy(original, {
      construct(target, args, newTarget) {
        if (typeof args[0] === "number") tell(args[0] * original.BYTES_PER_ELEMENT);
        return Reflect.construct(target, args, newTarget === world[kind] ? target : newTarget);
      },
    });
  });
  return () => KINDS.forEach((kind, i) => world[kind] = originals[i]);
}

/** A folder below `build/`, where `deno task fuzz` may write. */
async function temporaryFolder(): Promise<string> {
  const dir = fromFileUrl(new URL("../../build", import.meta.url));
  await Deno.mkdir(dir, { recursive: true });
  return await Deno.makeTempDir({ dir, prefix: "fuzz_" });
}
