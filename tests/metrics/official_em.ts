// What the challenge's own Java classes give for proposal A of DATA_DIR/isbi2012_metrics.
import { decode } from "fast-png";
import type { Image } from "../../lib/image/mod.ts";
import { dataPath } from "../support/needs.ts";

export const OFFICIAL = {
  vRand: 0.8324405720867398,
  vRandMicro: 0.8453465287982467,
  vInfo: 0.9244147072652259,
  randF: 0.6130596085231889,
  classicAtHalf: 0.020754241943359376,
  /** Thresholds 0.1 ... 0.9: V_rand's F, precision and recall; the Rand error's; pixel disagreement. */
  rows: [
    [0.0530012730, 0.0272886230, 1.0000000000, 0.0531036428, 0.0272768487, 0.9989280067],
    [0.0529905818, 0.0272826379, 0.9996733991, 0.0529608035, 0.0272080838, 0.9901040769],
    [0.0527281167, 0.0271809548, 0.9838432851, 0.0523702863, 0.0269439480, 0.9297925524],
    [0.4720351644, 0.0741855719, 0.9042621515, 0.1294395634, 0.0708188643, 0.7514870278],
    [0.8324405721, 0.9586427425, 0.7559994998, 0.6130596085, 0.9879923921, 0.4444104782],
    [0.5026097474, 0.9090116244, 0.3696190414, 0.2151784629, 0.9966576756, 0.1206089745],
    [0.3128492099, 0.5140207540, 0.2267057012, 0.0164222247, 1.0000000000, 0.0082790929],
    [0.1938128601, 0.0678862903, 0.6607141677, 0.0005594833, 1.0000000000, 0.0002798199],
    [0.0750314883, 0.0359026805, 0.9505727819, 0.0003769659, 1.0000000000, 0.0001885185],
  ],
  disagreement: [
    0.2401245117,
    0.2361869812,
    0.2182083130,
    0.1673049927,
    0.2647094727,
    0.4955665588,
    0.7081878662,
    0.7574012756,
    0.7593650818,
  ],
  /** F, precision and recall of each slice at threshold 0.5, thinned. */
  slicesAtHalf: [
    [0.9361131536, 0.9735772235, 0.9014255411],
    [0.8324070485, 0.9587130994, 0.7355073329],
    [0.8899404080, 0.9434218239, 0.8421972859],
    [0.8358977148, 0.9620290060, 0.7390067895],
    [0.6678445355, 0.9471578825, 0.5157513694],
  ],
};

/** The five label slices and the five slices of proposal A. */
export function proposalA(): { labels: Image<Uint8Array>[]; proposals: Image[] } {
  const read = (name: string): Image<Uint8Array> => {
    const { data, width, height } = decode(Deno.readFileSync(dataPath(`isbi2012_metrics/${name}`)));
    return { data: data as Uint8Array, width, height };
  };
  const slices = [0, 1, 2, 3, 4];
  return {
    labels: slices.map((z) => read(`labels_${z}.png`)),
    proposals: slices.map((z) => {
      const gray = read(`proposalA_gauss2_raw_${z}.png`);
      return { ...gray, data: Float32Array.from(gray.data, (v) => v / 255) };
    }),
  };
}
