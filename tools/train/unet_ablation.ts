/**
 * `deno task train unet-ablation`: what each part of the recipe is worth, everything else the same.
 *
 * @module
 */
import { join } from "@std/path";
import { exists, writeFileAtomic } from "../../lib/io/mod.ts";
import { DivergedError } from "../../lib/train/mod.ts";
import { Problem } from "../command.ts";
import { type Flags, numberOf, optionsOf, textOf } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import type { EmResult } from "./em_result.ts";
import { unet } from "./unet.ts";

/** What is changed in the full recipe, as options of `deno task train unet`. */
const CONDITIONS: Readonly<Record<string, { readonly [option: string]: string }>> = {
  "full recipe": {},
  "no weight map": { weights: "none" },
  "no elastic deformation": { augment: "rigid" },
  // An input tile of nearly the same size, and all of it is learned from: 320 x 320 pixels instead of 132 x 132.
  "padding, no overlap": { padding: "same" },
  "the paper's optimizer": { recipe: "paper" },
};

const USAGE = `deno task train unet-ablation [options]

Trains the same small U-Net several times for equally many steps, each time with one part of the recipe changed, and
scores each on the last six slices. What is finished is not done again. Writes ablation.json.

${Object.keys(CONDITIONS).map((name) => `  ${name}`).join("\n")}

  --seeds A,B     (default 1)
  --out DIR       where to (default build/unet_ablation)
  --data, --count, --size, --base, --steps, --tile, --every, --json   as in deno task train unet, but
                  for --base 8 and --steps 300`;

/** `deno task train unet-ablation`. */
export const unetAblation: Subcommand = {
  summary: "the U-Net again without weight map, elastic deformation, overlap",
  usage: USAGE,
  options: optionsOf([], [
    ...["seeds", "out"],
    ...["data", "count", "size", "base", "steps", "tile", "every"], // as those of unet
  ]),
  run,
};

/** One training's outcome. */
type Row =
  & { readonly condition: string; readonly seed: number }
  & (
    | { readonly pixelError: number; readonly randError: number; readonly warpingError: number }
    | { readonly diverged: string }
  );

async function run(flags: Flags, note: (sentence: string) => void) {
  const out = textOf(flags, "out", join("build", "unet_ablation"));
  const seeds = textOf(flags, "seeds", "1").split(",").map(Number);
  if (!seeds.every(Number.isSafeInteger)) {
    throw new Problem(`--seeds is "${flags.seeds}", expected whole numbers such as 1,2`);
  }
  const { seeds: _, json: _json, ...shared } = flags;
  const tile = numberOf(flags, "tile", 316), size = numberOf(flags, "size", 512);
  const padded = 16 * Math.min(Math.round(tile / 16), Math.floor(size / 16));
  const base = `${numberOf(flags, "base", 8)}`, steps = `${numberOf(flags, "steps", 300)}`;
  const rows: Row[] = [];
  for (const seed of seeds) {
    for (const [condition, changes] of Object.entries(CONDITIONS)) {
      const folder = join(out, `${condition.replace(/\W+/g, "_")}-${seed}`);
      note(`${condition}, seed ${seed}`);
      const tileSide = changes.padding === "same" ? padded : tile;
      const options = {
        ...shared,
        base,
        steps,
        tile: `${tileSide}`,
        ...changes,
        seed: `${seed}`,
        out: folder,
      };
      rows.push({ condition, seed, ...await outcome({ ...options, views: "1" }, note) });
    }
  }
  const data = textOf(flags, "data", "em_phantom");
  const json = { data, base: Number(base), steps: Number(steps), rows };
  await writeFileAtomic(join(out, "ablation.json"), JSON.stringify(json, null, 2) + "\n");
  return { json, text: table(rows) };
}

/** Trains and scores, or reads what an earlier run has found. */
async function outcome(flags: Flags, note: (sentence: string) => void) {
  const file = join(flags.out as string, "result.json");
  try {
    const json = await exists(file)
      ? JSON.parse(await Deno.readTextFile(file))
      : (await unet.run(flags, note)).json;
    const { pixelError, randError, warpingError } = (json as EmResult).oneView;
    return { pixelError, randError, warpingError };
  } catch (error) {
    if (error instanceof DivergedError) return { diverged: error.message };
    throw error;
  }
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.condition,
    `${row.seed}`,
    ...("diverged" in row ? ["diverged", "", ""] : [
      row.pixelError.toFixed(4),
      row.randError.toFixed(4),
      row.warpingError.toFixed(6),
    ]),
  ]);
  return [["recipe", "seed", "pixel error", "Rand error", "warping error"], ...lines]
    .map((cells) => cells.map((cell, i) => cell.padEnd(i === 0 ? 24 : 13)).join("").trimEnd())
    .join("\n");
}
