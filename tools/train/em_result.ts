/**
 * The EM challenge's scores of a U-Net on held-out slices, as `tools/train/unet.ts` reports them.
 *
 * @module
 */
import type { SegmentationDataset } from "../../lib/datasets/mod.ts";
import type { Image } from "../../lib/image/mod.ts";
import { emScores, pixelError } from "../../lib/metrics/mod.ts";
import { predict, SEVEN_VIEWS, type UNet } from "../../lib/unet/mod.ts";

/** Table 1's errors, each at its best threshold, and the newer scores. */
export interface EmNumbers {
  readonly pixelError: number;
  readonly randError: number;
  readonly warpingError: number;
  readonly vRand: number;
  readonly vInfo: number;
  /** The threshold that each of the three errors was best at. */
  readonly thresholds: { readonly pixel: number; readonly rand: number; readonly warping: number };
}

/** A network's scores on a hold-out. */
export interface EmResult {
  readonly title: string;
  readonly slices: number;
  /** The pixel error of answering "cell" everywhere. */
  readonly allCell: number;
  readonly oneView: EmNumbers;
  /** Of the mean over seven views. */
  readonly sevenViews?: EmNumbers;
  /** Seconds that the predictions took, one view and seven. */
  readonly predictionSeconds: readonly number[];
}

/**
 * Predicts held-out slices and scores them.
 *
 * @param options `views`: 1, or 7 to score the mean over seven views too; `note` hears what goes on
 */
export async function emResult(
  net: UNet,
  { slices, labels, title }: SegmentationDataset,
  { views, note }: { readonly views: number; readonly note: (sentence: string) => void },
): Promise<EmResult> {
  const predictionSeconds: number[] = [];
  const score = async (options: Parameters<typeof predict>[2]) => {
    const started = performance.now();
    const cell: Image[] = [];
    for (const slice of slices) cell.push(await predict(net, slice, options));
    predictionSeconds.push((performance.now() - started) / 1000);
    return numbers(emScores(labels, cell));
  };
  note(`scoring ${slices.length} slices of ${title}, one view`);
  const oneView = await score({});
  if (views === 7) note("the same, the mean over seven views");
  const sevenViews = views === 7 ? await score({ views: SEVEN_VIEWS }) : undefined;
  const everywhere = slices.map((s) => ({ ...s, data: new Float32Array(s.data.length).fill(1) }));
  const allCell = pixelError(labels, everywhere).pixelError;
  return { title, slices: slices.length, allCell, oneView, sevenViews, predictionSeconds };
}

function numbers(scores: ReturnType<typeof emScores>): EmNumbers {
  const { pixelError: pixel, randError: rand, warpingError: warping, vRand, vInfo } = scores;
  return {
    pixelError: pixel.pixelError,
    randError: rand.randError,
    warpingError: warping.warpingError,
    vRand: vRand.vRand,
    vInfo: vInfo.vInfo,
    thresholds: {
      pixel: pixel.threshold,
      rand: rand.threshold,
      warping: warping.threshold,
    },
  };
}

/** The scores as a few lines. */
export function emText({ title, slices, allCell, oneView, sevenViews }: EmResult): string {
  const row = (name: string, n: EmNumbers) =>
    `${name.padEnd(12)} pixel error ${n.pixelError.toFixed(4)}  Rand error ${
      n.randError.toFixed(4)
    }  warping error ${n.warpingError.toFixed(6)}  V_rand ${n.vRand.toFixed(4)}`;
  return [
    `${slices} slices of ${title}; answering "cell" everywhere: pixel error ${allCell.toFixed(4)}`,
    row("one view", oneView),
    ...(sevenViews ? [row("seven views", sevenViews)] : []),
  ].join("\n");
}
