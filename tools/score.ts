/**
 * `deno task score`: the official metrics on files.
 *
 * @module
 */
import { TaskFileError } from "../lib/bert/tasks/mod.ts";
import { ImageFileError } from "../lib/image/mod.ts";
import { ParquetError } from "../lib/io/mod.ts";
import { em } from "./score/em.ts";
import { glue } from "./score/glue.ts";
import { ner } from "./score/ner.ts";
import { seg } from "./score/seg.ts";
import { squad } from "./score/squad.ts";
import { runSubcommand } from "./subcommand.ts";

if (import.meta.main) {
  await runSubcommand({
    task: "score",
    done: "scored",
    subcommands: { em, seg, glue, squad, ner },
    sentences: [RangeError, ImageFileError, TaskFileError, ParquetError],
  });
}
