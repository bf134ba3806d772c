/**
 * Compiles the AssemblyScript sources in `simd/` to `simd/kernels.wasm` and notes the check sums of both in
 * `simd/kernels.json`, which a test compares: `deno task kernels`.
 *
 * @module
 */

const COMPILER = "npm:assemblyscript@0.28.20";
const FOLDER = new URL("simd/", import.meta.url);

/** SHA-256 of some bytes, in hexadecimal. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The check sums of the committed sources (all together, in alphabetical order) and of the binary. */
export async function simdCheckSums(): Promise<
  { compiler: string; sources: string; binary: string }
> {
  const names = [...Deno.readDirSync(FOLDER)].map((e) => e.name).filter((n) => n.endsWith(".ts"));
  const texts = await Promise.all(names.sort().map((n) => Deno.readTextFile(new URL(n, FOLDER))));
  return {
    compiler: COMPILER,
    sources: await sha256(new TextEncoder().encode(texts.join(""))),
    binary: await sha256(await Deno.readFile(new URL("kernels.wasm", FOLDER))),
  };
}

if (import.meta.main) {
  const path = (name: string) => decodeURIComponent(new URL(name, FOLDER).pathname);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-lock", "--no-config", `${COMPILER}/asc`, path("index.ts")],
      ...[
        "-o",
        path("kernels.wasm"),
        "-O3",
        "--noAssert",
        "--runtime",
        "stub",
        "--zeroFilledMemory",
      ],
      ...["--importMemory", "--sharedMemory", "--maximumMemory", "65536"],
      ...["--enable", "simd", "--enable", "threads", "--enable", "relaxed-simd"],
    ],
  }).spawn().status;
  if (code !== 0) Deno.exit(code);
  const sums = await simdCheckSums();
  await Deno.writeTextFile(new URL("kernels.json", FOLDER), JSON.stringify(sums, null, 2) + "\n");
  console.log(sums);
}
