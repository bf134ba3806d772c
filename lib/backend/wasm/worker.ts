/**
 * One thread of the wasm backend: see threads.ts.
 *
 * @module
 */

import { workerData } from "node:worker_threads";
import { openHeap } from "./heap.ts";
import { serve, type WorkerSeed } from "./threads.ts";

const seed = workerData as WorkerSeed;
serve(openHeap(seed), seed.control);
