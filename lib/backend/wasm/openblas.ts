/**
 * Native matrix products on the WebAssembly memory, without a copy.
 *
 * `Deno.dlopen` opens a BLAS; its `cblas_sgemm` is given addresses inside the `WebAssembly.Memory` in
 * which the tensors lie. WebAssembly's 128-bit SIMD reaches about 30 GFLOP/s on one core here, OpenBLAS
 * about 95 (`deno task bench`, section "matrix product").
 *
 * Where the library is looked for, first found first taken:
 *   1. the path in the environment variable `TF_BLAS` (the value `off` means: none),
 *   2. the wheel `scipy-openblas32` in the repository's `.venv`,
 *   3. the system's: Accelerate on macOS, OpenBLAS elsewhere.
 *
 * @module
 */

/** Row-major single-precision matrix product; see `Heap.sgemm`. */
export type Sgemm = (
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  beta: 0 | 1,
  c: number,
  ldc: number,
) => void;

/** An opened library, bound to one memory. */
export interface Blas {
  /** The path or name it was opened by. */
  path: string;
  sgemm: Sgemm;
}

const ROW_MAJOR = 101;
const NO_TRANSPOSE = 111;
const TRANSPOSE = 112;

const SGEMM = {
  // order, transA, transB, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc. The three addresses are
  // passed as integers: a pointer object for each would cost more than a small product.
  parameters: [
    ...["i32", "i32", "i32", "i32", "i32", "i32", "f32"],
    ...["usize", "i32", "usize", "i32", "f32", "usize", "i32"],
  ] as const,
  result: "void",
} as unknown as Deno.ForeignFunction;

const SET_THREADS = { parameters: ["i32"], result: "void", optional: true } as const;

/** Of the C library below the BLAS: moves no byte and returns the first address. */
const MEMMOVE = {
  parameters: ["buffer", "buffer", "usize"],
  result: "usize",
  optional: true,
} as const;

/** Opens the library at `path`, or returns undefined where there is none or it has no `cblas_sgemm`. */
export function openBlas(path: string, memory: WebAssembly.Memory): Blas | undefined {
  for (const prefix of ["scipy_", ""]) {
    const symbols = open(path, prefix);
    if (symbols === undefined) continue;
    // One product is split over our own threads, which also do the work around it; the library's
    // threads would only spin against them.
    (symbols[`${prefix}openblas_set_num_threads`] as ((n: number) => void) | null)?.(1);
    const call = symbols[`${prefix}cblas_sgemm`] as (...numbers: number[]) => void;
    const bytes = new Uint8Array(memory.buffer);
    const base = addressOf(bytes, symbols.memmove as Memmove | null);
    return {
      path,
      sgemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
        call(
          ROW_MAJOR,
          transA ? TRANSPOSE : NO_TRANSPOSE,
          transB ? TRANSPOSE : NO_TRANSPOSE,
          m,
          n,
          k,
          alpha,
          base + a,
          lda,
          base + b,
          ldb,
          beta,
          base + c,
          ldc,
        );
      },
    };
  }
  return undefined;
}

type Memmove = (
  to: Uint8Array<ArrayBuffer>,
  from: Uint8Array<ArrayBuffer>,
  bytes: bigint,
) => bigint;

/**
 * Where an array lies in memory. `Deno.UnsafePointer` would say it, too, but only to a program that may open every
 * library; `memmove` says it to one that may open this library.
 */
function addressOf(bytes: Uint8Array<ArrayBuffer>, memmove: Memmove | null): number {
  return Number(
    memmove ? memmove(bytes, bytes, 0n) : Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)),
  );
}

/** Libraries stay open, and referred to, for the life of the thread: their functions are called by address. */
const opened = new Map<string, Deno.DynamicLibrary<Deno.ForeignLibraryInterface>>();

function open(path: string, prefix: string): Record<string, unknown> | undefined {
  const key = `${prefix} ${path}`;
  if (!opened.has(key)) {
    try {
      opened.set(
        key,
        Deno.dlopen(path, {
          [`${prefix}cblas_sgemm`]: SGEMM,
          [`${prefix}openblas_set_num_threads`]: SET_THREADS,
          memmove: MEMMOVE,
        }),
      );
    } catch {
      return undefined;
    }
  }
  return opened.get(key)!.symbols as Record<string, unknown>;
}

/** The candidates of this machine, in order of preference. */
export function blasCandidates(): string[] {
  const wanted = Deno.env.get("TF_BLAS");
  if (wanted === "off") return [];
  if (wanted) return [wanted];
  return [...wheelLibraries(new URL("../../../.venv/", import.meta.url)), ...systemLibraries()];
}

/** The library inside the wheel `scipy-openblas32`, in whatever layout the virtual environment has. */
function wheelLibraries(venv: URL): string[] {
  const file = {
    windows: "libscipy_openblas.dll",
    darwin: "libscipy_openblas.dylib",
  }[Deno.build.os as string] ?? "libscipy_openblas.so";
  const sites = [new URL("Lib/site-packages/", venv)];
  for (const lib of ["lib/", "lib64/"]) {
    try {
      for (const entry of Deno.readDirSync(new URL(lib, venv))) {
        if (entry.name.startsWith("python")) {
          sites.push(new URL(`${lib}${entry.name}/site-packages/`, venv));
        }
      }
    } catch { /* no such folder */ }
  }
  const found: string[] = [];
  for (const site of sites) {
    const url = new URL(`scipy_openblas32/lib/${file}`, site);
    try {
      Deno.statSync(url);
      found.push(decodeURIComponent(url.pathname).replace(/^\/([A-Za-z]:)/, "$1"));
    } catch { /* not there */ }
  }
  return found;
}

function systemLibraries(): string[] {
  switch (Deno.build.os) {
    case "darwin":
      return [
        "/System/Library/Frameworks/Accelerate.framework/Accelerate",
        "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
      ];
    case "windows":
      return ["libopenblas.dll"];
    default:
      return ["libopenblas.so.0", "libopenblas.so"];
  }
}
