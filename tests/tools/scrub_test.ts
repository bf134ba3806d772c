import { assertEquals } from "@std/assert";
import type { Notebook, Output } from "../../tools/notebook.ts";
import { scrubNotebook } from "../../tools/scrub.ts";

function scrubbed(...outputs: Output[]): Output[] {
  const cell = {
    cell_type: "code" as const,
    metadata: {},
    source: "",
    outputs,
    execution_count: 1,
  };
  const notebook: Notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  const places = [["/home/anna/course", ""], ["/home/anna", "~"], ["/tmp", "TMP"]] as const;
  return scrubNotebook(notebook, places).cells[0].outputs!;
}

Deno.test("lines about downloads go, and an output of nothing else goes with them", () => {
  const download = "\x1b[0m\x1b[32mDownload\x1b[0m https://host.example/tiff\n";
  assertEquals(
    scrubbed(
      { output_type: "stream", name: "stderr", text: [download, download] },
      { output_type: "stream", name: "stderr", text: [download, "a warning\n", "and more"] },
    ),
    [{ output_type: "stream", name: "stderr", text: ["a warning\n", "and more"] }],
  );
});

Deno.test("paths are told from the repository's root, the home folder and the temporary folder", () => {
  const html =
    "<a href='file:///home/anna/course/lib/a.ts'>/home/anna/x /home/annabel /tmp/y /tmpfs</a>";
  assertEquals(
    scrubbed({ output_type: "display_data", data: { "text/html": html } }),
    [{
      output_type: "display_data",
      data: { "text/html": "<a href='lib/a.ts'>~/x /home/annabel TMP/y /tmpfs</a>" },
    }],
  );
});

Deno.test("a picture is left alone even where it spells a path, times of execution are not kept", () => {
  const picture: Output = { output_type: "display_data", data: { "image/png": "iVBO/tmp/AAA=" } };
  assertEquals(scrubbed(picture), [picture]);
  const cell = {
    cell_type: "code" as const,
    metadata: { tags: ["x"], execution: { "iopub.status.busy": "now" } },
    source: "",
  };
  const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  assertEquals(scrubNotebook(notebook, []).cells[0].metadata, { tags: ["x"] });
});
