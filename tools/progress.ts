/**
 * How far the execution of the notebooks is, and how long the rest may take.
 *
 * @module
 */
import { join } from "node:path";
import { inWords } from "./command.ts";
import { codeCells, type Notebook, readNotebook } from "./notebook.ts";

/** What the runner prints, a line of JSON each. */
export type Event =
  | { event: "notebook" | "notebook_done"; notebook: number }
  | { event: "cell"; notebook: number; number: number }
  | { event: "cell_done"; notebook: number; number: number; seconds: number }
  | { event: "notebook_failed"; notebook: number; number: number; source: string; error: string };

/** The seconds of every code cell, by the notebook's name. */
export type Durations = Record<string, number[]>;

/** What each cell took the last time, as kept in the folder of executed copies. */
export async function durations(folder: string): Promise<Durations> {
  try {
    return JSON.parse(await Deno.readTextFile(join(folder, "durations.json")));
  } catch {
    return {}; // the first run
  }
}

/** Keeps what was measured for the next run. */
export async function remember(folder: string, measured: Durations) {
  await Deno.mkdir(folder, { recursive: true });
  const all = { ...await durations(folder), ...measured };
  await Deno.writeTextFile(join(folder, "durations.json"), JSON.stringify(all));
}

/** Notes in a cell that takes five seconds or more how long, in steps coarse enough to seldom change. */
export function rememberInNotebook(notebook: Notebook, seconds: number[]) {
  for (const [i, cell] of codeCells(notebook).entries()) {
    const before = Number(cell.metadata.seconds ?? 0);
    const now = seconds[i] ?? 0;
    if (now < 5) delete cell.metadata.seconds;
    else if (Math.abs(now - before) > 0.3 * now) cell.metadata.seconds = 5 * Math.round(now / 5);
  }
}

/** What each cell may take: what it took here the last time, else what its author noted in it, else a second. */
export async function expectations(
  folder: string,
  sources: readonly string[],
  names: readonly string[],
): Promise<number[][]> {
  const known = await durations(folder);
  return Promise.all(sources.map(async (source, i) => {
    const cells = codeCells(await readNotebook(source));
    const before = known[names[i]];
    if (before?.length === cells.length) return before;
    return cells.map((cell) => Number(cell.metadata.seconds ?? 1));
  }));
}

/** Says after every cell, and during a long one, how far it is and how long the rest may take. */
export class Progress {
  readonly measured: Durations = {};
  #cell: { notebook: number; number: number; start: number } | undefined;
  #past = { expected: 0, actual: 0 };
  readonly #tick: ReturnType<typeof setInterval>;

  constructor(
    readonly expected: number[][],
    readonly names: string[],
    readonly say: (line: string) => void,
  ) {
    this.#tick = setInterval(() => this.#long(), 20_000);
  }

  stop() {
    clearInterval(this.#tick);
  }

  show(event: Event) {
    const name = this.names[event.notebook];
    const cells = this.expected[event.notebook].length;
    if (event.event === "notebook") {
      this.measured[name] = [];
      this.say(`${name}: ${cells} cells, ${this.#left(event.notebook, 0)} for all that is left`);
    } else if (event.event === "cell") {
      this.#cell = { ...event, start: performance.now() };
    } else if (event.event === "cell_done") {
      this.#cell = undefined;
      this.measured[name].push(event.seconds);
      this.#past.expected += this.expected[event.notebook][event.number - 1];
      this.#past.actual += event.seconds;
      const left = this.#left(event.notebook, event.number);
      this.say(`  cell ${event.number} of ${cells}: ${inWords(event.seconds)} (${left} left)`);
    } else {
      this.#cell = undefined;
      if (event.event === "notebook_failed") delete this.measured[name];
      this.say(`${name}: ${event.event === "notebook_done" ? "done" : "FAILED"}`);
    }
  }

  #long() {
    if (this.#cell === undefined) return;
    const { notebook, number, start } = this.#cell;
    const seconds = (performance.now() - start) / 1000;
    const expected = this.expected[notebook][number - 1] * this.#ratio();
    const of = expected > seconds ? ` of about ${inWords(expected)}` : "";
    this.say(
      `  cell ${number} of ${this.expected[notebook].length}: running for ${inWords(seconds)}${of}`,
    );
  }

  /** How much slower than expected this machine is, so far. */
  #ratio(): number {
    const { expected, actual } = this.#past;
    return expected > 10 ? actual / expected : 1;
  }

  #left(notebook: number, cell: number): string {
    const rest = [this.expected[notebook].slice(cell), ...this.expected.slice(notebook + 1)].flat();
    return `about ${inWords(rest.reduce((sum, seconds) => sum + seconds, 0) * this.#ratio())}`;
  }
}
