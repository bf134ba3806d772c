/** A piece of work that is timed against a peer's. */

/** A training step or an inference, ready to be repeated. */
export interface Running {
  /** Does the work once, and waits for its result. */
  step(): Promise<unknown> | unknown;
}

/** One row of the table. */
export interface Work {
  /** The row's name, also the peer's command line: `unet-step 16 188`. */
  name: string;
  title: string;
  /** The largest ratio to the peer's time that is accepted. */
  must: number;
  /** Steps in one round: short work is repeated. */
  steps: number;
  start(): Promise<Running> | Running;
}
