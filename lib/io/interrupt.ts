/** Tells a long-running loop that the person in front of the notebook pressed stop. */
export interface Interrupt {
  /** True once stop was pressed after {@linkcode watchInterrupt} was called. Costs microseconds. */
  readonly requested: boolean;
  /**
   * For work that has nothing half-done to hand back: throws {@linkcode Interrupted} once stop was pressed.
   *
   * @param where in words, "the scoring was stopped after slice 3 of 30"; called only then
   */
  throwIfRequested(where: () => string): void;
}

/** Thrown where the stop button ended a computation. What was computed before the cell is still there. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/**
 * Starts watching for JupyterLab's stop button. The Deno kernel cannot be interrupted while it waits
 * for a promise, so the course's kernel supervisor (`tools/kernel.ts`) turns the button into a touch
 * of the file named by `NOTEBOOK_INTERRUPT_FILE`; a loop looks at it once per step and ends by itself. That
 * works in a loop that never awaits, too: the supervisor is another process.
 * Where that variable is not set (a terminal, a test) `requested` stays false.
 *
 * @example
 * ```ts
 * import { watchInterrupt } from "./interrupt.ts";
 *
 * const interrupt = watchInterrupt();
 * for (let step = 0; step < 3 && !interrupt.requested; step++) console.log(step);
 * ```
 */
export function watchInterrupt(): Interrupt {
  const file = Deno.env.get("NOTEBOOK_INTERRUPT_FILE");
  if (file === undefined) return { requested: false, throwIfRequested() {} };
  const touched = () => {
    try {
      return Deno.statSync(file).mtime?.getTime() ?? 0;
    } catch {
      return 0; // not touched yet
    }
  };
  const start = touched();
  return {
    get requested() {
      return touched() !== start;
    },
    throwIfRequested(where) {
      if (touched() !== start) throw new Interrupted(where());
    },
  };
}
