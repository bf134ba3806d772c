/**
 * Files in and out: safetensors, writing that never leaves half a file, where data lies, the stop button.
 *
 * @module
 */
export { writeFileAtomic } from "./atomic_write.ts";
export { dataDir } from "./data_dir.ts";
export { exists } from "./exists.ts";
export { type Interrupt, watchInterrupt } from "./interrupt.ts";
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
