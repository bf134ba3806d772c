/**
 * Ctrl-C in a training that saves itself.
 *
 * @module
 */

/** The run is told to stop after the step in progress, which saves it. */
export interface CtrlC {
  /** For the run. */
  readonly signal: AbortSignal;
  /** Ends the process with code 130 if Ctrl-C was pressed; to be called when the run has ended. */
  exitIfPressed(note: (sentence: string) => void): void;
}

/** One press may arrive more than once, from the terminal and from the process that started this one. */
const SAME_PRESS = 500; // milliseconds

/** Listens for Ctrl-C from now on; a second press does not wait for the step. */
export function listenForCtrlC(): CtrlC {
  const stop = new AbortController();
  let pressed = 0;
  const onSignal = () => {
    if (!stop.signal.aborted) {
      pressed = performance.now();
      stop.abort();
    } else if (performance.now() - pressed > SAME_PRESS) Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", onSignal);
  return {
    signal: stop.signal,
    exitIfPressed(note) {
      Deno.removeSignalListener("SIGINT", onSignal);
      if (!stop.signal.aborted) return;
      note("stopped and saved; the same command goes on from there");
      Deno.exit(130);
    },
  };
}
