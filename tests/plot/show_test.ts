import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { escapeHtml, html, lineChart, markdown, show, table } from "../../lib/plot/mod.ts";
import { defaultOutput, needsPause } from "../../lib/plot/notebook.ts";
import { jupyterDisplay } from "../../lib/plot/mime.ts";
import { Recorder } from "./recorder.ts";

Deno.test("whatever is shown is one output with a text in it", async () => {
  const things = [
    lineChart([{ name: "a", y: [1, 2] }]),
    table([{ a: 1 }]),
    html`
      <b>x</b>
    `,
    markdown`**x**`,
    "a sentence",
    { data: Float32Array.of(0, 1), width: 2, height: 1 },
    { data: Int32Array.of(0, 1), width: 2, height: 1 },
    { data: Uint8Array.of(0, 1, 2), width: 1, height: 1, channels: 3 },
  ];
  for (const thing of things) {
    const output = new Recorder();
    await show(thing, output);
    assertEquals(output.sent.length, 1);
    const text = output.sent[0].rendered.data["text/plain"];
    assert(typeof text === "string" && text.length > 0);
  }
});

Deno.test("a chart has an interactive and a static form in one bundle", async () => {
  const output = new Recorder();
  await show(lineChart([{ name: "loss", y: [2, 1] }], { title: "Training" }), output);
  const { data } = output.sent[0].rendered;
  assertEquals(Object.keys(data).sort(), [
    "application/vnd.plotly.v1+json",
    "image/svg+xml",
    "text/plain",
  ]);
  assertStringIncludes(data["text/plain"], "loss: 2 to 1 over 2 points");
  JSON.stringify(data); // a bundle is JSON
});

Deno.test("the last expression of a cell shows the same bundle", async () => {
  const chart = lineChart([{ name: "a", y: [1, 2] }]);
  assertEquals(await chart[jupyterDisplay](), (await chart.render()).data);
  assertEquals(jupyterDisplay, Symbol.for("Jupyter.display"));
});

Deno.test("outside a kernel the text is printed", async () => {
  const printed: unknown[] = [];
  const log = console.log;
  console.log = (...values: unknown[]) => void printed.push(...values);
  try {
    await show(
      html`
        <p>1 &lt; 2</p>
      `,
      defaultOutput(),
    );
  } finally {
    console.log = log;
  }
  assertEquals(printed, ["1 < 2"]);
});

Deno.test("a tensor or a number is refused with advice", async () => {
  for (const wrong of [7, null, { shape: [1], dtype: "float32" }]) {
    await assertRejects(() => show(wrong as never, new Recorder()), TypeError, "show was given");
  }
});

Deno.test("values in html and markdown are text", () => {
  const evil = `<img src=x onerror="alert(1)">&'`;
  assertEquals(
    html`
      <td title="${evil}">${evil}</td>
    `.source,
    `<td title="${escapeHtml(evil)}">${escapeHtml(evil)}</td>`,
  );
  assert(!escapeHtml(evil).match(/[<>"']/));
  assertEquals(
    html`
      ${[
        html`
          <i>a</i>
        `,
        html`
          <i>b</i>
        `,
      ]}
    `.source,
    "<i>a</i><i>b</i>",
  );
  assertEquals(markdown`${"<b>_x_</b>"}`.source, "&lt;b&gt;\\_x\\_&lt;/b&gt;");
});

Deno.test("only Denos after 2.8.1 need the pause", () => {
  assertEquals(
    ["2.7.9", "2.8.1", "2.8.2", "2.10.0", "3.0.0", "2.8.2-rc.1"].map(needsPause),
    [false, false, true, true, true, true],
  );
});
