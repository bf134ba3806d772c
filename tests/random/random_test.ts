import { assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../lib/random/mod.ts";

Deno.test("the same seed gives the same numbers, another seed gives others", () => {
  const draw = (seed: number) =>
    Array.from({ length: 8 }, ((r) => () => r.uniform())(createRandom(seed)));
  assertEquals(draw(7), draw(7));
  assertEquals(draw(7).some((x, i) => x === draw(8)[i]), false);
});

Deno.test("a restored generator goes on where it was saved", () => {
  const random = createRandom(3);
  random.normal();
  const saved = JSON.parse(JSON.stringify(random.state()));
  const ahead = [random.uniform(), random.normal(), random.int(1000)];
  random.restore(saved);
  assertEquals([random.uniform(), random.normal(), random.int(1000)], ahead);
});

Deno.test("fork is decided by state and name, and leaves the parent where it was", () => {
  const a = createRandom(5), b = createRandom(5);
  assertEquals(a.fork("dropout").uniform(), b.fork("dropout").uniform());
  assertEquals(a.fork("dropout").uniform() === a.fork("noise").uniform(), false);
  assertEquals(a.uniform(), b.uniform());
});

Deno.test("normal draws have mean 0, variance 1 and normal tails", () => {
  const random = createRandom(11), n = 200_000;
  let sum = 0, squares = 0, beyond2 = 0;
  for (let i = 0; i < n; i++) {
    const z = random.normal();
    sum += z;
    squares += z * z;
    if (Math.abs(z) > 2) beyond2++;
  }
  // five standard errors each
  assertEquals(Math.abs(sum / n) < 5 / Math.sqrt(n), true);
  assertEquals(Math.abs(squares / n - 1) < 5 * Math.sqrt(2 / n), true);
  assertEquals(Math.abs(beyond2 / n - 0.0455) < 5 * Math.sqrt(0.0455 / n), true);
});

Deno.test("int is even over its range and shuffle keeps every element", () => {
  const random = createRandom(2), counts = new Int32Array(6);
  for (let i = 0; i < 60_000; i++) counts[random.int(1, 7) - 1]++;
  assertEquals(counts.every((c) => Math.abs(c - 10_000) < 500), true);
  const shuffled = random.shuffle(Uint8Array.from({ length: 50 }, (_, i) => i));
  assertEquals([...shuffled].sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
});

Deno.test("a wrong seed or range is refused in words", () => {
  assertThrows(() => createRandom(1.5), RangeError, "a seed is a whole number; got 1.5");
  assertThrows(() => createRandom(1).int(3, 3), RangeError, "low < high");
  assertThrows(() => createRandom(1).restore([1]), RangeError, "four whole numbers");
});

Deno.test("the first draws are as random over seeds as later ones are over draws", () => {
  const n = 20_000;
  for (const skip of [0, 1, 2]) {
    let sum = 0, squares = 0;
    for (let seed = 0; seed < n; seed++) {
      const random = createRandom(seed);
      for (let i = 0; i < skip; i++) random.uniform();
      const u = random.uniform();
      sum += u;
      squares += (u - 0.5) ** 2;
    }
    // five standard errors of the mean and of the variance of a uniform draw
    assertEquals(Math.abs(sum / n - 1 / 2) < 5 * Math.sqrt(1 / 12 / n), true, `draw ${skip}`);
    assertEquals(Math.abs(squares / n - 1 / 12) < 5 * Math.sqrt(1 / 180 / n), true, `draw ${skip}`);
  }
});
