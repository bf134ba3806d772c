import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  BertTokenizer,
  countWords,
  tokenizeDocuments,
  trainWordPiece,
  Vocabulary,
} from "../../lib/bert/mod.ts";
import { Interrupted, watchInterrupt } from "../../lib/io/mod.ts";
import { segMeasure, vRandAndVInfo, warpingError } from "../../lib/metrics/mod.ts";

Deno.test("a stop pressed before the watch began does not count, one pressed after does", async () => {
  const before = Deno.env.get("NOTEBOOK_INTERRUPT_FILE");
  const file = await Deno.makeTempFile();
  try {
    Deno.env.set("NOTEBOOK_INTERRUPT_FILE", file);
    await Deno.utime(file, 1000, 1000); // an earlier press
    const interrupt = watchInterrupt();
    assertEquals(interrupt.requested, false);
    await Deno.utime(file, 2000, 2000);
    assertEquals(interrupt.requested, true);
    assertEquals(watchInterrupt().requested, false);
  } finally {
    if (before === undefined) Deno.env.delete("NOTEBOOK_INTERRUPT_FILE");
    else Deno.env.set("NOTEBOOK_INTERRUPT_FILE", before);
    await Deno.remove(file);
  }
});

/** Runs `body` as a cell in which stop is pressed at once. */
async function pressed(body: () => unknown): Promise<Error> {
  const before = Deno.env.get("NOTEBOOK_INTERRUPT_FILE");
  const file = await Deno.makeTempFile();
  Deno.env.set("NOTEBOOK_INTERRUPT_FILE", file);
  let time = 1000;
  const { statSync } = Deno;
  // The watch begins with the first look at the file; at the second one it has been touched.
  Deno.statSync = (path) => {
    const info = statSync(path);
    return path === file ? { ...info, mtime: new Date(time += 1000) } : info;
  };
  try {
    return await assertRejects(async () => await body(), Interrupted) as Error;
  } finally {
    Deno.statSync = statSync;
    if (before === undefined) Deno.env.delete("NOTEBOOK_INTERRUPT_FILE");
    else Deno.env.set("NOTEBOOK_INTERRUPT_FILE", before);
    await Deno.remove(file);
  }
}

const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"];
const tokenizer = new BertTokenizer(new Vocabulary(pieces));
const label = { data: Uint8Array.of(255, 255, 0, 255, 255), width: 5, height: 1 };
const proposal = { data: Float32Array.of(0.9, 0.8, 0.1, 0.7, 0.9), width: 5, height: 1 };
const cells = { data: Int32Array.of(1, 1, 0, 2, 2), width: 5, height: 1 };

for (
  const [what, body] of [
    ["tokenizing a batch", () => tokenizer.encodeBatch(["a"])],
    ["tokenizing documents", () => tokenizeDocuments([["a"]], tokenizer)],
    ["counting words", () => countWords(["a"])],
    ["training a vocabulary", () => trainWordPiece(new Map([["a", 1]]), { vocabularySize: 10 })],
    ["the warping error", () => warpingError([label], [proposal])],
    ["V_rand and the Rand error", () => vRandAndVInfo([label], [proposal])],
    ["SEG", () => segMeasure([cells], [cells])],
  ] as const
) {
  Deno.test(`${what} ends at the stop button, without a timer or an await`, async () => {
    const { message } = await pressed(body);
    assertStringIncludes(message, "was stopped at");
  });
}
