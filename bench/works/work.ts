/** A piece of work that is timed against a peer's. */

/** A training step or an inference, ready to be repeated. */
export interface Running {
  /** Does the work once, and waits for its result. */
  step(): Promise<unknown> | unknown;
}

/** Makes the work from the numbers of its name: `unet-step 16 188` starts `unet-step` with (16, 188). */
export type Start = (...sizes: number[]) => Promise<Running> | Running;
