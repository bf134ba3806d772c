import { assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import type { SafeTensor } from "../../../lib/io/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { FCN, loadVGG16 } from "../../../lib/unet/baselines/mod.ts";
import { imageFromTorch, readGolden, relativeError } from "../../support/golden.ts";

const weights = await readGolden("fcn_tiny/weights.safetensors");
const reference = await readGolden("fcn_tiny/reference.safetensors");

/** The golden's trunk under the names of an ImageNet file, fc6 as a matrix or as a convolution. */
function file(naming: "torchvision" | "timm", colours = 1): Map<string, SafeTensor> {
  const tensors = new Map<string, SafeTensor>();
  const index = [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]];
  for (const [name, { shape, data }] of weights) {
    const [, block, i, part] = name.match(/^blocks\.(\d)\.(\d)\.(\w+)$/) ?? [];
    const [, fc, fcPart] = name.match(/^fc([67])\.(\w+)$/) ?? [];
    if (block !== undefined) {
      const key = `features.${index[+block][+i]}.${part}`;
      if (key === "features.0.weight" && colours === 3) { // spread the gray filter over R, G and B
        const [out, , kh, kw] = shape, area = kh * kw, spread = new Float32Array(3 * data.length);
        for (let o = 0; o < out; o++) {
          [0.5, 0.3, 0.2].forEach((share, c) => {
            for (let a = 0; a < area; a++) {
              spread[(o * 3 + c) * area + a] = share * data[o * area + a];
            }
          });
        }
        tensors.set(key, { dtype: "F32", shape: [out, 3, kh, kw], data: spread });
      } else tensors.set(key, { dtype: "F32", shape, data });
    } else if (fc !== undefined) {
      const base = naming === "timm"
        ? `pre_logits.fc${+fc - 5}`
        : `classifier.${fc === "6" ? 0 : 3}`;
      const flat = naming === "torchvision" && fcPart === "weight"
        ? [shape[0], data.length / shape[0]]
        : shape;
      tensors.set(`${base}.${fcPart}`, { dtype: "F32", shape: flat, data });
    }
  }
  const head = naming === "timm" ? "head.fc" : "classifier.6";
  tensors.set(`${head}.weight`, { dtype: "F32", shape: [10, 6], data: new Float32Array(60) });
  return tensors;
}

function tinyNet(): FCN {
  return new FCN(
    { variant: "8s", channels: [2, 3, 4, 4, 4], units: 6, inputChannels: 1, classes: 3 },
    { random: createRandom(0) },
  );
}

/** score_fr of the net on the golden's picture needs every trunk weight to be right. */
function scores(net: FCN): ArrayLike<number> {
  return tf.tidy(() => {
    for (const part of ["weight", "bias"]) {
      for (const layer of ["score_fr", "score_pool4", "score_pool3"]) {
        const { shape, data } = weights.get(`${layer}.${part}`)!;
        const value = tf.tensor(data, shape);
        net.parameters.get(`${layer}.${part}`)!.assign(
          part === "weight" ? tf.transpose(value, [2, 3, 1, 0]) : value,
        );
      }
    }
    const { shape, data } = reference.get("input")!;
    const x = imageFromTorch({ shape, data });
    return tf.transpose(net.forward(x), [0, 3, 1, 2]).dataSync();
  });
}

for (const naming of ["torchvision", "timm"] as const) {
  for (const colours of [1, 3]) {
    Deno.test(`a VGG-16 in ${naming}'s names with ${colours} input channels becomes the trunk of an FCN`, () => {
      const net = tinyNet();
      const { loaded, kept, unused } = loadVGG16(net, file(naming, colours));
      assertEquals([loaded.length, kept.length], [30, 6]); // 15 layers; 3 score layers
      assertEquals(unused, [naming === "timm" ? "head.fc.weight" : "classifier.6.weight"]);
      assertEquals(relativeError(scores(net), reference.get("logits8s")!.data) < 1e-5, true);
      net.dispose();
    });
  }
}

Deno.test("a file that does not fit is refused by name and leaves the net as it was", () => {
  const net = tinyNet(), before = net.parameters.get("conv1_1.weight")!.dataSync().slice();
  const missing = file("timm");
  missing.delete("features.28.weight");
  assertThrows(() => loadVGG16(net, missing), Error, "the file has no features.28.weight");
  const wide = file("torchvision");
  wide.set("classifier.0.bias", { dtype: "F32", shape: [7], data: new Float32Array(7) });
  assertThrows(() => loadVGG16(net, wide), Error, "classifier.0.bias has shape [7] but");
  assertEquals(net.parameters.get("conv1_1.weight")!.dataSync(), before);
  net.dispose();
});
