import { readSafetensors, SafetensorsError } from "../io/mod.ts";
import { createRandom } from "../random/mod.ts";
import { loadWeights, saveWeights } from "../train/mod.ts";
import { UNet, type UNetConfig } from "./unet.ts";

/** Options of {@linkcode saveUNet}. */
export interface SaveUNetOptions {
  /** Element type in the file; F16 halves it and keeps 11 bits of each weight. Default F32. */
  readonly dtype?: "F32" | "F16";
  /** Texts to keep with the weights. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a U-Net, weights and configuration, as one safetensors file.
 *
 * @param path the file
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { loadUNet, saveUNet, UNet } from "./mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/unet.safetensors`;
 * const net = new UNet({ baseChannels: 2, depth: 2 }, { random: createRandom(1) });
 * await saveUNet(path, net, { metadata: { about: "an untrained network" } });
 * const { net: copy, metadata } = await loadUNet(path);
 * console.log(copy.config.baseChannels, metadata.about); // 2 an untrained network
 * ```
 */
export async function saveUNet(
  path: string,
  net: UNet,
  { dtype, metadata = {} }: SaveUNetOptions = {},
): Promise<void> {
  const texts = { ...metadata, config: JSON.stringify(net.config) };
  await saveWeights(path, net.parameters, texts, { dtype });
}

/**
 * Builds the network that a file of {@linkcode saveUNet} holds.
 *
 * @param path the file
 * @returns the network, and the texts kept with it
 * @throws {SafetensorsError} if the file is damaged, or holds no U-Net
 *
 * @example See {@linkcode saveUNet}.
 */
export async function loadUNet(
  path: string,
): Promise<{ net: UNet; metadata: Record<string, string> }> {
  const { metadata } = await readSafetensors(path);
  if (metadata.config === undefined) {
    throw new SafetensorsError(
      `${path} does not say which U-Net its weights are of: its metadata has no "config"`,
    );
  }
  const config: UNetConfig = JSON.parse(metadata.config);
  const net = new UNet(config, { random: createRandom(0) });
  try {
    await loadWeights(path, net.parameters);
  } catch (error) {
    net.dispose();
    throw error;
  }
  return { net, metadata };
}
