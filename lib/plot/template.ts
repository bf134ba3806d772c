/**
 * The look of every chart and picture, in one place. Our choices: Okabe and Ito's colours, which
 * people with any colour vision can tell apart; a white card, because a saved picture is read on
 * light and dark pages alike; few lines; the title on the left, where reading starts.
 *
 * Okabe and Ito, "Color Universal Design", 2008; yellow stands last because it is faint on white.
 */
export const PALETTE: readonly string[] = [
  "#0072B2", // blue
  "#D55E00", // vermilion
  "#009E73", // bluish green
  "#CC79A7", // reddish purple
  "#E69F00", // orange
  "#56B4E9", // sky blue
  "#5B5B5B", // gray
  "#B8A800", // yellow, darkened until it shows on white
];

/** Font families; no name needs quotes, which static SVG writers stumble over. */
export const FONT = "Inter, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif";
/** Text. */
export const INK = "#24292F";
/** Secondary text: captions, notes. */
export const SOFT_INK = "#57606A";
/** Frames and axis lines. */
export const LINE = "#AFB8C1";
/** Grid lines. */
export const GRID = "#E6E9EC";
/** The card. */
export const PAPER = "#FFFFFF";
/** Width and height of a chart in CSS pixels: fits the text column of a notebook. */
export const SIZE = { width: 720, height: 400 } as const;

const axis = {
  automargin: true,
  gridcolor: GRID,
  linecolor: LINE,
  showline: true,
  tickcolor: LINE,
  ticks: "outside",
  ticklen: 5,
  tickfont: { size: 12, color: SOFT_INK },
  title: { standoff: 10, font: { size: 13, color: INK } },
  zeroline: false,
  exponentformat: "power",
  minexponent: 4,
};

/** Plotly's template: what a chart looks like where it does not say otherwise. */
export const TEMPLATE = {
  layout: {
    font: { family: FONT, size: 13, color: INK },
    title: {
      x: 0,
      xref: "paper",
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 16 },
      font: { size: 16, color: INK },
    },
    paper_bgcolor: PAPER,
    plot_bgcolor: PAPER,
    colorway: PALETTE,
    margin: { l: 64, r: 28, t: 72, b: 56 },
    xaxis: axis,
    yaxis: axis,
    legend: {
      orientation: "h",
      x: 0,
      xanchor: "left",
      y: 1.02,
      yanchor: "bottom",
      traceorder: "normal",
      font: { size: 12, color: INK },
    },
    hovermode: "closest",
    hoverlabel: { font: { family: FONT, size: 12 } },
    bargap: 0.3,
  },
} as const;
