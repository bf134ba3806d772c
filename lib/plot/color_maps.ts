import { PALETTE } from "./template.ts";

/** Colour maps for numbers: stops from 0 to 1, as Plotly's `colorscale` wants them. */
export type ColorScale = readonly (readonly [stop: number, color: string])[];

/** The names of the colour maps. */
export type ColorMapName = "viridis" | "gray" | "blues" | "diverging";

/**
 * - `viridis`: even steps look even, also without colour (S. van der Walt, N. Smith, 2015; sampled at ten places).
 * - `gray`: black to white.
 * - `blues`: white to blue; for counts, where 0 is nothing.
 * - `diverging`: blue, white, vermilion; for numbers with a sign, 0 in the middle.
 */
export const COLOR_MAPS: Record<ColorMapName, ColorScale> = {
  viridis: [
    "#440154",
    "#482878",
    "#3E4989",
    "#31688E",
    "#26828E",
    "#1F9E89",
    "#35B779",
    "#6DCD59",
    "#B4DE2C",
    "#FDE725",
  ].map((color, k) => [k / 9, color] as const),
  gray: [[0, "#000000"], [1, "#FFFFFF"]],
  blues: [[0, "#FFFFFF"], [0.5, "#7DB3D5"], [1, "#00507F"]],
  diverging: [
    [0, "#004B77"],
    [0.25, "#5AA2CC"],
    [0.5, "#FAFAFA"],
    [0.75, "#EB9A6B"],
    [1, "#A64800"],
  ],
};

/** A colour as one number, 0xRRGGBB. */
export function parseColor(hex: string): number {
  return parseInt(hex.slice(1), 16);
}

/** `a` and `b` mixed: weight 0 gives `a`, 1 gives `b`. Colours are 0xRRGGBB. */
export function mix(a: number, b: number, weight: number): number {
  let mixed = 0;
  for (const shift of [16, 8, 0]) {
    const from = (a >> shift) & 255, to = (b >> shift) & 255;
    mixed |= Math.round(from + (to - from) * weight) << shift;
  }
  return mixed;
}

/** The colour 0xRRGGBB of `value` in [0, 1]; outside is clamped. */
export function mapColor(map: ColorMapName, value: number): number {
  const scale = COLOR_MAPS[map];
  const v = Math.min(1, Math.max(0, value));
  let k = 1;
  while (k < scale.length - 1 && v > scale[k][0]) k++;
  const [from, a] = scale[k - 1], [to, b] = scale[k];
  return mix(parseColor(a), parseColor(b), (v - from) / (to - from));
}

/**
 * The colour of a label: 0 is black, and labels that follow one another get hues far apart (steps of
 * the golden angle) in three lightnesses. It repeats after 90 labels.
 */
export function labelColor(label: number): number {
  if (label === 0) return 0x000000;
  const k = Math.abs(label - 1) % 90;
  if (k < 5) return parseColor(PALETTE[[0, 4, 2, 3, 5][k]]); // few classes: the palette itself
  const lightness = [0.62, 0.48, 0.76][k % 3];
  return hsl((k * 137.508) % 360, 0.62, lightness);
}

function hsl(hue: number, saturation: number, lightness: number): number {
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const a = saturation * Math.min(lightness, 1 - lightness);
    return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return (channel(0) << 16) | (channel(8) << 8) | channel(4);
}
