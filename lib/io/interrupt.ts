/** Tells a long-running loop that the person in front of the notebook pressed stop. */
export interface Interrupt {
  /**
   * True once stop was pressed after {@linkcode watchInterrupt} was called, or in the moment before it that no
   * watch saw. Costs microseconds.
   */
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
 * A cell often calls one function after the other, each with a watch of its own. A press that falls between the
 * last look of one and the first of the next belongs to the cell that runs, and nobody saw it: the next
 * watch takes it up if the last look was not longer ago than this. Longer ago may have been another cell,
 * which came to its end although stop was pressed.
 */
const UNSEEN_MILLISECONDS = 1000;

/** The last look of any watch: what it found and told, the file's time, and when the look was. */
let lastLook = { file: "", touched: 0, at: -Infinity };

function look(file: string): number {
  let touched = 0;
  try {
    touched = Deno.statSync(file).mtime?.getTime() ?? 0;
  } catch {
    // so far nobody pressed
  }
  lastLook = { file, touched, at: performance.now() };
  return touched;
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
  const before = lastLook;
  const now = look(file);
  const recent = before.file === file && lastLook.at - before.at < UNSEEN_MILLISECONDS;
  const start = recent ? before.touched : now;
  lastLook.touched = start; // nobody has been told of a press yet
  return {
    get requested() {
      return look(file) !== start;
    },
    throwIfRequested(where) {
      if (look(file) !== start) throw new Interrupted(where());
    },
  };
}
