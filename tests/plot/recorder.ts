import type { Output, Rendered } from "../../lib/plot/mod.ts";

/** An output that remembers what was sent, as a notebook's cell would. */
export class Recorder implements Output {
  readonly live: boolean;
  /** Every message in order. */
  readonly sent: { rendered: Rendered; display?: string; update?: boolean }[] = [];

  constructor(live = true) {
    this.live = live;
  }

  send(rendered: Rendered, display?: string, update?: boolean): Promise<void> {
    this.sent.push({ rendered, display, update });
    return Promise.resolve();
  }

  /** What a saved cell holds: a display that was updated keeps its last state. */
  saved(): Rendered[] {
    const outputs: { rendered: Rendered; display?: string }[] = [];
    for (const message of this.sent) {
      const old = message.update
        ? outputs.find(({ display }) => display === message.display)
        : undefined;
      if (old) old.rendered = message.rendered;
      else if (!message.update) outputs.push({ ...message });
    }
    return outputs.map(({ rendered }) => rendered);
  }
}

/** A clock that moves when it is told to. */
export function createClock(): { now: () => number; milliseconds: number } {
  const clock = { milliseconds: 0, now: () => clock.milliseconds };
  return clock;
}
