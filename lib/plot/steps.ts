import type { Markup } from "./html.ts";
import { type Displayable, escapeHtml, jupyterDisplay, type Rendered } from "./mime.ts";

/** Options of {@linkcode steps}. */
export interface StepsOptions {
  /** One sentence below each step. */
  readonly captions?: readonly string[];
  /** Steps a second while it plays. Default 2. */
  readonly perSecond?: number;
  /** Which step stands at first. Default 0. */
  readonly start?: number;
}

/**
 * Pieces of HTML to be stepped through, with a slider and a button that plays them: what `film` is for
 * pictures. It works without a kernel, in a saved notebook and in an HTML export.
 */
export class Steps implements Displayable {
  /** The steps. */
  readonly frames: readonly Markup[];
  readonly #options: StepsOptions;

  constructor(frames: readonly Markup[], options: StepsOptions) {
    this.frames = frames;
    this.#options = options;
  }

  /** `text/html` and the text. */
  render(): Rendered {
    const { captions = [], perSecond = 2, start = 0 } = this.#options;
    const last = this.frames.length - 1;
    const shown = this.frames.map((frame, k) =>
      `<div class="step"${k === start ? "" : " hidden"}>${frame.source}` +
      `<p>${escapeHtml(captions[k] ?? "")}</p></div>`
    );
    // Handlers in attributes: no global name, and any number of these on one page.
    const turn = "const f = this.closest('.steps').querySelectorAll('.step');" +
      "f.forEach((g, k) => g.hidden = k != this.value)";
    const play = "const s = this.closest('.steps').querySelector('input');" +
      "if (this.timer) { clearInterval(this.timer); this.timer = 0; this.textContent = 'play'; }" +
      `else { if (s.value == ${last}) s.value = -1; this.textContent = 'stop';` +
      "this.timer = setInterval(() => { s.value = +s.value + 1; s.oninput();" +
      `if (s.value == ${last}) this.onclick(); }, ${Math.round(1000 / perSecond)}); }`;
    const source = `<div class="steps">${shown.join("")}` +
      `<button type="button" onclick="${play}">play</button> ` +
      `<input type="range" min="0" max="${last}" value="${start}" style="width:320px" ` +
      `aria-label="step" oninput="${turn}"></div>`;
    return { data: { "text/html": source, "text/plain": this.toString() } };
  }

  /** The first and the last step in words. */
  toString(): string {
    const { captions = [] } = this.#options;
    const last = this.frames.length - 1;
    const told = (k: number) => `step ${k + 1}: ${captions[k] ?? ""} ${this.frames[k].plain}`;
    return [`${this.frames.length} steps`, told(0), ...(last > 0 ? [told(last)] : [])].join("\n");
  }

  [jupyterDisplay](): Record<string, unknown> {
    return { ...this.render().data };
  }
}

/**
 * Steps of an algorithm that works on text.
 *
 * @param frames at least one
 * @throws {RangeError} if there is no step
 *
 * @example
 * ```ts
 * import { html } from "./html.ts";
 * import { show } from "./show.ts";
 * import { steps } from "./steps.ts";
 *
 * await show(steps([html`h u g s`, html`h ug s`, html`hugs`], { captions: ["letters", "u + g", "all"] }));
 * ```
 */
export function steps(frames: readonly Markup[], options: StepsOptions = {}): Steps {
  if (frames.length === 0) throw new RangeError("steps was given none; it needs at least one");
  return new Steps(frames, options);
}
