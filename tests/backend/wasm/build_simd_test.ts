import { assertEquals } from "@std/assert";
import { simdCheckSums } from "../../../lib/backend/wasm/build_simd.ts";

Deno.test("the committed SIMD kernels were built from the committed sources", async () => {
  const noted = new URL("../../../lib/backend/wasm/simd/kernels.json", import.meta.url);
  // They differ? `deno task kernels` builds them again.
  assertEquals(await simdCheckSums(), JSON.parse(await Deno.readTextFile(noted)));
});
