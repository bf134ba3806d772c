import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Vocabulary } from "../../../lib/bert/mod.ts";
import { findTask, type Task, TASKS } from "../../../lib/bert/tasks/mod.ts";
import { certain, smallWorldTokenizer } from "./support.ts";

const tokenizer = await smallWorldTokenizer();
const generated = TASKS.filter(({ name }) => name.startsWith("small_world"));

/** Logits of a model that knows the answers. */
function knowing(task: Task, features: ReturnType<Task["features"]>): Float32Array[] {
  const { head } = task;
  return features.map(({ targets, encodings }) => {
    const places = encodings[0].inputIds.length;
    if (head.kind === "span") return certain(targets!, { places });
    if (head.kind === "number") return Float32Array.from(targets!);
    return certain(targets!, {
      classes: head.kind === "choice" ? head.choices : head.labels.length,
    });
  });
}

Deno.test("the small world has a task of every family and every head", () => {
  assertEquals([...new Set(generated.map(({ family }) => family))].sort(), [
    "choice",
    "pair",
    "single",
    "span",
    "tagging",
  ]);
  assertEquals([...new Set(generated.map(({ head }) => head.kind))].sort(), [
    "choice",
    "classes",
    "number",
    "span",
    "tags",
  ]);
});

for (const task of generated) {
  Deno.test(`${task.name}: from examples to features, predictions, scores and a submission`, async () => {
    const dev = await task.read("", task.developmentSplit);
    assertEquals(dev.length, 300);
    const features = task.features(dev, tokenizer);
    const predictions = task.predict(dev, features, knowing(task, features));
    const scores = task.score(dev, predictions);
    assertEquals(Object.keys(scores).sort(), [...task.metrics].sort());
    assert(
      scores[task.headline] > (task.family === "span" ? 99 : 1 - 1e-9),
      `${scores[task.headline]}`,
    );
    const text = task.submission.write(dev, predictions);
    const read = task.submission.read(text, task.submission.fileName("dev"), dev);
    assertEquals(task.score(dev, read), scores);
  });

  Deno.test(`${task.name}: the same examples every time, none twice, none of dev in train`, async () => {
    const [train, dev, again] = await Promise.all(
      ["train", "dev", "train"].map((split) => task.read("", split)),
    );
    assertEquals(train, again);
    const said = [...train, ...dev].map((example) => JSON.stringify({ ...example, id: "" }));
    assertEquals(new Set(said).size, 1300);
    assertEquals(new Set(train.map(({ id }) => id)).size, 1000);
  });
}

Deno.test("every class of the small world's tasks is common", async () => {
  for (const task of generated) {
    if (task.head.kind !== "classes" && task.head.kind !== "choice") continue;
    const features = task.features(await task.read("", "train"), tokenizer);
    const classes = task.head.kind === "choice" ? task.head.choices : task.head.labels.length;
    for (let k = 0; k < classes; k++) {
      const share = features.filter(({ targets }) => targets![0] === k).length / features.length;
      assert(share > 0.7 / classes, `${task.name}: class ${k} has ${share}`);
    }
  }
});

Deno.test("the small world's tasks are about the world that its model has read of", async () => {
  const path = fromFileUrl(
    new URL("../../../data/models/small_world_bert/vocab.txt", import.meta.url),
  );
  const vocabulary = await Vocabulary.fromText(path);
  const examples = await findTask("small_world_names").read("", "dev");
  const words = examples.flatMap((example) => "words" in example ? example.words : []);
  const whole = words.filter((word) => vocabulary.has(word.toLowerCase())).length;
  assert(whole / words.length > 0.8, `${whole} of ${words.length} words are pieces of their own`);
});

Deno.test("names of tasks differ, headlines are among the metrics, and splits begin with train", () => {
  assertEquals(new Set(TASKS.map(({ name }) => name)).size, TASKS.length);
  for (const task of TASKS) {
    assertEquals(findTask(task.name), task);
    assert(task.metrics.includes(task.headline), task.name);
    assertEquals(task.splits[0], "train");
    assert(task.splits.includes(task.developmentSplit), task.name);
  }
});

Deno.test("a task that there is not is refused with the list of those that are", () => {
  assertThrows(() => findTask("MRPQ"), RangeError, 'there is no task "MRPQ"; there are MNLI, QQP');
});
