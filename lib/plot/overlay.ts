import type { Image, LabelImage, Pixels } from "../image/mod.ts";
import { labelColor, mapColor, mix, parseColor } from "./color_maps.ts";
import {
  checkImage,
  defaultRange,
  firstChannel,
  type ImageGridOptions,
  type Layer,
  Picture,
} from "./image_grid.ts";
import { countText } from "./number_text.ts";
import { PALETTE } from "./template.ts";

/** Options of {@linkcode overlay}. */
export interface OverlayOptions {
  /** What is right. With it the picture shows errors: where mask and truth differ. */
  truth?: Image<Pixels>;
  /** Above the picture. */
  title?: string;
  /** Below the picture. */
  caption?: string;
  /** What the two kinds of errors mean here. Default "false positive", "false negative". */
  names?: { falsePositive?: string; falseNegative?: string };
  /** How strongly the colours cover the image, 0 to 1. Default 0.75 for errors, 0.45 for labels. */
  opacity?: number;
  /** Draw only the borders of the labels. Default false. */
  outline?: boolean;
  /** The gray values of black and white. */
  range?: readonly [number, number];
  /** Width, as in `imageGrid`. */
  grid?: ImageGridOptions;
}

/** Said too much: foreground in the mask, background in the truth. Orange. */
const FALSE_POSITIVE = parseColor(PALETTE[4]);
/** Said too little: background in the mask, foreground in the truth. Blue. */
const FALSE_NEGATIVE = parseColor(PALETTE[0]);

/**
 * An image with a mask over it. With `truth` it shows errors: false positives orange, false
 * negatives blue (two colours that no kind of colour blindness confuses), the rest in gray. Without
 * it, every label is tinted in its own colour, or drawn as an outline.
 *
 * @param image gray, or the first channel of a colour image
 * @param mask labels; everything but 0 is foreground
 * @throws {RangeError} where the sizes differ
 *
 * @example
 * ```ts
 * import { overlay } from "./overlay.ts";
 * import { show } from "./show.ts";
 *
 * const image = { data: Float32Array.of(0, 0.5, 0.5, 1), width: 2, height: 2 };
 * const truth = { data: Int32Array.of(0, 0, 1, 1), width: 2, height: 2 };
 * const mask = { data: Int32Array.of(0, 1, 1, 0), width: 2, height: 2 };
 * await show(overlay(image, mask, { truth, title: "Errors" }));
 * ```
 */
export function overlay(
  image: Image<Pixels>,
  mask: Image<Pixels>,
  options: OverlayOptions = {},
): Picture {
  const { truth, title, caption } = options;
  checkImage(image, "image");
  for (const [name, other] of [["mask", mask], ["truth", truth]] as const) {
    if (!other) continue;
    checkImage(other, name);
    if (other.width !== image.width || other.height !== image.height) {
      throw new RangeError(
        `overlay: the ${name} is ${other.width} × ${other.height}, ` +
          `the image ${image.width} × ${image.height}; crop or pad one of them`,
      );
    }
  }
  const source = firstChannel(image);
  const [low, high] = options.range ?? defaultRange(source);
  const values = Float32Array.from(source, (v) => (v - low) / (high - low || 1));
  const { width, height } = image;
  const name = title ? `${title}: ` : "";
  const labels = firstChannel(mask);
  const common = { width, height, title, caption, values };

  if (truth) {
    const right = firstChannel(truth);
    const opacity = options.opacity ?? 0.75;
    const classes = Int32Array.from(
      labels,
      (label, at) => label !== 0 && right[at] === 0 ? 1 : label === 0 && right[at] !== 0 ? 2 : 0,
    );
    const more = options.names?.falsePositive ?? "false positive";
    const less = options.names?.falseNegative ?? "false negative";
    const count = (kind: number) => countText(classes.filter((c) => c === kind).length, "pixel");
    const layer: Layer = {
      ...common,
      classes,
      color: (value, kind) => {
        const gray = mapColor("gray", value);
        return kind === 0 ? gray : mix(gray, kind === 1 ? FALSE_POSITIVE : FALSE_NEGATIVE, opacity);
      },
      legend: [{ color: FALSE_POSITIVE, label: more }, { color: FALSE_NEGATIVE, label: less }],
      plain: `${name}${width} × ${height}, ${more} (orange) ${count(1)}, ` +
        `${less} (blue) ${count(2)}, of ${width * height}`,
    };
    return new Picture([layer], options.grid);
  }

  const drawn = Int32Array.from(labels);
  const objects = new Set(drawn);
  objects.delete(0);
  const opacity = options.opacity ?? (options.outline ? 1 : 0.45);
  const layer: Layer = {
    ...common,
    classes: options.outline ? borders({ data: drawn, width, height }) : drawn,
    color: (value, label) => {
      const gray = mapColor("gray", value);
      return label === 0 ? gray : mix(gray, labelColor(label), opacity);
    },
    plain: `${name}${width} × ${height}, ${countText(objects.size, "label")} over the image`,
  };
  return new Picture([layer], options.grid);
}

/**
 * Labels at the pixels whose neighbourhood holds another label, 0 elsewhere. The line is as thick as
 * it must be to survive when a large picture is shown small: one pixel for every 256 columns.
 */
function borders({ data, width, height }: LabelImage): Int32Array {
  const reach = Math.max(1, Math.round(width / 256));
  return data.map((label, at) => {
    const x = at % width, y = Math.floor(at / width);
    for (let d = 1; d <= reach; d++) {
      if (
        (x >= d && data[at - d] !== label) || (x + d < width && data[at + d] !== label) ||
        (y >= d && data[at - d * width] !== label) ||
        (y + d < height && data[at + d * width] !== label)
      ) return label;
    }
    return 0;
  });
}
