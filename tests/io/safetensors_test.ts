import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type SafeTensor,
  SafetensorsError,
  writeSafetensors,
} from "../../lib/io/mod.ts";

const golden = new URL("../golden/safetensors/", import.meta.url);

Deno.test("every dtype written by the Rust library is read with its values", async () => {
  const { tensors, metadata } = await readSafetensors(
    fromFileUrl(new URL("mixed.safetensors", golden)),
  );
  const expected = JSON.parse(await Deno.readTextFile(new URL("mixed.json", golden)));
  assertEquals(metadata, expected.metadata);
  for (
    const [name, { dtype, shape, values }] of Object.entries<
      { dtype: string; shape: number[]; values: number[] }
    >(expected.tensors)
  ) {
    const tensor = tensors.get(name)!;
    assertEquals([tensor.dtype, tensor.shape], [dtype, shape]);
    assertEquals(Array.from(tensor.data as Float32Array, Number), values, name);
  }
  assertEquals(tensors.size, Object.keys(expected.tensors).length);
});

Deno.test("what is written is read back, empty and scalar tensors too", () => {
  const tensors = new Map<string, SafeTensor>([
    ["bytes", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 255) }],
    ["matrix", { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, -0, NaN, Infinity) }],
    ["empty", { dtype: "F32", shape: [0, 4], data: new Float32Array() }],
    ["scalar", { dtype: "I64", shape: [], data: BigInt64Array.of(-5n) }],
  ]);
  const again = decodeSafetensors(encodeSafetensors(tensors, { note: "ü" }), "memory");
  assertEquals(again.metadata, { note: "ü" });
  for (const [name, tensor] of tensors) assertEquals(again.tensors.get(name), tensor);
});

Deno.test("writing half precision rounds to nearest, ties to even", () => {
  const data = Float32Array.of(1 + 2 ** -9, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 65520, -1.5);
  const read = (dtype: "F16" | "BF16") =>
    Array.from(
      decodeSafetensors(
        encodeSafetensors(new Map([["x", { dtype, shape: [5], data }]])),
        "memory",
      ).tensors.get("x")!.data as Float32Array,
    );
  assertEquals(read("BF16"), [1, 1, 1 + 2 ** -6, 65536, -1.5]);
  assertEquals(read("F16"), [1 + 2 ** -9, 1 + 2 ** -8, 1 + 3 * 2 ** -8, Infinity, -1.5]);
});

/** A file with the given header and number of value bytes. */
function file(header: unknown, body: number): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const f32 = (at: number, end: number, shape = [(end - at) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [at, end],
});

for (
  const [claim, bytes, words] of [
    ["an empty file", new Uint8Array(), "it has 0 bytes"],
    ["a header longer than the file", file("{}", 0).subarray(0, 9), "cut off"],
    [
      "a header over the format's limit",
      new Uint8Array(8).fill(0x7f),
      "more than the format's limit",
    ],
    ["a header that is not JSON", file("nonsense", 0), "its header is not JSON"],
    ["a header that is a list", file([], 0), "not a JSON object"],
    ["an unknown dtype", file({ a: { ...f32(0, 4), dtype: "F8" } }, 4), '"a" has dtype "F8"'],
    ["a negative size", file({ a: f32(0, 4, [-1]) }, 4), '"a" has shape [-1]'],
    [
      "a range that disagrees with the shape",
      file({ a: f32(0, 8, [1]) }, 8),
      "needs 4 bytes but its data_offsets span 8",
    ],
    ["values cut off", file({ a: f32(0, 8) }, 4), '"a" ends at byte 8 but only 4 bytes'],
    [
      "overlapping tensors",
      file({ a: f32(0, 8), b: f32(4, 12) }, 12),
      '"b" begins at byte 4, inside "a"',
    ],
    ["a hole", file({ a: f32(0, 4), b: f32(8, 12) }, 12), "bytes 4 to 8"],
    ["trailing bytes", file({ a: f32(0, 4) }, 6), "2 bytes follow"],
  ] as const
) {
  Deno.test(`${claim} is refused in words`, () => {
    assertThrows(() => decodeSafetensors(bytes, "w.safetensors"), SafetensorsError, words);
    assertThrows(
      () => decodeSafetensors(bytes, "w.safetensors"),
      SafetensorsError,
      "w.safetensors",
    );
  });
}

Deno.test("a missing file is named, and data that disagrees with its shape is not written", async () => {
  await assertRejects(
    () => readSafetensors("no/such.safetensors"),
    SafetensorsError,
    "no/such.safetensors",
  );
  const bad = new Map([["w", { dtype: "F32", shape: [3], data: new Float32Array(2) }]] as const);
  await assertRejects(() => writeSafetensors("unused", bad), SafetensorsError, '"w" has 2 values');
});
