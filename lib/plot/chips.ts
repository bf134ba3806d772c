import { html, Markup } from "./html.ts";
import { GRID, INK, PALETTE, SOFT_INK } from "./template.ts";

/** A piece of text in a coloured box. */
export interface Chip {
  /** What stands in the box. */
  readonly text: string;
  /** Below the text, small: a number, a tag. */
  readonly below?: string | number;
  /**
   * Which colour: chips of one group share one; absent: gray. Whole numbers take the palette's colours
   * in order.
   */
  readonly group?: number;
  /** How strong the colour is, in [0, 1]. Default 1. */
  readonly strength?: number;
  /** Shown when the pointer rests on the chip. */
  readonly hint?: string;
}

/** Options of {@linkcode chips}. */
export interface ChipsOptions {
  /** Before the chips. */
  readonly label?: string;
  /** What the groups mean, in their order, below the chips. */
  readonly legend?: readonly string[];
}

/**
 * A row of words or pieces in coloured boxes: the pieces of a sentence, the tags of its words, what was
 * hidden.
 *
 * @example
 * ```ts
 * import { chips } from "./chips.ts";
 * import { show } from "./show.ts";
 *
 * await show(chips([
 *   { text: "un", below: 4895, group: 0 },
 *   { text: "##aff", below: 14539, group: 0 },
 *   { text: "!", below: 999 },
 * ], { label: "pieces" }));
 * ```
 */
export function chips(row: readonly Chip[], options: ChipsOptions = {}): Markup {
  const boxes = row.map(({ text, below, group, strength = 1, hint }) => {
    const color = group === undefined ? GRID : PALETTE[group % PALETTE.length];
    const share = Math.round(
      100 * Math.min(1, Math.max(0, strength)) * (group === undefined ? 1 : 0.35),
    );
    const style =
      `display:inline-block;margin:2px;padding:2px 6px;border-radius:4px;text-align:center;` +
      `color:${INK};border:1px solid ${color};` +
      `background:color-mix(in srgb, ${color} ${share}%, white)`;
    const small = below === undefined ? "" : html`
      <br><small style="color:${SOFT_INK}">${below}</small>
    `;
    return html`
      <span style="${style}" title="${hint ?? ""}">${text}${small}</span>
    `;
  });
  const label = options.label
    ? html`
      <b style="margin-right:6px">${options.label}</b>
    `
    : "";
  const legend = options.legend
    ? html`
      <div style="margin-top:4px">${options.legend.map((meaning, k) =>
        html`
          <small style="margin-right:12px"><span style="color:${PALETTE[
            k % PALETTE.length
          ]}">■</span> ${meaning}</small>
        `
      )}</div>
    `
    : "";
  const { source } = html`
    <div style="line-height:1.7">${label}${boxes}${legend}</div>
  `;
  const plain = row.map(({ text, below }) => below === undefined ? text : `${text} (${below})`)
    .join(" ");
  return new Markup("text/html", source, options.label ? `${options.label}: ${plain}` : plain);
}
