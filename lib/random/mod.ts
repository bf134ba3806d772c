/**
 * Randomness is a value here: whoever needs random numbers is handed a {@linkcode Random}.
 * The same seed gives the same numbers on every machine and every backend, and a generator's
 * state can be saved into a checkpoint and restored.
 *
 * @module
 */
export { createRandom, type Random, type RandomState } from "./random.ts";
