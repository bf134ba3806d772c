import type { Image, Pixels } from "../image/mod.ts";
import { imageGrid } from "./image_grid.ts";
import { type Displayable, isDisplayable, type Rendered } from "./mime.ts";
import { defaultOutput, type Output } from "./notebook.ts";

/** What {@linkcode show} takes. */
export type Showable = Displayable | Image<Pixels> | string;

/**
 * Shows a chart, a picture, a table, HTML, markdown, an image or a label image, or a plain sentence
 * as one output of the running cell; outside a notebook it prints the text of it. Await it: the next
 * output then stands below this one, also in headless runs.
 *
 * @param thing what to show; a `Float32Array` image is gray in [0, 1], an `Int32Array` image is
 * labels
 * @param output where to; the default is the running cell, or the console
 * @throws {TypeError} where `thing` is none of these
 *
 * @example
 * ```ts
 * import { show } from "./show.ts";
 * import { lineChart } from "./line_chart.ts";
 *
 * await show(lineChart([{ name: "loss", y: [0.9, 0.5, 0.3] }], { title: "Training" }));
 * ```
 */
export async function show(thing: Showable, output: Output = defaultOutput()): Promise<void> {
  await output.send(await renderAny(thing));
}

/** The formats that {@linkcode show} would send. */
export async function renderAny(thing: Showable): Promise<Rendered> {
  if (typeof thing === "string") return { data: { "text/plain": thing } };
  if (isDisplayable(thing)) return await thing.render();
  if (isImage(thing)) return await imageGrid([thing]).render();
  throw new TypeError(
    `show was given ${Deno.inspect(thing, { depth: 0 })}; it takes a chart, a picture, a table, ` +
      `html or markdown, an image { data, width, height }, or a string. ` +
      `A tensor is shown through its numbers: await tensor.data().`,
  );
}

/** Whether a value is an image: a typed array with a width and a height. */
export function isImage(value: unknown): value is Image<Pixels> {
  return typeof value === "object" && value !== null && "data" in value &&
    ArrayBuffer.isView(value.data) && "width" in value && "height" in value;
}
