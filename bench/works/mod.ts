import { bertInference, bertStep } from "./bert.ts";
import type { Running, Start } from "./work.ts";
import { unetInference, unetStep } from "./unet.ts";

const works: Record<string, Start> = {
  "unet-step": unetStep,
  "unet-inference": unetInference,
  "bert-step": bertStep,
  "bert-inference": bertInference,
};

/** Starts the work that a name such as `unet-step 16 188` stands for. */
export function startWork(name: string): Promise<Running> | Running {
  const [work, ...sizes] = name.split(" ");
  return works[work](...sizes.map(Number));
}
