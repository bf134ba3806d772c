import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** The saved position of a {@linkcode Random}: four 32-bit words, plain numbers that fit in JSON. */
export type RandomState = readonly number[];

/** A seeded source of random numbers. It changes as it is used; {@linkcode Random.fork} splits it. */
export interface Random {
  /** A number in [low, high), 53 random bits. Defaults: low = 0, high = 1. */
  uniform(low?: number, high?: number): number;
  /** A draw from the normal distribution. Defaults: mean = 0, std = 1. */
  normal(mean?: number, std?: number): number;
  /** A draw from the normal distribution, redrawn until it lies within 2 std of the mean. */
  truncatedNormal(mean?: number, std?: number): number;
  /** A whole number in [low, high): `int(6)` is one of 0..5, `int(1, 7)` one of 1..6. */
  int(high: number): number;
  int(low: number, high: number): number;
  /** True with probability `p` (default 0.5). */
  bool(p?: number): boolean;
  /** One element, each equally likely. */
  pick<T>(items: ArrayLike<T>): T;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends { length: number; [i: number]: unknown }>(items: T): T;
  /**
   * A new generator for a named purpose, decided by this generator's present state and the name
   * alone. It does not advance this one: adding a fork somewhere leaves all other numbers as they were.
   */
  fork(name: string | number): Random;
  /** The position, to be given to {@linkcode Random.restore} later. */
  state(): RandomState;
  /** Goes back to a saved position. */
  restore(state: RandomState): void;
}

/**
 * A generator (xoroshiro128+) for the given seed.
 *
 * @param seed a whole number; only its lower 32 bits count
 * @throws {RangeError} if the seed is not a whole number
 *
 * @example
 * ```ts
 * import { createRandom } from "./mod.ts";
 *
 * const random = createRandom(42);
 * const die = random.int(1, 7);
 * console.log(die >= 1 && die <= 6); // true
 * ```
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`a seed is a whole number; got ${seed}: give for example createRandom(1)`);
  }
  return wrap(xoroshiro128plusFromState(scramble(seed)));
}

/**
 * Four words from a seed by splitmix32's finalizer. Seeding with the seed itself would leave nearly all
 * bits of the state equal for small seeds, and the first draws close to 1 whatever the seed.
 */
function scramble(seed: number): RandomState {
  let counter = seed | 0;
  return Array.from({ length: 4 }, () => {
    counter = (counter + 0x9e3779b9) | 0;
    let word = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  });
}

type Generator = ReturnType<typeof xoroshiro128plusFromState>;

function wrap(initial: Generator): Random {
  let rng = initial;
  const word = () => rng.next() >>> 0; // 32 random bits
  const unit = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992; // [0, 1)

  const self: Random = {
    uniform: (low = 0, high = 1) => low + unit() * (high - low),
    // Box-Muller; the second value is thrown away so that the state is all there is to save.
    normal: (mean = 0, std = 1) =>
      mean + std * Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
    truncatedNormal(mean = 0, std = 1) {
      for (;;) {
        const z = self.normal();
        if (Math.abs(z) <= 2) return mean + std * z;
      }
    },
    int(a: number, b?: number) {
      const low = b === undefined ? 0 : a;
      const high = b === undefined ? a : b;
      if (!(high > low) || !Number.isSafeInteger(low) || !Number.isSafeInteger(high)) {
        throw new RangeError(`int(${low}, ${high}) needs whole numbers with low < high`);
      }
      return low + Math.floor(unit() * (high - low));
    },
    bool: (p = 0.5) => unit() < p,
    pick(items) {
      if (items.length === 0) throw new RangeError("pick() needs at least one item; got none");
      return items[self.int(items.length)];
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = self.int(i + 1);
        const kept = items[i];
        (items as { [i: number]: unknown })[i] = items[j];
        (items as { [i: number]: unknown })[j] = kept;
      }
      return items;
    },
    fork: (name) => createRandom(hash([...rng.getState()].join(",") + ":" + name)),
    state: () => [...rng.getState()],
    restore(state) {
      if (state.length !== 4 || !state.every(Number.isInteger)) {
        throw new RangeError(`a random state is four whole numbers; got [${state.join(", ")}]`);
      }
      rng = xoroshiro128plusFromState(state);
    },
  };
  return self;
}

/** FNV-1a over UTF-16 units: a 32-bit seed from a text. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}
