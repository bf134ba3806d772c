import { fromFileUrl, join } from "@std/path";
import { dataDir, findEntry, getEntry, type GetOptions, readCatalogue } from "../io/mod.ts";

/** Weights that were found on this machine. */
export interface Pretrained {
  /** Folder for `BertModel.load` and `BertTokenizer.load`. */
  readonly folder: string;
  /** What it is, in a sentence. */
  readonly about: string;
}

/** A real model small enough for a lesson; see the catalogue for where it comes from. */
const REAL = "all-MiniLM-L6-v2";

/**
 * Finds a pre-trained encoder for a lesson: the real one (all-MiniLM-L6-v2, 6 layers of 384, trained on a
 * billion sentence pairs) in `MODELS_DIR`, or in the data folder or the folder `models` beside it; otherwise
 * the one that this project has trained on its generated small world and brings along.
 *
 * @param options `download` fetches the real one first where it is not there; without it the network is
 *   left alone
 * @throws {DownloadError} if it was to be fetched and no source gave it
 *
 * @example
 * ```ts
 * import { findPretrained } from "./pretrained.ts";
 *
 * const { about } = await findPretrained();
 * console.log(about.length > 0); // true
 * ```
 */
export async function findPretrained(
  { download }: { readonly download?: GetOptions } = {},
): Promise<Pretrained> {
  return await realOne() ??
    (download === undefined ? ownModel("small_world_bert") : await fetched(download));
}

const aboutReal = `${REAL}: 6 layers of 384, 12 heads, trained on real English`;

async function fetched(download: GetOptions): Promise<Pretrained> {
  const folder = await getEntry(findEntry(await readCatalogue(), REAL), download);
  return { folder, about: aboutReal };
}

async function realOne(): Promise<Pretrained | undefined> {
  const places = [
    Deno.env.get("MODELS_DIR"),
    dataDir(),
    join(dataDir(), "models"),
    join(dataDir(), "..", "models"),
  ];
  for (const place of places) {
    if (place === undefined) continue;
    const folder = join(place, REAL);
    try {
      await Deno.stat(join(folder, "model.safetensors"));
      return { folder, about: aboutReal };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

const ABOUT = {
  small_world_bert:
    "small_world_bert: 2 layers of 128, 2 heads, trained on the generated small world only",
  bert_mini:
    "bert_mini: 4 layers of 256, 4 heads, trained by this project on speeches and Wikipedia articles",
};

/**
 * A model that this project has trained and brings along, in `data/models`.
 *
 * @param name "small_world_bert", which knows the generated small world, or "bert_mini", which has read a
 *   million pieces of real English
 *
 * @example
 * ```ts
 * import { BertTokenizer, ownModel } from "./mod.ts";
 *
 * const tokenizer = await BertTokenizer.load(ownModel("bert_mini").folder);
 * console.log(tokenizer.vocabulary.size); // 8192
 * ```
 */
export function ownModel(name: keyof typeof ABOUT): Pretrained {
  const folder = fromFileUrl(new URL(`../../data/models/${name}`, import.meta.url));
  return { folder, about: ABOUT[name] };
}
