import { Figure, legendHeight } from "./figure.ts";
import { thin } from "./line_chart.ts";
import { escapeLabel, type Rendered } from "./mime.ts";
import { type MovingLine, type MovingPanel, movingSvg } from "./moving_chart.ts";
import { defaultOutput, type Output } from "./notebook.ts";
import { clockText, numberText } from "./number_text.ts";
import { PALETTE, SOFT_INK } from "./template.ts";

/** What the training loop reports once a step. */
export interface LiveStep {
  /** Number of the step, from 1. */
  step: number;
  /** Loss of this step's batch. */
  loss: number;
  /** Step size of the optimizer. */
  learningRate?: number;
  /** Length of the gradient over all parameters. */
  gradientNorm?: number;
  /** Seconds since training began. */
  seconds?: number;
}

/** Options of {@linkcode livePlot}. */
export interface LivePlotOptions {
  /** Default "Training". */
  title?: string;
  /** How many steps there will be: fixes the horizontal axis and gives the time left. */
  steps?: number;
  /** Name of the loss with its unit. Default "loss". */
  lossLabel?: string;
  /** Powers of ten at equal distances for the loss. Default false. */
  logLoss?: boolean;
  /**
   * Share of the past in the smoothed line, an exponential moving average with its start corrected
   * (as in Adam). Default 0.9; 0 draws no smoothed line.
   */
  smoothing?: number;
  /**
   * What the second panel shows. `"validation"` is what `addValidation` brings; it appears with the
   * first value. Default `"validation"`.
   */
  panel?: "validation" | "learningRate" | "gradientNorm" | "none";
  /** Name of the second panel's axis. */
  panelLabel?: string;
  /** Least time between two pictures in milliseconds. Default 250. */
  every?: number;
  /** Where to; the default is the running cell, or the console. */
  output?: Output;
  /** The clock in milliseconds; the default is `performance.now`. */
  now?: () => number;
}

/** Points drawn while the curve moves; the last picture has them all, up to a screen's worth. */
const MOVING_POINTS = 400;
const FINAL_POINTS = 4000;

function heightOf(panels: number): number {
  return panels > 1 ? 480 : 380;
}

/** A loss curve that grows while a net learns. */
export class LivePlot {
  readonly #options: LivePlotOptions;
  readonly #output: Output;
  readonly #now: () => number;
  readonly #every: number;
  readonly #display = `live-${crypto.randomUUID()}`;
  readonly #steps: LiveStep[] = [];
  readonly #smooth: number[] = [];
  readonly #validation = new Map<string, { step: number; value: number }[]>();
  #average = 0;
  #shown = false;
  #sent = -Infinity;
  #sending?: Promise<void>;
  #finished = false;

  constructor(options: LivePlotOptions = {}) {
    const smoothing = options.smoothing ?? 0.9;
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new RangeError(`livePlot was given smoothing ${smoothing}; it must be in [0, 1)`);
    }
    this.#options = { ...options, smoothing };
    this.#output = options.output ?? defaultOutput();
    this.#now = options.now ?? (() => performance.now());
    this.#every = options.every ?? 250;
  }

  /** Every step so far. */
  get steps(): readonly LiveStep[] {
    return this.#steps;
  }

  /**
   * Adds a step. Most calls only remember it (microseconds); at most every 250 ms, and never while
   * the last one is still on its way, the picture is sent.
   */
  async add(step: LiveStep): Promise<void> {
    this.#steps.push({ ...step });
    const beta = this.#options.smoothing!;
    if (Number.isFinite(step.loss)) this.#average = beta * this.#average + (1 - beta) * step.loss;
    this.#finite += Number.isFinite(step.loss) ? 1 : 0;
    this.#smooth.push(this.#finite > 0 ? this.#average / (1 - beta ** this.#finite) : NaN);
    await this.#refresh();
  }
  #finite = 0;

  /**
   * Adds values measured on held-out data after `step`: a line a name in the second panel.
   *
   * @example
   * ```ts
   * import { livePlot } from "./live_plot.ts";
   *
   * const live = livePlot({ panelLabel: "pixel error" });
   * await live.add({ step: 1, loss: 0.7 });
   * await live.addValidation(1, { "pixel error": 0.21 });
   * await live.done();
   * ```
   */
  async addValidation(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const line = this.#validation.get(name) ?? [];
      line.push({ step, value });
      this.#validation.set(name, line);
    }
    await this.#refresh();
  }

  /**
   * Sends the finished curve with its static picture: what a saved notebook, an HTML export and
   * GitHub show. Call it also when training was stopped.
   */
  async done(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await this.#sending;
    if (this.#shown) await this.#output.send(this.moving(), this.#display, true); // the rest is slower
    await this.#output.send(await this.figure().render(), this.#display, this.#shown);
  }

  /** Lets `using` finish the curve, also after an error: `await using live = livePlot()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.done();
  }

  /** The state in words. */
  toString(): string {
    const { steps, lossLabel = "loss", title = "Training" } = this.#options;
    const last = this.#steps.at(-1);
    if (!last) return `${title}: no step yet`;
    const first = this.#steps[0];
    const parts = [`step ${last.step}${steps ? ` of ${steps}` : ""}`];
    const smooth = this.#smooth.at(-1)!;
    parts.push(`${lossLabel} ${numberText(first.loss, 3)} → ${numberText(smooth, 3)}`);
    for (const [name, line] of this.#validation) {
      parts.push(`${name} ${numberText(line.at(-1)!.value, 3)}`);
    }
    if (last.seconds !== undefined && last.seconds > 0) {
      const rate = last.step / last.seconds;
      parts.push(`${clockText(last.seconds)} (${numberText(rate, 2)} steps/s)`);
      if (steps && !this.#finished) parts.push(`${clockText((steps - last.step) / rate)} left`);
    }
    return `${title}: ${parts.join(", ")}`;
  }

  /** The curve as an interactive chart. */
  figure(): Figure {
    const { steps, logLoss = false, title } = this.#head();
    const panels = this.#panels(FINAL_POINTS);
    const data = panels.flatMap(({ lines }, k) =>
      lines.map((line) => ({
        type: "scatter",
        mode: line.markers ? "lines+markers" : "lines",
        name: escapeLabel(line.name),
        x: line.x,
        y: line.y,
        line: { color: line.color, width: line.width },
        opacity: line.opacity,
        ...(line.markers ? { marker: { size: 6, color: line.color }, cliponaxis: false } : {}),
        ...(k > 0 ? { yaxis: "y2" } : {}),
      }))
    );
    const [first, second] = panels;
    const state = String(this);
    const layout = {
      title: {
        text: escapeLabel(title),
        subtitle: {
          text: escapeLabel(state.slice(title.length + 2)),
          font: { size: 12, color: SOFT_INK },
        },
      },
      height: heightOf(panels.length),
      margin: { t: 68 + legendHeight(data.map(({ name }) => name)) },
      showlegend: true,
      xaxis: {
        title: { text: "step" },
        range: steps ? this.#stepRange() : undefined,
        rangemode: "tozero",
        anchor: second ? "y2" : "y",
      },
      yaxis: {
        title: { text: escapeLabel(first.label) },
        ...(logLoss ? { type: "log" } : { rangemode: "tozero" }),
        domain: second ? [0.42, 1] : [0, 1],
      },
      ...(second
        ? { yaxis2: { title: { text: escapeLabel(second.label) }, domain: [0, 0.32], anchor: "x" } }
        : {}),
    };
    return new Figure(data, layout, state);
  }

  /** The curve as it is sent while it grows: an SVG of ours in HTML, and the state in words. */
  moving(): Rendered {
    const { title } = this.#head();
    const panels = this.#panels(MOVING_POINTS);
    const state = String(this);
    const svg = movingSvg({
      title,
      subtitle: state.slice(title.length + 2),
      xLabel: "step",
      xRange: this.#stepRange(),
      panels: panels.map((panel, k) => ({
        ...panel,
        share: panels.length === 1 ? 1 : [0.64, 0.36][k],
      })),
      height: heightOf(panels.length),
    });
    return { data: { "text/html": svg, "text/plain": state } };
  }

  #head() {
    return { title: "Training", ...this.#options };
  }

  #stepRange(): [number, number] {
    return [0, Math.max(this.#options.steps ?? 0, this.#steps.at(-1)?.step ?? 0, 1)];
  }

  #panels(most: number): MovingPanel[] {
    const { lossLabel = "loss", logLoss = false, smoothing } = this.#options;
    const losses = this.#steps.map(({ loss }) => loss);
    const kept = thin(losses, most) ?? losses.map((_, k) => k);
    const x = kept.map((k) => this.#steps[k].step);
    const smoothed = smoothing! > 0 && losses.length > 1;
    const lines: MovingLine[] = [{
      name: "every step",
      x,
      y: kept.map((k) => losses[k]),
      color: PALETTE[0],
      width: 1,
      opacity: smoothed ? 0.35 : 1,
      markers: losses.length === 1,
    }];
    if (smoothed) {
      lines.push({
        name: `moving average (β = ${smoothing})`,
        x,
        y: kept.map((k) => this.#smooth[k]),
        color: PALETTE[0],
        width: 2.5,
        opacity: 1,
        markers: false,
      });
    }
    const panels: MovingPanel[] = [{ label: lossLabel, log: logLoss, fromZero: !logLoss, lines }];
    const second = this.#secondPanel();
    if (second) {
      panels.push({
        label: second.label,
        log: false,
        fromZero: false,
        lines: second.lines.map(([name, points], k) => {
          const few = thin(points.map(({ value }) => value), MOVING_POINTS);
          const drawn = few ? few.map((i) => points[i]) : points;
          return {
            name,
            x: drawn.map(({ step }) => step),
            y: drawn.map(({ value }) => value),
            color: PALETTE[(k + 1) % PALETTE.length],
            width: 2,
            opacity: 1,
            markers: drawn.length <= 40,
          };
        }),
      });
    }
    return panels;
  }

  #secondPanel():
    | { label: string; lines: [string, { step: number; value: number }[]][] }
    | undefined {
    const { panel = "validation", panelLabel } = this.#options;
    if (panel === "none") return undefined;
    if (panel === "validation") {
      if (this.#validation.size === 0) return undefined;
      return { label: panelLabel ?? "held-out", lines: [...this.#validation] };
    }
    const name = panel === "learningRate" ? "learning rate" : "gradient norm";
    const points = this.#steps.flatMap((step) => {
      const value = step[panel];
      return value === undefined ? [] : [{ step: step.step, value }];
    });
    return points.length > 0 ? { label: panelLabel ?? name, lines: [[name, points]] } : undefined;
  }

  async #refresh(): Promise<void> {
    if (this.#finished || !this.#output.live || this.#sending) return;
    if (this.#now() - this.#sent < this.#every) return;
    this.#sent = this.#now();
    const update = this.#shown;
    this.#shown = true;
    this.#sending = this.#output.send(this.moving(), this.#display, update);
    try {
      await this.#sending;
    } finally {
      this.#sending = undefined;
    }
  }
}

/**
 * A live loss curve: raw values faint, a smoothed line on top, held-out values (or the learning
 * rate, or the gradient's length) in a second panel. Outside a notebook it prints its last state.
 *
 * @example
 * ```ts
 * import { livePlot } from "./live_plot.ts";
 *
 * const live = livePlot({ title: "U-Net on phantoms", steps: 100 });
 * for (let step = 1; step <= 100; step++) {
 *   await live.add({ step, loss: 1 / step, seconds: step / 10 });
 * }
 * await live.done();
 * ```
 */
export function livePlot(options: LivePlotOptions = {}): LivePlot {
  return new LivePlot(options);
}
