/**
 * tfjs's wasm module, instantiated on a memory that threads of ours can share.
 *
 * tfjs ships a build with shared memory and threads, and switches it off under Deno (which it takes for Node).
 * Its glue code is evaluated here with the Node globals hidden, so that it takes its browser branch; it is given
 * our memory, told that there is one processor, and handed stand-ins for the eight workers it wants to
 * start. So tfjs's own kernels run on the calling thread, as they would in its single-thread build, and the
 * memory is a `SharedArrayBuffer` on which our threads (threads.ts) work too. (tfjs's own threads gained 2 x on
 * matrix products; these are done by OpenBLAS or by sgemm.ts on our threads.)
 *
 * @module
 */

/** The functions of tfjs's module that we call. */
export interface TfjsWasmModule {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  cwrap(
    name: string,
    result: string | null,
    parameters: string[],
  ): (...numbers: number[]) => number;
  tfjs: Record<string, (...numbers: number[]) => unknown>;
}

/** A WebAssembly memory ends at 4 GiB = 65,536 pages of 64 KiB. */
const PAGES = 65_536;
const INITIAL_PAGES = 1024;

class IdleWorker {
  onmessage?: (event: { data: { cmd: string } }) => void;

  postMessage({ cmd }: { cmd: string }): void {
    if (cmd === "load") queueMicrotask(() => this.onmessage?.({ data: { cmd: "loaded" } }));
  }

  terminate(): void {}
}

/** Instantiates the module on a new shared memory. */
export async function loadTfjsWasm(): Promise<
  { module: TfjsWasmModule; memory: WebAssembly.Memory }
> {
  const folder = new URL("../wasm-out/", import.meta.resolve("@tensorflow/tfjs-backend-wasm"));
  const [glue, binary] = await Promise.all([
    Deno.readTextFile(new URL("tfjs-backend-wasm-threaded-simd.js", folder)),
    Deno.readFile(new URL("tfjs-backend-wasm-threaded-simd.wasm", folder)),
  ]);
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: PAGES, shared: true });
  const hidden = {
    process: undefined,
    require: undefined,
    module: undefined,
    exports: undefined,
    document: undefined,
    importScripts: undefined,
    window: {},
    navigator: { hardwareConcurrency: 2 }, // tfjs takes half of it
    Worker: IdleWorker,
  };
  const factory = new Function(
    ...Object.keys(hidden),
    `${glue}\nreturn WasmBackendModuleThreadedSimd;`,
  )(...Object.values(hidden));
  const module: TfjsWasmModule = await factory({
    wasmMemory: memory,
    INITIAL_MEMORY: INITIAL_PAGES * 65_536,
    locateFile: (path: string) => path,
    print: () => {},
    printErr: () => {},
    instantiateWasm(imports: WebAssembly.Imports, done: (...got: unknown[]) => void) {
      WebAssembly.instantiate(binary, imports).then((r) => done(r.instance, r.module));
      return {};
    },
  });
  const n = "number";
  const initialise = module.cwrap("init_with_threads_count", null, [n]);
  module.tfjs = {
    init: module.cwrap("init", null, []),
    initWithThreadsCount: () => initialise(1),
    getThreadsCount: module.cwrap("get_threads_count", n, []),
    registerTensor: module.cwrap("register_tensor", null, [n, n, n]),
    disposeData: module.cwrap("dispose_data", null, [n]),
    dispose: module.cwrap("dispose", null, []),
  };
  return { module, memory };
}
