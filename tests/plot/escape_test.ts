// Text from data sets is shown, never run: no output may hold more markup because of what a sentence says.
import { assertEquals } from "@std/assert";
import {
  attentionViewer,
  barChart,
  chips,
  heatmap,
  html,
  lineChart,
  progress,
  show,
  type Showable,
  table,
} from "../../lib/plot/mod.ts";
import { Recorder } from "./recorder.ts";

const EVIL = `</script><script>alert(1)</script><img src=x onerror="alert(1)">`;

/** How many elements of each risky kind the outputs of a thing hold. */
async function markupOf(thing: Showable): Promise<number[]> {
  const output = new Recorder();
  await show(thing, output);
  const rich = output.saved().flatMap(({ data }) =>
    ["text/html", "image/svg+xml", "text/markdown"].map((mime) => String(data[mime] ?? ""))
  ).join("\n");
  return [/<\/?script/gi, /<img/gi].map((kind) => [...rich.matchAll(kind)].length);
}

const things: Record<string, (text: string) => Showable> = {
  "a table": (text) => table([{ [text]: text, number: 1 }], { caption: text }),
  "chips": (text) => chips([{ text, below: text, hint: text }], { label: text }),
  "a heat map": (text) => heatmap([[1, 2]], { rows: [text], columns: [text, "b"], title: text }),
  "a bar chart": (text) => barChart({ [text]: 1, b: 2 }, { title: text }),
  "a line chart": (text) => lineChart([{ name: text, y: [1, 2] }], { title: text }),
  "the attention viewer": (text) =>
    attentionViewer([text, "b"], [{ values: [0.5, 0.5, 0.5, 0.5], heads: 1 }]),
  "html": (text) =>
    html`
      <p>${text}</p>
    `,
  "a progress bar": (text) => progress(1, text),
};

for (const [name, make] of Object.entries(things)) {
  Deno.test(`${name} shows a sentence with <script> in it and does not run it`, async () => {
    assertEquals(await markupOf(make(EVIL)), await markupOf(make("harmless")));
  });
}

/** Plotly reads these tags in names, titles and labels. */
const PLOTLYS = `<b>bold</b> <a href="https://example.org">here</a>`;

for (const name of ["a heat map", "a bar chart", "a line chart"]) {
  Deno.test(`${name} shows tags that Plotly knows as they stand in the text`, async () => {
    const output = new Recorder();
    await show(things[name](PLOTLYS), output);
    const [{ data }] = output.saved();
    const figure = JSON.stringify(data["application/vnd.plotly.v1+json"]);
    assertEquals([figure.includes("&lt;b&gt;bold"), /<b>|<a /.test(figure)], [true, false]);
  });
}
