/**
 * What `tools/score.ts` wants of a sub-command.
 *
 * @module
 */
import type { ParseArgsConfig } from "node:util";
import { Problem } from "../command.ts";
import type { Flags } from "../flags.ts";

export type { Flags } from "../flags.ts";

/** One kind of scoring: `deno task score NAME`. */
export interface Score {
  /** One line for the list of sub-commands. */
  readonly summary: string;
  /** What `deno task score NAME --help` prints. */
  readonly usage: string;
  /** The options beside `--json` and `--help`, as `node:util` parses them. */
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /**
   * Scores.
   *
   * @param flags the options
   * @param terminal `note` tells whoever waits what goes on (not part of the result)
   * @returns the result for a program and for a reader
   * @throws {Problem | RangeError} with a sentence for whoever typed the command
   */
  run(
    flags: Flags,
    terminal: { note(sentence: string): void },
  ): Promise<{ readonly json: unknown; readonly text: string }>;
}

/** The value of an option that must be given. */
export function required(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value !== "string" || value === "") {
    throw new Problem(`--${name} is missing; --help shows how to call this`);
  }
  return value;
}

/** Columns, the first to the left and the others to the right. */
export function printTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("  ")
  ).join("\n");
}
