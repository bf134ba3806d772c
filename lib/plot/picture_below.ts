import { imageGrid, type Panel } from "./image_grid.ts";
import { toBase64 } from "./mime.ts";

/**
 * A picture that lies under a chart's axes, for Plotly's `layout.images`: pixel (x, y) is centred on the axes' (x, y).
 *
 * @param panel the picture, and how its numbers become colours
 */
export function pictureBelow(panel: Panel): Record<string, unknown> {
  const { png } = imageGrid([panel], { panelWidth: 320 }).drawPanel();
  const { width, height } = panel.image;
  return {
    source: `data:image/png;base64,${toBase64(png)}`,
    xref: "x",
    yref: "y",
    x: -0.5,
    y: -0.5,
    sizex: width,
    sizey: height,
    sizing: "stretch",
    layer: "below",
  };
}
