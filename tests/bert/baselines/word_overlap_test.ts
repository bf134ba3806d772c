import { assert, assertEquals } from "@std/assert";
import { wordOverlap } from "../../../lib/bert/mod.ts";
import { findTask, type SpanTask } from "../../../lib/bert/tasks/mod.ts";

const ask = (context: string, question: string, options = {}) =>
  wordOverlap({ id: "0", context, question, answers: [] }, options);

Deno.test("the answer stands beside the question's words, is none of them, and is cut out of the passage", () => {
  const context = 'Rain fell all day long. The red kite was found by "Theo Marsh", whom Ben knows.';
  const { text, start } = ask(context, "The red kite was found by whom?", { words: 2 });
  assertEquals(text, "Theo Marsh");
  assertEquals(context.indexOf(text), start);
});

Deno.test("a passage without words has no answer", () => {
  assertEquals(ask(" – ", "Who?").text, "");
  assertEquals(ask("", "Who?").text, "");
});

Deno.test("it knows more of the small world than the passage's first words do", async () => {
  const task = findTask("small_world_questions") as SpanTask;
  const examples = await task.read("", "dev");
  const f1 = (answer: (context: string, i: number) => { text: string }) =>
    task.score(examples, examples.map(({ context }, i) => answer(context, i))).f1;
  const first = f1((context) => ({ text: context.split(" ").slice(0, 2).join(" ") }));
  const overlap = f1((_, i) => wordOverlap(examples[i]));
  assert(overlap > first + 5, `${overlap} and ${first}`);
});
