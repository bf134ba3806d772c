import { escapeHtml, type Rendered } from "./mime.ts";
import { defaultOutput, type Output } from "./notebook.ts";
import { clockText, numberText } from "./number_text.ts";

/** Options of {@linkcode progress}. */
export interface ProgressOptions {
  /** Where to; the default is the running cell, or the terminal. */
  output?: Output;
  /** The clock in milliseconds; the default is `performance.now`. */
  now?: () => number;
  /** Least time between two updates in milliseconds. Default 200. */
  every?: number;
  /** Where a terminal's bar goes. Default: the error stream where it is a terminal. */
  terminal?: { write(text: string): void; columns: number };
}

/**
 * A bar with an estimate of the time left: one output of the cell that is updated in place and saved
 * in its last state, or one line of the terminal. Where output goes to a file, only the last state is
 * printed.
 */
export class Progress {
  #done = 0;
  #note = "";
  #finished = false;
  #sent = -Infinity;
  #queue: Promise<void> = Promise.resolve();
  readonly #display = `progress-${crypto.randomUUID()}`;
  #shown = false;
  readonly #start: number;
  readonly #output: Output;
  readonly #now: () => number;
  readonly #every: number;
  readonly #terminal?: { write(text: string): void; columns: number };

  constructor(readonly total: number, readonly label: string, options: ProgressOptions = {}) {
    if (!(total >= 0)) {
      throw new RangeError(
        `progress was given a total of ${total}; it needs a count of at least 0`,
      );
    }
    this.#output = options.output ?? defaultOutput();
    this.#now = options.now ?? (() => performance.now());
    this.#every = options.every ?? 200;
    this.#terminal = this.#output.live ? undefined : options.terminal ?? openTerminal();
    this.#start = this.#now();
  }

  /** How many of `total` are done. */
  get done(): number {
    return this.#done;
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (this.#now() - this.#start) / 1000;
  }

  /** Estimated seconds left if the rest goes as fast as what is done; NaN while nothing is. */
  get left(): number {
    return this.#done > 0 ? this.elapsed * Math.max(0, this.total - this.#done) / this.#done : NaN;
  }

  /** `count` more are done; `note` stands behind the bar. */
  add(count = 1, note?: string): Promise<void> {
    return this.update(this.#done + count, note);
  }

  /** `done` of `total` are done, in all. */
  async update(done: number, note?: string): Promise<void> {
    this.#done = done;
    if (note !== undefined) this.#note = note;
    if (this.#now() - this.#sent < this.#every) return;
    this.#sent = this.#now();
    await this.#send();
  }

  /** The end: the last state, which is what a saved notebook keeps. Call it also after a stop. */
  async finish(note?: string): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    if (note !== undefined) this.#note = note;
    await this.#send();
    if (this.#terminal) this.#terminal.write("\n");
    else if (!this.#output.live) await this.#output.send(this.render());
  }

  /** Lets `using` finish the bar: `await using bar = progress(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.finish();
  }

  /** The state in words. */
  toString(): string {
    const percent = this.total > 0 ? Math.floor(100 * this.#done / this.total) : 100;
    const time = this.#finished
      ? `took ${clockText(this.elapsed)}`
      : `${clockText(this.elapsed)} so far, ${clockText(this.left)} left`;
    return `${this.label}: ${numberText(this.#done)} of ${numberText(this.total)} ` +
      `(${Math.min(100, percent)} %), ${time}${this.#note ? `, ${this.#note}` : ""}`;
  }

  /** The bar as HTML and text. */
  render(): Rendered {
    const share = this.total > 0 ? Math.min(1, this.#done / this.total) : 1;
    return {
      data: {
        "text/html": `<div style="font-size:13px;font-variant-numeric:tabular-nums">` +
          `<progress max="1" value="${share.toFixed(4)}" style="width:220px;height:12px;` +
          `vertical-align:middle;accent-color:#0072B2"></progress> ${
            escapeHtml(String(this))
          }</div>`,
        "text/plain": String(this),
      },
    };
  }

  #send(): Promise<void> {
    if (this.#terminal) {
      const text = `${barText(this.#done, this.total)} ${this}`;
      const columns = this.#terminal.columns - 1;
      this.#terminal.write(`\r${[...text].slice(0, columns).join("").padEnd(columns)}`);
      return Promise.resolve();
    }
    if (!this.#output.live) return Promise.resolve();
    // One after the other, also where the caller does not wait.
    this.#queue = this.#queue.then(() => {
      const update = this.#shown;
      this.#shown = true;
      return this.#output.send(this.render(), this.#display, update);
    });
    return this.#queue;
  }
}

/** A bar of twenty characters. */
function barText(done: number, total: number): string {
  const full = total > 0 ? Math.round(20 * Math.min(1, done / total)) : 20;
  return "█".repeat(full) + "░".repeat(20 - full);
}

function openTerminal(): { write(text: string): void; columns: number } | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  return {
    write: (text) => void Deno.stderr.writeSync(encoder.encode(text)),
    get columns() {
      return Deno.consoleSize().columns;
    },
  };
}

/**
 * Starts a progress bar. In a notebook it is one output that moves; in a terminal one line.
 *
 * @param total how many things there are to do
 * @param label what is being done
 *
 * @example
 * ```ts
 * import { progress } from "./progress.ts";
 *
 * const bar = progress(3, "Tiles");
 * for (let tile = 0; tile < 3; tile++) await bar.add();
 * await bar.finish();
 * ```
 */
export function progress(total: number, label: string, options: ProgressOptions = {}): Progress {
  return new Progress(total, label, options);
}
