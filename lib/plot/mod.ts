/**
 * The one way to show something in a notebook. A picture, a chart or a table is a value; `show`
 * awaits until it stands in the cell. Every output carries a static picture or a table and a
 * sentence beside the interactive chart, so that it survives being run headless, saved, reopened,
 * converted to HTML and read on GitHub.
 *
 * Nothing here computes a metric and nothing knows a tensor: numbers and typed arrays in.
 *
 * @module
 */
export { type Arrow, arrows, type ArrowsOptions } from "./arrows.ts";
export { barChart, type BarChartOptions, type BarSeries } from "./bar_chart.ts";
export {
  type AttentionLayer,
  AttentionViewer,
  attentionViewer,
  type AttentionViewerOptions,
} from "./attention_viewer.ts";
export { type Chip, chips, type ChipsOptions } from "./chips.ts";
export { type ColorMapName } from "./color_maps.ts";
export { type Annotation, type ChartOptions, Figure, figure } from "./figure.ts";
export { heatmap, type HeatmapOptions } from "./heatmap.ts";
export { histogram, type HistogramOptions } from "./histogram.ts";
export { Film, film, type FilmOptions } from "./film.ts";
export { html, markdown, Markup } from "./html.ts";
export {
  imageGrid,
  type ImageGridOptions,
  type Panel,
  type PanelKind,
  Picture,
} from "./image_grid.ts";
export { lineChart, type Series } from "./line_chart.ts";
export { LivePlot, livePlot, type LivePlotOptions, type LiveStep } from "./live_plot.ts";
export {
  MatrixChart,
  matrixChart,
  type MatrixChartOptions,
  type MatrixPanel,
} from "./matrix_chart.ts";
export { type Displayable, escapeHtml, type MimeBundle, type Rendered } from "./mime.ts";
export { type Output } from "./notebook.ts";
export { clockText, countText, numberText } from "./number_text.ts";
export { overlay, type OverlayOptions } from "./overlay.ts";
export { Progress, progress, type ProgressOptions } from "./progress.ts";
export { type Points, scatter, type ScatterOptions } from "./scatter.ts";
export { show, type Showable } from "./show.ts";
export { extractSource, showSource, type ShowSourceOptions, type SourcePiece } from "./source.ts";
export { Sliders, sliders, type SlidersOptions } from "./sliders.ts";
export { Steps, steps, type StepsOptions } from "./steps.ts";
export { type Column, Table, table, type TableOptions } from "./table.ts";
export { UDiagram, uDiagram, type UDiagramOptions, type UMap, type UShape } from "./u_diagram.ts";
export { PALETTE } from "./template.ts";
