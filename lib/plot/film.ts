import { type Displayable, escapeHtml, jupyterDisplay, type Rendered, toBase64 } from "./mime.ts";
import type { Picture } from "./image_grid.ts";

/** Options of {@linkcode film}. */
export interface FilmOptions {
  /** One sentence below each frame. */
  readonly captions?: readonly string[];
  /** Frames a second while it plays. Default 4. */
  readonly perSecond?: number;
  /** Which frame stands at first. Default 0. */
  readonly start?: number;
}

/**
 * Pictures to be stepped through, with a slider and a button that plays them. It works without a
 * kernel, in a saved notebook and in an HTML export; where scripts are removed (GitHub) the frames
 * stand one after the other.
 */
export class Film implements Displayable {
  /** The frames. */
  readonly frames: readonly Picture[];
  readonly #options: FilmOptions;

  constructor(frames: readonly Picture[], options: FilmOptions) {
    this.frames = frames;
    this.#options = options;
  }

  /** `text/html`, the last frame as `image/png`, and the text. */
  render(): Rendered {
    const { captions = [], perSecond = 4, start = 0 } = this.#options;
    const drawn = this.frames.map((frame) => frame.draw());
    const figures = drawn.map(({ png, width, height }, k) =>
      `<figure style="margin:0"${k === start ? "" : " hidden"}>` +
      `<img width="${width}" height="${height}" alt="frame ${k + 1}" ` +
      `src="data:image/png;base64,${toBase64(png)}">` +
      `<figcaption>${escapeHtml(captions[k] ?? "")}</figcaption></figure>`
    );
    const last = drawn.length - 1;
    // Handlers in attributes: no global name, and any number of films on one page.
    const turn = "const f = this.closest('.film').querySelectorAll('figure');" +
      "f.forEach((g, k) => g.hidden = k != this.value)";
    const play = "const s = this.closest('.film').querySelector('input');" +
      "if (this.timer) { clearInterval(this.timer); this.timer = 0; this.textContent = 'play'; }" +
      `else { if (s.value == ${last}) s.value = -1; this.textContent = 'stop';` +
      "this.timer = setInterval(() => { s.value = +s.value + 1; s.oninput();" +
      `if (s.value == ${last}) this.onclick(); }, ${Math.round(1000 / perSecond)}); }`;
    const html = `<div class="film">${figures.join("")}` +
      `<button type="button" onclick="${play}">play</button> ` +
      `<input type="range" min="0" max="${last}" value="${start}" style="width:320px" ` +
      `aria-label="frame" oninput="${turn}"></div>`;
    const { png, width, height } = drawn[last];
    return {
      data: {
        "text/html": html,
        "image/png": toBase64(png),
        "text/plain": this.toString(),
      },
      metadata: { "image/png": { width, height } },
    };
  }

  /** The film in words: how many frames, and the first and the last of them. */
  toString(): string {
    const { captions = [] } = this.#options;
    const last = this.frames.length - 1;
    const told = (k: number) => `frame ${k + 1}: ${captions[k] ?? this.frames[k]}`;
    return [
      `Film of ${this.frames.length} frames`,
      `  ${told(0)}`,
      ...(last > 0 ? [`  ${told(last)}`] : []),
    ].join("\n");
  }

  [jupyterDisplay](): Record<string, unknown> {
    return { ...this.render().data };
  }
}

/**
 * Pictures to be stepped through: what an algorithm does, step by step.
 *
 * @param frames at least one picture, best all of one size
 * @param options captions, speed, the frame to begin with
 * @throws {RangeError} if there is no frame
 *
 * @example
 * ```ts
 * import { film } from "./film.ts";
 * import { imageGrid } from "./image_grid.ts";
 * import { show } from "./show.ts";
 *
 * const at = (x: number) => ({ data: Int32Array.of(0, 0, 0).fill(1, x, x + 1), width: 3, height: 1 });
 * const frames = [0, 1, 2].map((x) => imageGrid([at(x)]));
 * await show(film(frames, { captions: ["left", "middle", "right"] }));
 * ```
 */
export function film(frames: readonly Picture[], options: FilmOptions = {}): Film {
  if (frames.length === 0) {
    throw new RangeError("film was given no frame; it needs at least one picture");
  }
  return new Film(frames, options);
}
