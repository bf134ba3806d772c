/**
 * `deno task score`: the official metrics on files.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { TaskFileError } from "../lib/bert/tasks/mod.ts";
import { ImageFileError } from "../lib/image/mod.ts";
import { ParquetError } from "../lib/io/mod.ts";
import { inASentence, Problem } from "./command.ts";
import { em } from "./score/em.ts";
import { glue } from "./score/glue.ts";
import { ner } from "./score/ner.ts";
import { seg } from "./score/seg.ts";
import { squad } from "./score/squad.ts";
import type { Flags, Score } from "./score/subcommand.ts";

/** Everything that can be scored, by the word after `deno task score`. */
const SCORES: Readonly<Record<string, Score>> = { em, seg, glue, squad, ner };

const USAGE = `deno task score ${Object.keys(SCORES).join("|")} ... [--json] [--help]

${
  Object.entries(SCORES).map(([name, { summary }]) => `  ${name.padEnd(6)} ${summary}`).join("\n")
}`;

async function main([name, ...words]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(USAGE);
    return name === undefined ? 1 : 0;
  }
  const score = Object.hasOwn(SCORES, name) ? SCORES[name] : undefined;
  if (!score) throw new Problem(`"${name}" cannot be scored.\n\n${USAGE}`);
  const flags = parse(score, words);
  if (flags.help) {
    console.log(score.usage);
    return 0;
  }
  const note = (sentence: string) => console.error(sentence);
  const { json, text } = await score.run(flags, { note });
  console.log(flags.json ? JSON.stringify(json, null, 2) : text);
  return 0;
}

function parse({ options }: Score, args: string[]): Flags {
  const shared = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
  try {
    return parseArgs({ args, options: { ...options, ...shared } }).values;
  } catch (error) {
    const said = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new Problem(`${said}; --help lists the options`);
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    const sentences = [Problem, RangeError, ImageFileError, TaskFileError, ParquetError];
    const isSentence = sentences.some((kind) => error instanceof kind);
    console.error(
      isSentence ? `error: ${(error as Error).message}` : inASentence(error) ?? error,
    );
    Deno.exit(1);
  }
}
