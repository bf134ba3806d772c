import type { Rendered } from "./mime.ts";

/** Where outputs go: the notebook's cell, the terminal, or a list in a test. */
export interface Output {
  /**
   * Sends one output; the promise ends when it is safe to go on.
   *
   * @param rendered the formats
   * @param display the identity of an output that will be updated
   * @param update true replaces what stands under that identity
   */
  send(rendered: Rendered, display?: string, update?: boolean): Promise<void>;
  /** Whether outputs can be updated in place with pictures: true in a notebook only. */
  readonly live: boolean;
}

type Kernel = typeof Deno.jupyter;

/** The kernel that runs this program, or undefined outside a notebook. */
export function kernel(): Kernel | undefined {
  try {
    return Deno.jupyter; // outside a kernel this getter throws
  } catch {
    return undefined;
  }
}

/**
 * Whether a Deno of this version may report a cell as finished before its outputs are sent, which
 * makes headless runs lose some of them. Our measurement: 2.8.1 lost none, later ones did.
 */
export function needsPause(version: string): boolean {
  const [major, minor, patch] = version.split(/[.+-]/).map(Number);
  return major * 1e6 + minor * 1e3 + patch > 2_008_001;
}

const PAUSE_MS = 20;

/** Sends to the cell that is running. */
class CellOutput implements Output {
  readonly live = true;
  constructor(private readonly jupyter: Kernel) {}

  async send(rendered: Rendered, display?: string, update = false): Promise<void> {
    await this.jupyter.broadcast(update ? "update_display_data" : "display_data", {
      data: rendered.data,
      metadata: rendered.metadata ?? {},
      transient: display === undefined ? {} : { display_id: display },
    });
    if (needsPause(Deno.version.deno)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Prints the text; an update is a new paragraph. */
class ConsoleOutput implements Output {
  readonly live = false;
  send(rendered: Rendered): Promise<void> {
    console.log(rendered.data["text/plain"]);
    return Promise.resolve();
  }
}

/** The output of this program: the notebook's cell where there is a kernel, else the console. */
export function defaultOutput(): Output {
  const jupyter = kernel();
  return jupyter ? new CellOutput(jupyter) : new ConsoleOutput();
}
