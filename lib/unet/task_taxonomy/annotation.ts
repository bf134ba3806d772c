import { boundingBoxes, type Box, type LabelImage } from "../../image/mod.ts";
import type { Scene } from "./scene.ts";

/** One object as a detector's annotation has it. */
export interface AnnotatedBox {
  readonly box: Box;
  /** Its class, 1, 2, ... */
  readonly kind: number;
}

/** The same picture annotated for each of the four tasks, from the least to the most that is asked. */
export interface Annotation {
  /** Semantic segmentation: the class of every pixel; which object it belongs to is not asked. */
  readonly classes: LabelImage;
  /** Classification with localisation: what the largest object is, and one box around it. */
  readonly largest: AnnotatedBox;
  /** Object detection: every object with its class and box; which pixels are its own is not asked. */
  readonly boxes: readonly AnnotatedBox[];
  /** Instance segmentation: which object every pixel belongs to. */
  readonly instances: LabelImage;
}

/**
 * What the four tasks ask of one picture. The instances, with one class each, decide all the others: each
 * simpler annotation forgets something.
 *
 * @param scene instances and the kind of each
 * @throws {RangeError} if the picture has no object
 *
 * @example
 * ```ts
 * import { annotate } from "./mod.ts";
 *
 * const instances = { data: Int32Array.of(1, 1, 0, 2), width: 4, height: 1 };
 * const { classes, largest, boxes } = annotate({ instances, kinds: [0, 2, 1] });
 * console.log(classes.data); // Int32Array [2, 2, 0, 1]
 * console.log(largest.kind, boxes.length); // 2 2
 * ```
 */
export function annotate({ instances, kinds }: Pick<Scene, "instances" | "kinds">): Annotation {
  const size = new Map<number, number>();
  for (const label of instances.data) {
    if (label !== 0) size.set(label, (size.get(label) ?? 0) + 1);
  }
  if (size.size === 0) {
    throw new RangeError("the picture has no object: there is nothing to annotate");
  }
  const boxes = boundingBoxes(instances);
  const [largest] = [...size].sort(([, a], [, b]) => b - a)[0];
  return {
    classes: { ...instances, data: instances.data.map((label) => kinds[label]) },
    largest: { box: boxes.get(largest)!, kind: kinds[largest] },
    boxes: [...boxes].map(([label, box]) => ({ box, kind: kinds[label] })),
    instances,
  };
}
