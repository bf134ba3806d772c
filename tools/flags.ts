/**
 * The options of a sub-command of `train` and `score`.
 *
 * @module
 */
import { Problem } from "./command.ts";

/** The values of a sub-command's options as typed. */
export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** Options by name, as `node:util` parses them: those that are there or not, and those with a value. */
export function optionsOf(
  switches: readonly string[],
  values: readonly string[],
): Readonly<Record<string, { readonly type: "boolean" | "string" }>> {
  return Object.fromEntries([
    ...switches.map((name) => [name, { type: "boolean" }] as const),
    ...values.map((name) => [name, { type: "string" }] as const),
  ]);
}

/** The value of an option that must be given. */
export function required(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value !== "string" || value === "") {
    throw new Problem(`--${name} is missing; --help shows how to call this`);
  }
  return value;
}

/** The value of an option that is a number, or the default. */
export function numberOf(flags: Flags, name: string, orElse: number): number {
  const value = flags[name];
  if (value === undefined) return orElse;
  const number = Number(value);
  if (value === "" || !Number.isFinite(number)) {
    throw new Problem(`--${name} is ${JSON.stringify(value)}, expected a number`);
  }
  return number;
}

/** The value of an option that is a text, or the default. */
export function textOf(flags: Flags, name: string, orElse: string): string {
  const value = flags[name];
  return typeof value === "string" && value !== "" ? value : orElse;
}

/**
 * The value of an option that is one of a few words; the first is the default.
 *
 * @throws {Problem} if it is none of them
 */
export function choice<T extends string>(flags: Flags, name: string, words: readonly T[]): T {
  const value = textOf(flags, name, words[0]);
  const found = words.find((word) => word === value);
  if (found === undefined) {
    const known = [...new Set(words)].join(" or ");
    throw new Problem(`--${name} is "${value}", expected ${known}`);
  }
  return found;
}
