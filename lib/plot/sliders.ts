import type { Picture } from "./image_grid.ts";
import { type Displayable, escapeHtml, jupyterDisplay, type Rendered, toBase64 } from "./mime.ts";
import { numberText } from "./number_text.ts";

/** Options of {@linkcode sliders}. */
export interface SlidersOptions<Name extends string> {
  /** Where the sliders stand at first; one of each parameter's values. Default: the first. */
  readonly start?: Readonly<Partial<Record<Name, number>>>;
  /** One sentence below the picture. */
  readonly caption?: (values: Readonly<Record<Name, number>>) => string;
}

/** One picture for every combination of values. */
interface Frame {
  readonly picture: Picture;
  readonly caption: string;
}

/**
 * A picture that depends on some numbers, with a slider for each. All combinations are drawn beforehand, so
 * it works without a kernel, in a saved notebook and in an HTML export; where scripts are removed (GitHub)
 * the picture of the start values stands there.
 */
export class Sliders implements Displayable {
  readonly #names: readonly string[];
  readonly #values: readonly (readonly number[])[];
  readonly #start: readonly number[];
  readonly #frames: readonly Frame[];

  /** @param start position of each slider; `frames` counts the last parameter fastest */
  constructor(
    names: readonly string[],
    values: readonly (readonly number[])[],
    start: readonly number[],
    frames: readonly Frame[],
  ) {
    this.#names = names;
    this.#values = values;
    this.#start = start;
    this.#frames = frames;
  }

  /** `text/html`, the picture at the start values as `image/png`, and the text. */
  render(): Rendered {
    const drawn = this.#frames.map(({ picture, caption }) => {
      const { png, width, height } = picture.draw();
      return { png: toBase64(png), width, height, caption };
    });
    const { png, width, height, caption } = drawn[this.#at(this.#start)];
    const state = {
      values: this.#values.map((list) => list.map((value) => numberText(value))),
      frames: drawn.map(({ png, caption }) => [png, caption]),
    };
    // A handler in an attribute: no global name, and any number of these on one page.
    const turn = "const box = this.closest('.sliders');" +
      "box.state ??= JSON.parse(box.dataset.state);" +
      "let at = 0;" +
      "box.querySelectorAll('input').forEach((s, k) => {" +
      "at = at * box.state.values[k].length + Number(s.value);" +
      "s.nextElementSibling.textContent = box.state.values[k][s.value]; });" +
      "box.querySelector('img').src = 'data:image/png;base64,' + box.state.frames[at][0];" +
      "box.querySelector('p').textContent = box.state.frames[at][1]";
    const inputs = this.#names.map((name, k) =>
      `<label style="display:inline-block;margin-right:28px">${escapeHtml(name)} ` +
      `<input type="range" min="0" max="${this.#values[k].length - 1}" value="${this.#start[k]}" ` +
      `style="width:200px;vertical-align:middle" oninput="${turn}"> ` +
      `<b style="display:inline-block;min-width:3em">${state.values[k][this.#start[k]]}</b></label>`
    );
    const html = `<div class="sliders" data-state="${escapeHtml(JSON.stringify(state))}">` +
      `${inputs.join("")}<br><img width="${width}" height="${height}" alt="the picture" ` +
      `src="data:image/png;base64,${png}"><p>${escapeHtml(caption)}</p></div>`;
    return {
      data: { "text/html": html, "image/png": png, "text/plain": this.toString() },
      metadata: { "image/png": { width, height } },
    };
  }

  /** The ranges of the sliders, and the picture at the start values in words. */
  toString(): string {
    const { picture, caption } = this.#frames[this.#at(this.#start)];
    const ranges = this.#names.map((name, k) =>
      `${name} in ${this.#values[k].map((value) => numberText(value)).join(", ")}`
    );
    const now = this.#names.map((name, k) =>
      `${name} = ${numberText(this.#values[k][this.#start[k]])}`
    );
    return [`Sliders: ${ranges.join("; ")}`, `At ${now.join(", ")}: ${caption}`, `${picture}`]
      .join("\n");
  }

  #at(positions: readonly number[]): number {
    return positions.reduce((at, position, k) => at * this.#values[k].length + position, 0);
  }

  [jupyterDisplay](): Record<string, unknown> {
    return { ...this.render().data };
  }
}

/**
 * A picture with a slider for every number that it depends on. Every combination is drawn at once and kept
 * in the notebook: two sliders of six values are 36 pictures, so keep them small.
 *
 * @param parameters the values that each slider steps through
 * @param draw the picture for one combination; all of one size
 * @param options where the sliders start, and a caption
 * @throws {RangeError} if a parameter has no value, or a start value is none of its values
 *
 * @example
 * ```ts
 * import { imageGrid } from "./image_grid.ts";
 * import { show } from "./show.ts";
 * import { sliders } from "./sliders.ts";
 *
 * const spot = (x: number, y: number) => ({ data: new Int32Array(9).fill(1, 3 * y + x, 3 * y + x + 1), width: 3, height: 3 });
 * await show(sliders({ x: [0, 1, 2], y: [0, 1, 2] }, ({ x, y }) => imageGrid([spot(x, y)]), {
 *   start: { x: 1 },
 *   caption: ({ x, y }) => `column ${x}, row ${y}`,
 * }));
 * ```
 */
export function sliders<Name extends string>(
  parameters: Readonly<Record<Name, readonly number[]>>,
  draw: (values: Readonly<Record<Name, number>>) => Picture,
  options: SlidersOptions<Name> = {},
): Sliders {
  const { start, caption = () => "" } = options;
  const names = Object.keys(parameters) as Name[];
  if (names.length === 0) throw new RangeError("sliders was given no parameter; it needs one");
  const values = names.map((name) => parameters[name]);
  const positions = names.map((name, k) => {
    if (values[k].length === 0) throw new RangeError(`sliders: "${name}" has no value`);
    const wanted = start?.[name];
    const position = wanted === undefined ? 0 : values[k].indexOf(wanted);
    if (position < 0) {
      throw new RangeError(
        `sliders: "${name}" cannot start at ${wanted}; its values are ${values[k].join(", ")}`,
      );
    }
    return position;
  });
  let combinations: number[][] = [[]];
  for (const list of values) {
    combinations = combinations.flatMap((head) => list.map((value) => [...head, value]));
  }
  const frames = combinations.map((combination) => {
    const named = Object.fromEntries(names.map((name, k) => [name, combination[k]])) as Record<
      Name,
      number
    >;
    return { picture: draw(named), caption: caption(named) };
  });
  return new Sliders(names, values, positions, frames);
}
