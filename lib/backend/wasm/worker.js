/**
 * One thread of the wasm backend: see threads.ts. JavaScript with imports at run time, because Deno checks a
 * TypeScript worker's whole module graph again at every start under `deno test`, which takes seconds.
 *
 * @module
 */

import { workerData } from "node:worker_threads";

const [{ openHeap }, { serve }] = await Promise.all([import("./heap.ts"), import("./threads.ts")]);
serve(openHeap(workerData), workerData.control);
