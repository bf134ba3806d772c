import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readSafetensors, type SafeTensor } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import {
  deform,
  displacementField,
  type DisplacementGrid,
  displacementsAt,
  elasticDeformation,
  randomDisplacements,
} from "../../lib/unet/mod.ts";

const read = async (name: string) =>
  (await readSafetensors(
    fromFileUrl(new URL(`../golden/${name}/reference.safetensors`, import.meta.url)),
  )).tensors;
const scipy = await read("weightmap_elastic"), package_ = await read("elasticdeform");

/** [2 (dy, dx), rows, columns] as a grid. */
function gridOf({ shape: [, rows, columns], data }: SafeTensor): DisplacementGrid {
  const [dy, dx] = halves(data as Float64Array);
  return { rows, columns, dx, dy };
}
const halves = (data: Float64Array) =>
  [data.slice(0, data.length / 2), data.slice(data.length / 2)] as const;
const picture = ({ shape: [height, width], data }: SafeTensor) => ({
  data: Float32Array.from(data as Float64Array),
  width,
  height,
});
const largest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  assertEquals(a.length, b.length);
  return Array.from(a).reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i])), 0);
};

Deno.test("both readings of bicubic give SciPy's field, picture and labels", () => {
  const grid = gridOf(scipy.get("elastic.grid")!);
  const image = picture(scipy.get("elastic.image")!);
  const labels = { ...image, data: scipy.get("labels_touching")!.data as Int32Array };
  for (
    const [interpolation, name] of [
      ["spline", "bspline"],
      ["convolution", "catmull_rom"],
    ] as const
  ) {
    const field = displacementField(grid, 64, 64, interpolation);
    const [dy, dx] = halves(scipy.get(`elastic.${name}.field`)!.data as Float64Array);
    assertEquals(Math.max(largest(field.dx, dx), largest(field.dy, dy)) < 1e-12, true);
    const linear = scipy.get(`elastic.${name}.image_linear_mirror`)!.data as Float64Array;
    assertEquals(largest(deform(image, field).data, linear) < 1e-6, true);
    assertEquals(
      deform(labels, field, "nearest").data,
      scipy.get(`elastic.${name}.labels_nearest_mirror`)!.data as Int32Array,
    );
  }
});

Deno.test("a deformation equals the elasticdeform package's on the same displacements", () => {
  const image = picture(package_.get("image")!);
  const labels = { ...image, data: package_.get("labels")!.data as Int32Array };
  for (const name of ["3x3", "4x2"]) {
    const grid = gridOf(package_.get(`${name}.grid`)!);
    const field = displacementField(grid, image.width, image.height);
    const theirs = package_.get(`${name}.image`)!.data as Float64Array;
    const error = largest(deform(image, field).data, theirs);
    assertEquals(error < 1e-5, true, `${name}: ${error}`);
    const ours = deform(labels, field, "nearest").data;
    const theirLabels = package_.get(`${name}.labels`)!.data as Int32Array;
    const different = ours.filter((label, i) => label !== theirLabels[i]).length;
    assertEquals(different, 0, `${name}: ${different} labels differ`);
  }
});

Deno.test("the field goes through the nodes, and constant displacements stay constant", () => {
  const random = createRandom(2);
  for (const interpolation of ["spline", "convolution"] as const) {
    for (const nodes of [1, 2, 3, 5]) {
      const grid = randomDisplacements(random, { nodes });
      const at = Array.from({ length: nodes }, (_, k) => nodes === 1 ? 7 : k * 100 / (nodes - 1));
      const size = { width: 101, height: 101 };
      const { dx, dy } = displacementsAt(grid, size, at, at, interpolation);
      assertEquals(largest(dx, grid.dx) < 1e-12 && largest(dy, grid.dy) < 1e-12, true);
      const ones = new Float64Array(nodes * nodes).fill(3);
      const flat = displacementField({ ...grid, dx: ones }, 31, 17, interpolation);
      assertEquals(largest(flat.dx, new Float64Array(31 * 17).fill(3)) < 1e-12, true);
    }
  }
});

Deno.test("displacements are Gaussian with the asked spread, and follow their seed", () => {
  const random = createRandom(3), values: number[] = [];
  for (let n = 0; n < 500; n++) {
    const { dx, dy } = randomDisplacements(random);
    values.push(...Array.from(dx), ...Array.from(dy));
  }
  assertEquals(values.length, 9000);
  const std = Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length);
  assertAlmostEquals(std, 10, 0.4); // five standard errors of a sample of 9,000
  assertEquals(randomDisplacements(createRandom(4)), randomDisplacements(createRandom(4)));
});

Deno.test("picture, labels and weights are bent alike", () => {
  const side = 60, n = side * side;
  const image = {
    data: Float32Array.from({ length: n }, (_, i) => i % side < 30 ? 0 : 1),
    width: side,
    height: side,
  };
  const labels = { ...image, data: Int32Array.from(image.data) };
  const bent = elasticDeformation({ image, labels, weights: image }, {
    random: createRandom(5),
    sigma: 4,
  });
  assertEquals(bent.weights!.data, bent.image.data);
  bent.labels!.data.forEach((label, i) =>
    assertEquals(Math.abs(label - bent.image.data[i]) <= 0.5, true)
  );
  assertEquals(bent.labels!.data.some((label, i) => label !== labels.data[i]), true);
  const still = elasticDeformation({ image, labels }, { random: createRandom(5), sigma: 0 });
  assertEquals(still.image.data, image.data);
});

Deno.test("grids and pictures that do not fit are refused in words", () => {
  const random = createRandom(1);
  assertThrows(() => randomDisplacements(random, { nodes: 0 }), RangeError, "nodes along a side");
  assertThrows(() => randomDisplacements(random, { sigma: NaN }), RangeError, "got NaN");
  const grid = { rows: 2, columns: 2, dx: [0, 0, 0], dy: [0, 0, 0, 0] };
  assertThrows(() => displacementField(grid, 5, 5), RangeError, "got 3 in x and 4 in y");
  const field = displacementField({ ...grid, dx: [0, 0, 0, 0] }, 5, 4);
  const image = { data: new Float32Array(25), width: 5, height: 5 };
  assertThrows(() => deform(image, field), RangeError, "5 x 4 cannot deform a picture of 5 x 5");
});
