/**
 * What every task shares: errors that are sentences, options, child processes.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** Something that whoever typed the command can put right: shown as a sentence, without a stack. */
export class Problem extends Error {
  override name = "Problem";
}

/** The root folder of this repository. */
export const root: string = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

type Options = NonNullable<ParseArgsConfig["options"]>;
type Flags<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>["values"];

/**
 * Runs a task and ends the process: exit code 0 if `body` resolves to true, 1 if to false or if it throws.
 * A {@linkcode Problem} is printed as its sentence; any other error with its stack, since it is ours.
 *
 * @param usage what `--help` prints
 * @param options the task's options, as `node:util` parses them; `--help` is added
 * @param body the task; gets the options and the remaining words
 */
export async function runTask<const O extends Options>(
  usage: string,
  options: O,
  body: (flags: Flags<O>, words: string[]) => Promise<boolean>,
): Promise<never> {
  try {
    if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
      console.log(usage.trim());
      Deno.exit(0);
    }
    Deno.exit(await body(...parse(options)) ? 0 : 1);
  } catch (error) {
    console.error(inASentence(error) ?? error);
    Deno.exit(1);
  }
}

/** What is wrong with a file is for whoever typed the command: throws it again as a {@linkcode Problem}. */
export function asProblem(error: unknown): never {
  const isOurs = !(error instanceof Error) || error instanceof Deno.errors.NotCapable;
  throw isOurs ? error : new Problem(error.message);
}

/** What whoever typed the command can put right, as a sentence; nothing for an error that is ours. */
export function inASentence(error: unknown): string | undefined {
  if (error instanceof Problem) return `error: ${error.message}`;
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  const what = error.message.split(", run again")[0];
  return `error: ${what}, which this task was not given: it may read the project, DATA_DIR and the paths that its ` +
    `command names, and write what --out names (tools/permissions.ts has the list)`;
}

function parse<const O extends Options>(options: O): [Flags<O>, string[]] {
  try {
    const { values, positionals } = parseArgs({ args: Deno.args, options, allowPositionals: true });
    return [values, positionals];
  } catch (error) {
    const said = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new Problem(`${said}; --help lists the options`);
  }
}

/** What a finished child process said. */
export interface Finished {
  /** Whether it ended with exit code 0. */
  readonly ok: boolean;
  /** Its standard output and standard error, one after the other. */
  readonly text: string;
}

/**
 * Runs a program to its end and keeps what it prints.
 *
 * @param words the program and its arguments
 * @param options the working folder, and the whole environment where it must not be this process's
 * @returns how it ended; `undefined` if there is no such program
 */
export async function capture(
  words: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Finished | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(words[0], {
      args: words.slice(1),
      cwd: options.cwd,
      ...(options.env && { env: options.env, clearEnv: true }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return { ok: success, text: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) return undefined;
    throw error;
  }
}

/**
 * Runs a program in the repository's root to its end, with this terminal as its own.
 *
 * @param words the program and its arguments
 * @param options environment variables to add; `quiet` sends what it prints to standard error
 * @returns whether it ended with exit code 0
 */
export async function run(
  words: readonly string[],
  options: { env?: Record<string, string>; quiet?: boolean } = {},
): Promise<boolean> {
  const child = new Deno.Command(words[0], {
    args: words.slice(1),
    cwd: root,
    env: options.env,
    stdin: "null",
    stdout: options.quiet ? "piped" : "inherit",
  }).spawn();
  if (options.quiet) await child.stdout.pipeTo(Deno.stderr.writable, { preventClose: true });
  const { success, signal } = await child.status;
  if (signal !== null) console.error(`${words.join(" ")} was ended by ${signal}`);
  return success;
}

/** The last few lines of a program's output, indented, to stand under a sentence. */
export function tail(text: string, lines = 8): string {
  return text.trim().split("\n").slice(-lines).map((line) => `  ${line}`).join("\n");
}

/** Seconds as a person says them: `0.3 s`, `8 s`, `1 min 20 s`. */
export function inWords(seconds: number): string {
  if (seconds < 3) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
