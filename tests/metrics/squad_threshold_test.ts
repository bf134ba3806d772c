import { assertEquals } from "@std/assert";
import { bestSquadThresholds, squadScores } from "../../lib/metrics/mod.ts";
import { golden } from "./text_golden.ts";

Deno.test("the best thresholds of silence, and the scores with one, are evaluate-v2.0.py's to the last digit", () => {
  for (const { truths, said, nulls, limit, official } of golden.silence) {
    const predictions = truths.map((_, i): string | undefined => said[`q${i}`]);
    const nullScores = Object.entries(nulls).map(([id, score]) => ({
      question: Number(id.slice(1)),
      score,
    }));
    const raw = squadScores(truths, predictions, { version: "2.0" });
    const { exact, f1 } = bestSquadThresholds(raw, truths, predictions, nullScores);
    assertEquals([exact.score, exact.threshold], [official.best_exact, official.best_exact_thresh]);
    assertEquals([f1.score, f1.threshold], [official.best_f1, official.best_f1_thresh]);

    const silenced = predictions.map((text, i) =>
      text !== undefined && nulls[`q${i}`] > limit ? "" : text
    );
    const { exactMatch, f1: withLimit } = squadScores(truths, silenced, { version: "2.0" });
    assertEquals([exactMatch, withLimit], [official.exact, official.f1]);
  }
  assertEquals(golden.silence.length, 40);
});
