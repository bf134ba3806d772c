import { assertEquals, assertThrows } from "@std/assert";
import { type SpanExample, spanWindows } from "../../../lib/bert/tasks/mod.ts";
import { smallWorldTokenizer } from "./support.ts";
import { golden } from "./task_golden.ts";

const tokenizer = await smallWorldTokenizer();
type Case = (typeof golden.spans)[number];
const exampleOf = ({ context, question, answer: [start, text] }: Case): SpanExample => ({
  id: "1",
  context,
  question,
  answers: [{ start, text }],
});

Deno.test("windows, segments and answers are those of Hugging Face's tokenizer and example", () => {
  assertEquals(golden.spans.some(({ ids }) => ids.length > 5), true);
  for (const golden_ of golden.spans) {
    const windows = spanWindows([exampleOf(golden_)], tokenizer, golden_);
    assertEquals(windows.map(({ encodings: [{ inputIds }] }) => [...inputIds]), golden_.ids);
    assertEquals(
      windows.map(({ encodings: [{ tokenTypeIds }] }) => [...tokenTypeIds]),
      golden_.types,
    );
    assertEquals(windows.map(({ targets }) => targets), golden_.targets);
  }
});

Deno.test("every piece of the passage has one window with most context", () => {
  for (const golden_ of golden.spans) {
    const windows = spanWindows([exampleOf(golden_)], tokenizer, golden_);
    windows.forEach(({ maxContext }, w) => {
      const expected = golden_.ids[w].map((_, t) => {
        const piece = t - golden_.firsts[w] + golden_.starts[w];
        const inPassage = t >= golden_.firsts[w] && t < golden_.ids[w].length - 1;
        return inPassage && golden_.owner[piece] === w ? 1 : 0;
      });
      assertEquals([...maxContext], expected);
    });
  }
});

Deno.test("offsets lead back to the passage", () => {
  for (const golden_ of golden.spans) {
    for (
      const { encodings: [encoding], targets } of spanWindows(
        [exampleOf(golden_)],
        tokenizer,
        golden_,
      )
    ) {
      const [first, last] = targets!;
      if (first === 0) continue;
      const said = golden_.context.slice(encoding.offsets[first][0], encoding.offsets[last][1]);
      assertEquals(said.includes(golden_.answer[1]), true, `${said} | ${golden_.answer[1]}`);
    }
  }
});

Deno.test("a passage of many questions is cut the same for each, and examples keep their numbers", () => {
  const [a, b] = golden.spans.filter(({ ids }) => ids.length > 1).map(exampleOf);
  const options = { maxLength: 60, stride: 20 };
  const together = spanWindows([a, { ...a, question: b.question }, b], tokenizer, options);
  const alone = [a, { ...a, question: b.question }, b].flatMap((example, number) =>
    spanWindows([example], tokenizer, options).map((window) => ({ ...window, example: number }))
  );
  assertEquals(together, alone);
});

Deno.test("a question that leaves no place, and an answer that is not in its place, are refused", () => {
  const example = exampleOf(golden.spans[0]);
  assertThrows(
    () => spanWindows([example], tokenizer, { maxLength: 8 }),
    RangeError,
    "places for the passage",
  );
  assertThrows(
    () => spanWindows([{ ...example, answers: [{ text: "Tobin!", start: 0 }] }], tokenizer),
    RangeError,
    'expected the answer "Tobin!"',
  );
});
