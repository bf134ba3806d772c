/**
 * A parallel loop over the shared WebAssembly memory.
 *
 * The work of a kernel is cut into chunks; the main thread and the workers take the next chunk from
 * one atomic counter until none is left. How many chunks there are depends on the work alone, never
 * on how many threads happen to run, so the same input gives the same bits with any number of threads.
 *
 * A worker that finds nothing to do spins for some ten microseconds and then sleeps. Workers come up
 * in the background: until one has reported, the main thread does everything itself.
 *
 * @module
 */

import { Worker } from "node:worker_threads";
import type { Heap, HeapSeed } from "./heap.ts";
import { loopIndex, type LoopName, loops } from "./loops/mod.ts";

/** How many numbers a loop can be given. */
const MAX_ARGUMENTS = 40;

/** Slots of the control block, in 32-bit words. */
const OPEN = 0; // the number of the loop that can be joined, 0 = none
const NEXT = 1; // the next chunk
const COUNT = 2; // how many chunks
const LOOP = 3; // which loop
const ACTIVE = 4; // workers inside the loop
const FAILED = 5; // a worker threw
const READY = 6; // workers that are up
const CLOSED = 7; // 1 = workers end

/** Bytes of the control block. */
export const CONTROL_BYTES = 64 + MAX_ARGUMENTS * 8;

/** What a worker is told at its start. */
export interface WorkerSeed extends HeapSeed {
  control: number;
}

/** The main thread's side. */
export class Threads {
  readonly #words: Int32Array;
  readonly #arguments: Float64Array;
  readonly #workers: Worker[] = [];
  #serial = 0;

  /** `control` is the address of `CONTROL_BYTES` free bytes, a multiple of 8. */
  constructor(readonly heap: Heap, control: number) {
    const buffer = heap.memory.buffer;
    this.#words = new Int32Array(buffer, control, 16);
    this.#arguments = new Float64Array(buffer, control + 64, MAX_ARGUMENTS);
    this.#words.fill(0);
  }

  /** Starts one worker per seed; they do not keep the process alive. */
  start(seeds: readonly WorkerSeed[]): void {
    for (const seed of seeds) {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: seed });
      worker.on("error", (error: Error) => {
        console.error(`A thread of the wasm backend ended: ${error.message}`);
      });
      worker.unref();
      this.#workers.push(worker);
    }
  }

  /** How many threads take part at this moment, the main one included. */
  get count(): number {
    return 1 + Atomics.load(this.#words, READY);
  }

  /** Waits until every worker is up; only measurements need it. */
  async ready(milliseconds = 5000): Promise<void> {
    const end = performance.now() + milliseconds;
    while (this.count <= this.#workers.length && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /**
   * Runs chunks 0..chunks-1 of a loop with the given numbers.
   *
   * @throws {Error} what a chunk threw; a worker's error arrives as a sentence naming the loop.
   */
  run(name: LoopName, chunks: number, ...numbers: number[]): void {
    const loop = loops[name];
    if (chunks <= 1 || this.#words[READY] === 0) {
      for (let chunk = 0; chunk < chunks; chunk++) loop(this.heap, chunk, numbers);
      return;
    }
    const words = this.#words;
    for (let i = 0; i < numbers.length; i++) this.#arguments[i] = numbers[i];
    words[LOOP] = loopIndex(name);
    words[COUNT] = chunks;
    words[FAILED] = 0;
    Atomics.store(words, NEXT, 0);
    this.#serial = (this.#serial % 0x3fffffff) + 1;
    Atomics.store(words, OPEN, this.#serial);
    Atomics.notify(words, OPEN);
    try {
      for (;;) {
        const chunk = Atomics.add(words, NEXT, 1);
        if (chunk >= chunks) break;
        loop(this.heap, chunk, numbers);
      }
    } finally {
      Atomics.store(words, NEXT, chunks);
      Atomics.store(words, OPEN, 0);
      while (Atomics.load(words, ACTIVE) !== 0) { /* a worker finishes its last chunk */ }
    }
    if (words[FAILED] !== 0) {
      throw new Error(
        `A thread of the wasm backend failed in the loop "${name}"; see its message above.`,
      );
    }
  }

  /**
   * Runs a SIMD kernel `name(begin, end, ...numbers)` over 0..count-1 in chunks of `grain`.
   */
  simd(index: number, count: number, grain: number, ...numbers: number[]): void {
    if (count <= grain) {
      this.heap.simdByIndex[index](0, count, ...numbers);
      return;
    }
    this.run("simd", Math.ceil(count / grain), index, count, grain, ...numbers);
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    Atomics.store(this.#words, CLOSED, 1);
    Atomics.add(this.#words, OPEN, 0x40000000);
    Atomics.notify(this.#words, OPEN);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#workers.length = 0;
    Atomics.store(this.#words, READY, 0);
  }
}

/** A worker's side: takes part in loops until it is told to end. */
export function serve(heap: Heap, control: number): void {
  const words = new Int32Array(heap.memory.buffer, control, 16);
  const shared = new Float64Array(heap.memory.buffer, control + 64, MAX_ARGUMENTS);
  const byIndex = Object.values(loops);
  const numbers: number[] = new Array(MAX_ARGUMENTS).fill(0);
  let last = 0;
  Atomics.add(words, READY, 1);
  for (;;) {
    let open = Atomics.load(words, OPEN);
    for (let spin = 0; spin < 2000 && (open === 0 || open === last); spin++) {
      open = Atomics.load(words, OPEN);
    }
    if (open === 0 || open === last) {
      Atomics.wait(words, OPEN, open);
      continue;
    }
    if (Atomics.load(words, CLOSED) !== 0) return;
    Atomics.add(words, ACTIVE, 1);
    // Joined before the main thread closed the loop? Then it waits for ACTIVE to fall again.
    if (Atomics.load(words, OPEN) === open) {
      last = open;
      const count = words[COUNT];
      const loop = byIndex[words[LOOP]];
      for (let i = 0; i < MAX_ARGUMENTS; i++) numbers[i] = shared[i];
      try {
        for (;;) {
          const chunk = Atomics.add(words, NEXT, 1);
          if (chunk >= count) break;
          loop(heap, chunk, numbers);
        }
      } catch (error) {
        console.error(error);
        Atomics.store(words, FAILED, 1);
      }
    }
    Atomics.sub(words, ACTIVE, 1);
  }
}
