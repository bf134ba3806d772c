/**
 * Files in and out: safetensors, tables, parquet, writing that never leaves half a file, where data lies,
 * downloads that arrive whole, the stop button.
 *
 * @module
 */
export { removeUnfinished, writeFileAtomic } from "./atomic_write.ts";
export {
  type CatalogueEntry,
  CatalogueError,
  type CatalogueFile,
  type CatalogueSource,
  checkEntry,
  type EntryCheck,
  findEntry,
  getEntry,
  type GetOptions,
  howToGet,
  parseCatalogue,
  readCatalogue,
} from "./catalogue.ts";
export { dataDir } from "./data_dir.ts";
export {
  download,
  DownloadError,
  type DownloadOptions,
  type DownloadProgress,
  sha256Of,
} from "./download.ts";
export { exists } from "./exists.ts";
export { lockFile, type LockOptions } from "./file_lock.ts";
export { type Interrupt, Interrupted, watchInterrupt } from "./interrupt.ts";
export { ParquetError, type ParquetFile, type ParquetValue, readParquet } from "./parquet.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type SafeTensor,
  type SafetensorsDtype,
  SafetensorsError,
  type SafetensorsFile,
  type TensorData,
  writeSafetensors,
} from "./safetensors.ts";
export { readCommaSeparated, readTabSeparated, type TableRow } from "./table.ts";
export { unzip, type UnzipOptions, ZipError } from "./unzip.ts";
