import { assertEquals, assertThrows } from "@std/assert";
import { check, WrongAnswer } from "../../lib/lesson/mod.ts";

Deno.test("a right answer is right within its tolerance, an open one lets the notebook go on", () => {
  const said = sayings(() => {
    check("a", 0.1 + 0.2, 0.3);
    check("b", new Float32Array([0.5, 2]), [0.5, 2]);
    check("c", undefined, 1);
  });
  assertEquals(said.map((line) => line.slice(0, 4)), ["✓ a:", "✓ b:", "○ c:"]);
});

Deno.test("a usual mistake is named", () => {
  const mistakes = [{ gives: 0.25, hint: "You divided by all pixels, not by the foreground's." }];
  assertThrows(
    () => check("recall", 0.25, 0.5, { mistakes }),
    WrongAnswer,
    "You divided by all pixels",
  );
});

Deno.test("another wrong answer is told how it differs, not what is right", () => {
  assertThrows(() => check("side", 392, 388), WrongAnswer, "too large");
  assertThrows(
    () => check("side", "388", 388),
    WrongAnswer,
    "A number is asked for, this is a string",
  );
  assertThrows(
    () => check("row", [1, 2], [1, 2, 3]),
    WrongAnswer,
    "It has 2 values; 3 are asked for",
  );
  assertThrows(() => check("row", [1, 5, 3], [1, 2, 3]), WrongAnswer, "position 1");
  assertThrows(() => check("side", NaN, 388), WrongAnswer);
});

/** What is printed meanwhile. */
function sayings(action: () => void): string[] {
  const lines: string[] = [], log = console.log;
  console.log = (line: string) => lines.push(line);
  try {
    action();
  } finally {
    console.log = log;
  }
  return lines;
}
