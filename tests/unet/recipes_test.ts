import { assert, assertEquals } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import {
  augmentedSample,
  randomSample,
  type Recipe,
  recipeOptimizer,
  RECIPES,
  recipeSample,
  recipeSchedule,
  weightMap,
  withWeightMaps,
} from "../../lib/unet/mod.ts";

await useBackend({ prefer: "cpu" });

const random = createRandom(3);
const size = { width: 40, height: 40 };
const slice = { data: Float32Array.from({ length: 1600 }, () => random.uniform(0, 1)), ...size };
const truth = { data: Int32Array.from({ length: 1600 }, (_, i) => i % 9 < 8 ? 1 : 0), ...size };
const data = { slices: [slice], labels: [truth] };

Deno.test("the paper's recipe is Sect. 3: one tile, momentum 0.99, w0 = 10, sigma = 5, a 3 x 3 grid of 10 pixels", () => {
  const { optimizer, batchSize, weightMap, augmentation } = RECIPES.paper;
  assertEquals(optimizer, { name: "sgd", momentum: 0.99 });
  assertEquals(batchSize, 1);
  assertEquals(weightMap, { w0: 10, sigma: 5 });
  assertEquals(augmentation, { elastic: { nodes: 3, sigma: 10 } });
});

Deno.test("a constant schedule never changes; a cosine warms up, peaks and ends at 0", () => {
  const paper = recipeSchedule(RECIPES.paper, 100);
  assertEquals([paper(0), paper(99)], [3e-3, 3e-3]);
  const modern = recipeSchedule(RECIPES.modern, 1000);
  const rates = Array.from({ length: 1001 }, (_, step) => modern(step));
  assertEquals(Math.max(...rates), RECIPES.modern.learningRate);
  assertEquals(rates[RECIPES.modern.warmup - 1], RECIPES.modern.learningRate);
  assert(rates[0] < rates[10] && rates[1000] < 1e-12);
});

Deno.test("a run shorter than the warm-up still reaches its peak", () => {
  const short = recipeSchedule(RECIPES.modern, 4);
  assertEquals(Math.max(...[0, 1, 2, 3].map(short)), RECIPES.modern.learningRate);
});

Deno.test("the paper's optimizer keeps a velocity, the modern one two moments", () => {
  const parameters = new Map([["w", tf.variable(tf.scalar(1)) as tf.Variable]]);
  const kept = Object.values(RECIPES).map((recipe) => {
    const optimizer = recipeOptimizer(recipe);
    optimizer.prepare(parameters);
    const names = [...optimizer.state.keys()];
    optimizer.dispose();
    return names;
  });
  assertEquals(kept, [["velocity.w"], ["m.w", "v.w"]]);
});

Deno.test("weight maps are Eq. 2 of every white region, or none at all", () => {
  const { weights } = withWeightMaps(data, RECIPES.paper);
  assertEquals(weights![0].data, weightMap(truth, { binary: true }).data);
  const without: Recipe = { ...RECIPES.paper, weightMap: false };
  assertEquals(withWeightMaps({ ...data, weights }, without).weights, undefined);
});

Deno.test("a recipe's examples are those of its augmentation", () => {
  const options = { tileSide: 44, depth: 2 };
  const drawn = (recipe: Recipe) =>
    recipeSample(data, recipe, { ...options, random: createRandom(5) }).image.data;
  assertEquals(
    drawn(RECIPES.paper),
    augmentedSample(data, { ...options, random: createRandom(5) }).image.data,
  );
  assertEquals(
    drawn({ ...RECIPES.paper, augmentation: "views" }),
    randomSample(data, { ...options, random: createRandom(5) }).image.data,
  );
});
