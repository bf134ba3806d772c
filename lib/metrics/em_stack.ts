import type { Image, Pixels } from "../image/mod.ts";

/** What the slices are called in an error: by default "label slice 0", "proposal slice 0", ... */
export interface StackNames {
  readonly labels?: readonly string[];
  readonly proposals?: readonly string[];
}

/**
 * Checks that two stacks can be scored against each other by the EM challenge's metrics.
 *
 * Labels: one channel, 0 = membrane and one other value = cell, with some cell in every slice.
 * Proposals: one channel, float32 in [0, 1], 0 = certainly membrane and 1 = certainly cell.
 *
 * @param labels the true slices
 * @param proposals the slices to judge, as many and as large as the labels
 * @param names what an error calls each slice (a file name, say)
 * @throws {RangeError} a sentence that names the slice: no slices at all, different counts or
 * sizes, more than one channel, labels of more than two values or without any cell, a proposal
 * with NaN or with a value outside [0, 1]
 *
 * @example
 * ```ts
 * import { checkEmStack } from "./mod.ts";
 *
 * const label = { data: new Uint8Array([0, 255]), width: 2, height: 1 };
 * const proposal = { data: new Float32Array([0.1, NaN]), width: 2, height: 1 };
 * try {
 *   checkEmStack([label], [proposal]);
 * } catch (error) {
 *   console.log((error as Error).message); // proposal slice 0: the pixel at x = 1, y = 0 is NaN ...
 * }
 * ```
 */
export function checkEmStack(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  names: StackNames = {},
): void {
  if (labels.length !== proposals.length) {
    throw new RangeError(
      `${count(labels.length, "label slice")} but ${count(proposals.length, "proposal slice")}: ` +
        `every label slice needs the one proposal made for it`,
    );
  }
  if (labels.length === 0) throw new RangeError("there is no slice to score: give at least one");
  for (let z = 0; z < labels.length; z++) {
    const label = labels[z], proposal = proposals[z];
    const labelName = names.labels?.[z] ?? `label slice ${z}`;
    const proposalName = names.proposals?.[z] ?? `proposal slice ${z}`;
    checkOneChannel(label, labelName);
    checkOneChannel(proposal, proposalName);
    if (label.width !== proposal.width || label.height !== proposal.height) {
      throw new RangeError(
        `${proposalName} is ${proposal.width} x ${proposal.height} but ${labelName} is ` +
          `${label.width} x ${label.height}: both must have the same size`,
      );
    }
    checkBinary(label, labelName);
    checkProbabilities(proposal, proposalName);
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function checkOneChannel(image: Image<Pixels>, name: string): void {
  const { data, width, height, channels = 1 } = image;
  if (channels !== 1) {
    throw new RangeError(`${name} has ${channels} channels: a gray picture has one`);
  }
  if (!(width > 0 && height > 0) || data.length !== width * height) {
    throw new RangeError(
      `${name} has ${data.length} values for ${width} x ${height} pixels: ` +
        `a picture has width * height values and at least one pixel`,
    );
  }
}

function checkBinary({ data, width }: Image<Pixels>, name: string): void {
  let cell = 0; // the one value that is not 0
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value === cell || value === 0) continue;
    if (cell !== 0 || !(value > 0)) {
      throw new RangeError(
        `${name} is not binary: the pixel at ${at(i, width)} is ${value}` +
          (cell === 0 ? "" : ` and others are ${cell}`) +
          `; EM labels are 0 for membrane and one positive value, usually 255, for cell`,
      );
    }
    cell = value;
  }
  if (cell === 0) {
    throw new RangeError(
      `${name} is empty: all its pixels are 0 (membrane), so no score is defined; ` +
        `EM labels are 0 for membrane and one positive value, usually 255, for cell`,
    );
  }
}

function checkProbabilities({ data, width }: Image<Float32Array>, name: string): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value >= 0 && value <= 1) continue;
    throw new RangeError(
      `${name}: the pixel at ${at(i, width)} is ${value}, not a probability; ` +
        `a proposal lies in [0, 1], 0 = certainly membrane and 1 = certainly cell`,
    );
  }
}

function at(i: number, width: number): string {
  return `x = ${i % width}, y = ${Math.floor(i / width)}`;
}
