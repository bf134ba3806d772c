import { assertEquals } from "@std/assert";
import { orderByValue, type SortablePixels } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const random = createRandom(6);
const draws: Record<string, SortablePixels> = {
  Float32Array: Float32Array.from({ length: 5000 }, () => Math.round(random.normal(0, 3)) / 4),
  "Float32Array of all magnitudes": Float32Array.from(
    { length: 3000 },
    () => random.normal() * 10 ** random.int(-38, 38),
  ),
  Uint8Array: Uint8Array.from({ length: 5000 }, () => random.int(256)),
  Uint16Array: Uint16Array.from({ length: 5000 }, () => random.int(65536)),
  Int32Array: Int32Array.from({ length: 5000 }, () => random.int(-2_000_000_000, 2_000_000_000)),
  Uint32Array: Uint32Array.from({ length: 5000 }, () => random.int(4_000_000_000)),
  "zeros of both signs": Float32Array.of(0, -0, 1, -0, 0, -1),
  nothing: new Uint8Array(0),
};

for (const [name, values] of Object.entries(draws)) {
  for (const descending of [false, true]) {
    Deno.test(`radix sort is a stable ${descending ? "descending " : ""}sort: ${name}`, () => {
      const positions = Int32Array.from(values.keys()).reverse();
      const sign = descending ? -1 : 1;
      const expected = [...positions].sort((a, b) => sign * (values[a] - values[b]));
      assertEquals([...orderByValue(positions, values, { descending })], expected);
      assertEquals(positions[0], values.length ? values.length - 1 : undefined); // left as it was
    });
  }
}
