/**
 * What `tools/train.ts` wants of a sub-command.
 *
 * @module
 */
import type { ParseArgsConfig } from "node:util";
import { Problem } from "../command.ts";

/** The values of a sub-command's options as typed. */
export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** One kind of training: `deno task train NAME`. */
export interface Trainer {
  /** One line for the list of sub-commands. */
  readonly summary: string;
  /** What `deno task train NAME --help` prints. */
  readonly usage: string;
  /** The options beside `--json` and `--help`, as `node:util` parses them. */
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /**
   * Trains.
   *
   * @param flags the options
   * @param note tells whoever waits what goes on
   * @returns the result for a program and for a reader
   * @throws {Problem} with a sentence for whoever typed the command
   */
  run(flags: Flags, note: (sentence: string) => void): Promise<{ json: unknown; text: string }>;
}

/** Ctrl-C in a training: the run is told to stop after the step in progress, which saves it. */
export interface CtrlC {
  /** For the run. */
  readonly signal: AbortSignal;
  /** Ends the process with code 130 if Ctrl-C was pressed; to be called when the run has ended. */
  exitIfPressed(note: (sentence: string) => void): void;
}

/** One press may arrive more than once, from the terminal and from the process that started this one. */
const SAME_PRESS = 500; // milliseconds

/** Listens for Ctrl-C from now on; a second press does not wait for the step. */
export function listenForCtrlC(): CtrlC {
  const stop = new AbortController();
  let pressed = 0;
  const onSignal = () => {
    if (!stop.signal.aborted) {
      pressed = performance.now();
      stop.abort();
    } else if (performance.now() - pressed > SAME_PRESS) Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", onSignal);
  return {
    signal: stop.signal,
    exitIfPressed(note) {
      Deno.removeSignalListener("SIGINT", onSignal);
      if (!stop.signal.aborted) return;
      note("stopped and saved; the same command goes on from there");
      Deno.exit(130);
    },
  };
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
