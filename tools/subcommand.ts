/**
 * Tasks with sub-commands: `deno task train unet ...`, `deno task score squad ...`.
 *
 * @module
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { inASentence, Problem } from "./command.ts";
import type { Flags } from "./flags.ts";

/** What such a task wants of a sub-command. */
export interface Subcommand {
  /** One line for the list of sub-commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly usage: string;
  /** The options beside `--json` and `--help`, as `node:util` parses them. */
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /**
   * Does the work.
   *
   * @param flags the options
   * @param note tells whoever waits what goes on (not part of the result)
   * @returns the result for a program and for a reader
   * @throws {Problem} or one of the task's `sentences`, for whoever typed the command
   */
  run(
    flags: Flags,
    note: (sentence: string) => void,
  ): Promise<{ readonly json: unknown; readonly text: string }>;
}

/** A task and its sub-commands. */
export interface TaskOfSubcommands {
  /** The word after `deno task`. */
  readonly task: string;
  /** "trained": what a word that is no sub-command cannot be. */
  readonly done: string;
  readonly subcommands: Readonly<Record<string, Subcommand>>;
  /** The errors whose message is all that whoever typed the command needs. */
  readonly sentences: readonly (abstract new (...words: never[]) => Error)[];
}

/** Runs the sub-command that the command line names, and ends the process. */
export async function runSubcommand(what: TaskOfSubcommands): Promise<never> {
  try {
    Deno.exit(await run(what, Deno.args));
  } catch (error) {
    const isSentence = what.sentences.some((kind) => error instanceof kind);
    console.error(isSentence ? `error: ${(error as Error).message}` : inASentence(error) ?? error);
    Deno.exit(1);
  }
}

async function run(
  { task, done, subcommands }: TaskOfSubcommands,
  [name, ...words]: string[],
): Promise<number> {
  const all = Object.entries(subcommands);
  const width = Math.max(...all.map(([name]) => name.length));
  const usage =
    `deno task ${task} ${Object.keys(subcommands).join("|")} ... [--json] [--help]\n\n` +
    all.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`).join("\n");
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(usage);
    return name === undefined ? 1 : 0;
  }
  const found = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (!found) throw new Problem(`"${name}" cannot be ${done}.\n\n${usage}`);
  const flags = parse(found, words);
  if (flags.help) {
    console.log(found.usage);
    return 0;
  }
  const { json, text } = await found.run(flags, (sentence) => console.error(sentence));
  console.log(flags.json ? JSON.stringify(json, null, 2) : text);
  return 0;
}

function parse({ options }: Subcommand, args: string[]): Flags {
  const shared = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
  try {
    return parseArgs({ args, options: { ...options, ...shared } }).values;
  } catch (error) {
    const said = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new Problem(`${said}; --help lists the options`);
  }
}
