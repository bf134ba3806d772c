/** What the backend's tests share. */
import { stopWasm } from "../../lib/backend/wasm/start.ts";
import { useBackend } from "../../lib/backend/mod.ts";

/** The BLAS library that the wasm backend finds here, if any. */
export const nativeBlas: string | undefined = await (async () => {
  const { blas } = await useBackend({ prefer: "wasm" });
  await stopWasm();
  return blas;
})();

/** `Deno.test`, ignored with a reason where there is no native BLAS. */
export function testWithBlas(name: string, fn: () => void | Promise<void>): void {
  const reason =
    " [skipped: no OpenBLAS found; `deno task lab` puts one into .venv, TF_BLAS names another]";
  const ignore = nativeBlas === undefined;
  Deno.test({ name: ignore ? name + reason : name, ignore, fn });
}
