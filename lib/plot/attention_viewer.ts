import { matrixChart } from "./matrix_chart.ts";
import { type Displayable, escapeHtml, jupyterDisplay, type Rendered } from "./mime.ts";
import { FONT, INK, PALETTE } from "./template.ts";

/** The attention of one layer. */
export interface AttentionLayer {
  /** [A, T, T] row-major: head, who looks, at whom; every row adds up to 1. */
  readonly values: ArrayLike<number>;
  /** A. */
  readonly heads: number;
}

/** Options of {@linkcode attentionViewer}. */
export interface AttentionViewerOptions {
  /** Layer shown first, from 0. Default 0. */
  readonly layer?: number;
  /** Head shown first, from 0. Default 0. */
  readonly head?: number;
}

/**
 * Who looks at whom, as lines between two columns of words: choose layer and head, point at a word to
 * see only its lines. All numbers are in the page (two digits each), so that it works without a kernel,
 * in a saved notebook and in an HTML export; elsewhere the chosen head stands as a picture.
 */
export class AttentionViewer implements Displayable {
  /** The T pieces. */
  readonly tokens: readonly string[];
  /** The layers, the lowest first. */
  readonly layers: readonly AttentionLayer[];
  readonly #options: AttentionViewerOptions;

  constructor(
    tokens: readonly string[],
    layers: readonly AttentionLayer[],
    options: AttentionViewerOptions,
  ) {
    const T = tokens.length;
    layers.forEach(({ values, heads }, k) => {
      if (values.length === heads * T * T) return;
      throw new RangeError(
        `layer ${k} has ${values.length} numbers, expected ${heads} heads x ${T} x ${T} tokens`,
      );
    });
    if (layers.length === 0) throw new RangeError("attentionViewer needs at least one layer");
    this.tokens = tokens;
    this.layers = layers;
    this.#options = options;
  }

  /** `text/html`, the chosen head as `image/svg+xml`, and the text. */
  render(): Rendered {
    const { layer = 0, head = 0 } = this.#options;
    return {
      data: {
        "text/html": this.#html(layer, head),
        "image/svg+xml": this.picture(layer, head).toSvg(),
        "text/plain": this.picture(layer, head).toString(),
      },
    };
  }

  /** One head as a matrix. */
  picture(layer: number, head: number) {
    const T = this.tokens.length;
    const { values } = this.layers[layer];
    return matrixChart([{
      title: `layer ${layer + 1}, head ${head + 1}`,
      values: Array.from({ length: T * T }, (_, i) => values[head * T * T + i]),
      rows: this.tokens,
      columns: this.tokens,
    }], { range: [0, 1], note: "rows look at columns" });
  }

  #html(layer: number, head: number): string {
    const T = this.tokens.length;
    const high = 20, width = 460, left = 150, right = width - 150;
    // Two characters a number: hundredths, 0 to 100, in base 36.
    const packed = this.layers.map(({ values, heads }) =>
      Array.from({ length: heads }, (_, a) => {
        let text = "";
        for (let i = 0; i < T * T; i++) {
          text += Math.round(100 * values[a * T * T + i]).toString(36).padStart(2, "0");
        }
        return text;
      })
    );
    const words = (x: number, anchor: string, side: string) =>
      this.tokens.map((token, t) =>
        `<text class="${side}" data-t="${t}" x="${x}" y="${
          high * (t + 1)
        }" text-anchor="${anchor}" ` +
        `font-size="13" fill="${INK}" style="cursor:default">${escapeHtml(token)}</text>`
      ).join("");
    const select = (name: string, count: number, chosen: number) =>
      `<label>${name} <select class="${name}">` +
      Array.from(
        { length: count },
        (_, k) => `<option value="${k}"${k === chosen ? " selected" : ""}>${k + 1}</option>`,
      ).join("") +
      "</select></label> ";
    // Everything hangs on the element that stands before the script: no global name.
    const script = `(() => {
const root = document.currentScript.previousElementSibling, data = ${
      JSON.stringify(packed)
    }, T = ${T};
const get = (c) => root.querySelector("." + c), lines = get("lines"), colors = ${
      JSON.stringify(PALETTE)
    };
let only = -1;
const draw = () => {
  const l = +get("layer").value, a = +get("head").value, text = data[l][a];
  let out = "";
  for (let f = 0; f < T; f++) for (let t = 0; t < T; t++) {
    if (only >= 0 && f !== only) continue;
    const w = parseInt(text.substr(2 * (f * T + t), 2), 36) / 100;
    if (w < 0.02) continue;
    out += '<line x1="${left + 6}" y1="' + (${high} * (f + 1) - 5) + '" x2="${
      right - 6
    }" y2="' + (${high} * (t + 1) - 5) +
      '" stroke="' + colors[a % colors.length] + '" stroke-width="' + (0.5 + 3 * w) + '" opacity="' + w + '"/>';
  }
  lines.innerHTML = out;
  root.querySelectorAll("text").forEach((e) => e.setAttribute("opacity",
    only < 0 || e.classList.contains("to") || +e.dataset.t === only ? 1 : 0.35));
};
get("layer").onchange = () => {
  const heads = data[+get("layer").value].length, s = get("head"), was = Math.min(+s.value, heads - 1);
  s.innerHTML = Array.from({ length: heads }, (_, k) => "<option value=" + k + ">" + (k + 1) + "</option>").join("");
  s.value = was; draw();
};
get("head").onchange = draw;
root.querySelectorAll(".from").forEach((e) => {
  e.onmouseenter = () => { only = +e.dataset.t; draw(); };
  e.onmouseleave = () => { only = -1; draw(); };
});
draw();
})()`;
    return `<div class="attention" style="font-family:${FONT};background:#FFFFFF;color:${INK};padding:6px">` +
      select("layer", this.layers.length, layer) + select("head", this.layers[layer].heads, head) +
      `<small>point at a word on the left</small><br>` +
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${high * (T + 1)}">` +
      `<g class="lines"></g>${words(left, "end", "from")}${
        words(right, "start", "to")
      }</svg></div>` +
      `<script>${script}</script>`;
  }

  [jupyterDisplay](): Record<string, unknown> {
    return { ...this.render().data };
  }
}

/**
 * Who looks at whom in a Transformer.
 *
 * @param tokens the T pieces
 * @param layers the attention of every layer, the lowest first
 * @throws {RangeError} where the numbers do not fit the tokens
 *
 * @example
 * ```ts
 * import { attentionViewer } from "./attention_viewer.ts";
 * import { show } from "./show.ts";
 *
 * const values = [1, 0, 0.5, 0.5]; // one head, two words
 * await show(attentionViewer(["she", "sleeps"], [{ values, heads: 1 }]));
 * ```
 */
export function attentionViewer(
  tokens: readonly string[],
  layers: readonly AttentionLayer[],
  options: AttentionViewerOptions = {},
): AttentionViewer {
  return new AttentionViewer(tokens, layers, options);
}
