/**
 * `deno task train`: long training outside a notebook, resumable.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { DatasetError } from "../lib/datasets/mod.ts";
import { SafetensorsError } from "../lib/io/mod.ts";
import { CheckpointError, DivergedError } from "../lib/train/mod.ts";
import { inASentence, Problem } from "./command.ts";
import { bert } from "./train/bert.ts";
import { cells } from "./train/cells.ts";
import type { Flags, Trainer } from "./train/trainer.ts";
import { unet } from "./train/unet.ts";
import { unetAblation } from "./train/unet_ablation.ts";

/** Everything that can be trained, by the word after `deno task train`. */
const TRAINERS: Readonly<Record<string, Trainer>> = {
  bert,
  cells,
  unet,
  "unet-ablation": unetAblation,
};

const USAGE = `deno task train ${Object.keys(TRAINERS).join("|")} ... [--json] [--help]

${
  Object.entries(TRAINERS).map(([name, { summary }]) => `  ${name.padEnd(13)} ${summary}`).join(
    "\n",
  )
}`;

async function main([name, ...words]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(USAGE);
    return name === undefined ? 1 : 0;
  }
  const trainer = Object.hasOwn(TRAINERS, name) ? TRAINERS[name] : undefined;
  if (!trainer) throw new Problem(`"${name}" cannot be trained.\n\n${USAGE}`);
  const flags = parse(trainer, words);
  if (flags.help) {
    console.log(trainer.usage);
    return 0;
  }
  const { json, text } = await trainer.run(flags, (sentence) => console.error(sentence));
  console.log(flags.json ? JSON.stringify(json, null, 2) : text);
  return 0;
}

function parse({ options }: Trainer, args: string[]): Flags {
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
    const isSentence = error instanceof RangeError || error instanceof SafetensorsError ||
      error instanceof DatasetError || error instanceof CheckpointError ||
      error instanceof DivergedError;
    console.error(isSentence ? `error: ${error.message}` : inASentence(error) ?? error);
    Deno.exit(1);
  }
}
