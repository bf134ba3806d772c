import { assertEquals, assertThrows } from "@std/assert";
import {
  BERT_PRESETS,
  bertConfig,
  BertForMaskedLM,
  BertForPreTraining,
  BertModel,
  type BertPreset,
  parameterCount,
} from "../../lib/bert/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

// Encoder with pooler, masked language model without pooler, all heads of pre-training: Hugging Face's counts.
const COUNTS: Record<BertPreset, [number, number, number]> = {
  tiny: [4_385_920, 4_416_698, 4_433_468],
  mini: [11_170_560, 11_201_594, 11_267_900],
  small: [28_763_648, 28_795_194, 29_058_876],
  medium: [41_373_184, 41_404_730, 41_668_412],
  base: [109_482_240, 109_514_298, 110_106_428],
  "base-cased": [108_310_272, 108_340_804, 108_932_934],
  large: [335_141_888, 335_174_458, 336_226_108],
  "large-cased": [333_579_264, 333_610_308, 334_661_958],
};

for (const [name, counts] of Object.entries(COUNTS)) {
  Deno.test(`BERT ${name} has exactly the published number of parameters`, () => {
    const config = BERT_PRESETS[name as BertPreset];
    assertEquals([
      parameterCount(config),
      parameterCount(config, { pooler: false, mlmHead: true }),
      parameterCount(config, { mlmHead: true, nspHead: true }),
    ], counts);
  });
}

Deno.test("the models that are built have as many parameters as the formula says", () => {
  const config = bertConfig({
    vocabSize: 50,
    hiddenSize: 12,
    layers: 3,
    heads: 2,
    intermediateSize: 20,
    maxPositions: 7,
  });
  const options = { random: createRandom(1) };
  const count = (model: { parameters: ReadonlyMap<string, { size: number }>; dispose(): void }) => {
    const sum = [...model.parameters.values()].reduce((n, { size }) => n + size, 0);
    model.dispose();
    return sum;
  };
  assertEquals(count(new BertModel(config, options)), parameterCount(config));
  assertEquals(
    count(new BertForMaskedLM(config, options)),
    parameterCount(config, { pooler: false, mlmHead: true }),
  );
  assertEquals(
    count(new BertForPreTraining(config, options)),
    parameterCount(config, { mlmHead: true, nspHead: true }),
  );
});

Deno.test("impossible sizes are refused with their names", () => {
  const sizes = { vocabSize: 50, hiddenSize: 12, layers: 3, heads: 2 };
  assertThrows(() => bertConfig({ ...sizes, heads: 5 }), RangeError, "5 heads do not divide");
  assertThrows(() => bertConfig({ ...sizes, layers: 0 }), RangeError, "layers (num_hidden_layers)");
});
