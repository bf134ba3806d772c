/**
 * `deno task train`: long training outside a notebook, resumable.
 *
 * @module
 */
import { DatasetError } from "../lib/datasets/mod.ts";
import { SafetensorsError } from "../lib/io/mod.ts";
import { CheckpointError, DivergedError } from "../lib/train/mod.ts";
import { runSubcommand } from "./subcommand.ts";
import { bert } from "./train/bert.ts";
import { cells } from "./train/cells.ts";
import { unet } from "./train/unet.ts";
import { unetAblation } from "./train/unet_ablation.ts";

if (import.meta.main) {
  await runSubcommand({
    task: "train",
    done: "trained",
    subcommands: { bert, cells, unet, "unet-ablation": unetAblation },
    sentences: [RangeError, SafetensorsError, DatasetError, CheckpointError, DivergedError],
  });
}
