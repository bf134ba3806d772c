import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  BertTokenizer,
  countWords,
  tokenizeDocuments,
  trainWordPiece,
  Vocabulary,
} from "../../lib/bert/mod.ts";
import { Interrupted, watchInterrupt } from "../../lib/io/mod.ts";
import { segMeasure, vRandAndVInfo, warpingError } from "../../lib/metrics/mod.ts";

/** Gives `body` the file of a kernel's stop button; `press` touches it. */
async function withButton(body: (press: () => void) => unknown) {
  const before = Deno.env.get("NOTEBOOK_INTERRUPT_FILE");
  const file = await Deno.makeTempFile();
  let time = 1000;
  const press = () => Deno.utimeSync(file, time += 1000, time);
  try {
    Deno.env.set("NOTEBOOK_INTERRUPT_FILE", file);
    press(); // some time ago
    await body(press);
  } finally {
    if (before === undefined) Deno.env.delete("NOTEBOOK_INTERRUPT_FILE");
    else Deno.env.set("NOTEBOOK_INTERRUPT_FILE", before);
    await Deno.remove(file);
  }
}

Deno.test("a stop pressed before the watch began does not count, one pressed after does", async () => {
  await withButton((press) => {
    const interrupt = watchInterrupt();
    assertEquals(interrupt.requested, false);
    press();
    assertEquals(interrupt.requested, true);
    assertEquals(watchInterrupt().requested, false, "it has ended one loop and ends no second");
  });
});

Deno.test("a stop pressed between two watches of one cell ends the second", async () => {
  await withButton((press) => {
    assertEquals(watchInterrupt().requested, false);
    press();
    const second = watchInterrupt();
    assertThrows(() => second.throwIfRequested(() => "stopped"), Interrupted, "stopped");
    assertEquals(watchInterrupt().requested, false, "and no third");
  });
});

Deno.test("a watch that never looks takes no stop from the next", async () => {
  await withButton((press) => {
    assertEquals(watchInterrupt().requested, false);
    press();
    watchInterrupt();
    assertEquals(watchInterrupt().requested, true);
  });
});

Deno.test("a stop that an earlier cell never looked at does not end a later one", async () => {
  await withButton(async (press) => {
    assertEquals(watchInterrupt().requested, false);
    press();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assertEquals(watchInterrupt().requested, false);
  });
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
