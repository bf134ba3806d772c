import { assertEquals } from "@std/assert";
import { SIMPLE_POINTS } from "../../lib/metrics/mod.ts";
import { simplePoints } from "./em_golden.ts";

Deno.test("116 of 256 neighbourhoods are simple, and they are those that the official tool flips", () => {
  // The official simple-point test, run on all 512 patches, as a 256-bit number.
  const official = 0x7bf3bb3380f3003380f3bbcc80f3bbcc8000bb330000003380f3bbcc80f3bbccn;
  let code = 0n;
  SIMPLE_POINTS.forEach((simple, m) => code |= BigInt(simple) << BigInt(m));
  assertEquals(code, official);
  assertEquals(code, simplePoints); // components counted by SciPy
  assertEquals(SIMPLE_POINTS.reduce((a, b) => a + b), 116);
});
