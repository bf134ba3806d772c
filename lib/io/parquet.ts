import {
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
} from "hyparquet";

/** A value of a parquet file: 64-bit whole numbers are numbers where they fit exactly. */
export type ParquetValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | Date
  | readonly ParquetValue[]
  | { readonly [name: string]: ParquetValue };

/** What a parquet file holds. */
export interface ParquetFile {
  /** The columns' names, in order. */
  readonly columns: readonly string[];
  /** The rows, by column name. */
  readonly rows: readonly Readonly<Record<string, ParquetValue>>[];
  /**
   * Names of the classes of columns of whole numbers (`ClassLabel`), as Hugging Face's library writes
   * them into the file; empty where another library wrote it.
   */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
}

/** Thrown for a file that is not a whole parquet file. */
export class ParquetError extends Error {
  override name = "ParquetError";
}

/**
 * Reads a parquet file, uncompressed or compressed by Snappy, as the Hugging Face hub serves data sets.
 *
 * @param path of the file
 * @throws {ParquetError} if it is not a parquet file or is damaged
 *
 * @example
 * ```ts ignore
 * import { readParquet } from "./parquet.ts";
 *
 * const { rows } = await readParquet("mrpc/validation-00000-of-00001.parquet");
 * console.log(rows[0].sentence1);
 * ```
 */
export async function readParquet(path: string): Promise<ParquetFile> {
  const bytes = await Deno.readFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  try {
    const metadata = parquetMetadata(file);
    requireColumns(metadata);
    const rows = await parquetReadObjects({ file, metadata, compressors: { SNAPPY: unsnap } });
    const written = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
    return {
      columns: parquetSchema(metadata).children.map(({ element }) => element.name),
      rows: rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))
      ),
      classNames: classNames(written),
    };
  } catch (error) {
    throw new ParquetError(
      `${path} cannot be read as a parquet file (${
        error instanceof Error ? error.message : error
      })`,
      { cause: error },
    );
  }
}

/**
 * Every column chunk of a row group is a column of the schema, and none is there twice. hyparquet reads the chunks
 * at the same time and waits for those of the schema only: the error of another one would end the program.
 */
function requireColumns({ schema, row_groups }: FileMetaData) {
  const leaves = new Set<string>();
  let at = 0;
  const walk = (path: readonly string[]) => {
    const element = schema[at++];
    if (element === undefined) throw new Error("its schema ends too early");
    const here = path.length === 0 && at === 1 ? [] : [...path, element.name];
    if (!element.num_children) leaves.add(JSON.stringify(here));
    for (let child = 0; child < (element.num_children ?? 0); child++) walk(here);
  };
  walk([]);
  for (const { columns, num_rows } of row_groups) {
    const seen = new Set(columns.map(({ meta_data }) => JSON.stringify(meta_data?.path_in_schema)));
    if (seen.size !== columns.length || seen.size !== leaves.size || !seen.isSubsetOf(leaves)) {
      throw new Error("the columns of a group of rows are not those of its schema");
    }
    const values = columns.map(({ meta_data }) => meta_data!.num_values);
    if (num_rows < 0 || values.some((count) => count < num_rows)) {
      throw new Error(`a group of ${num_rows} rows has a column of fewer values`);
    }
  }
}

/** Snappy, which can make at most 64 bytes of three: a page that claims more is not begun. */
function unsnap(bytes: Uint8Array, length: number): Uint8Array {
  if (!(length >= 0 && length <= 64 + 22 * bytes.length)) {
    throw new Error(`a page of ${bytes.length} bytes claims to hold ${length}`);
  }
  const page = new Uint8Array(length);
  snappyUncompress(bytes, page);
  return page;
}

function plain(value: unknown): ParquetValue {
  if (typeof value === "bigint") {
    const number = Number(value);
    return BigInt(number) === value ? number : value;
  }
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof Uint8Array))) {
    return Array.from(value as ArrayLike<unknown>, plain);
  }
  if (value !== null && typeof value === "object" && !(value instanceof Date)) {
    if (value instanceof Uint8Array) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  }
  return value as ParquetValue;
}

/** From `{"info": {"features": {"label": {"names": [...], "_type": "ClassLabel"}}}}`. */
function classNames(json: string | undefined): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  if (json === undefined) return found;
  const features = (JSON.parse(json) as { info?: { features?: Record<string, unknown> } })
    .info?.features ?? {};
  for (const [column, feature] of Object.entries(features)) {
    // A list of classes has them one level deeper, under "feature".
    const { names, feature: inner } = feature as { names?: string[]; feature?: unknown };
    const ofClass = names ?? (inner as { names?: string[] } | undefined)?.names;
    if (ofClass) found.set(column, ofClass);
  }
  return found;
}
