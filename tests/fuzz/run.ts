/**
 * `deno task fuzz`: feeds damaged files to every reader.
 *
 * @module
 */
import { join } from "@std/path";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

const usage = `
Feeds damaged files to everything that reads files from elsewhere. What a reader does not bear is
written to tests/fuzz/found/READER/, where the tests read it ever after. Exit code 1 if there is any.

usage: deno task fuzz [READER ...] [--inputs N] [--seed N] [--from N]
  READER      ${TARGETS.map(({ name }) => name).join(", ")} (default: all)
  --inputs N  damaged files for each (default 20000)
  --seed N    another seed damages otherwise (default 1)
  --from N    the first one's number (default 0)
  --keep      write what is found to tests/fuzz/found
  --json      print the result as JSON
  --help      print this
`;

const number = { type: "string" } as const;
const { values, positionals } = parseArgs({
  args: Deno.args,
  options: {
    inputs: number,
    seed: number,
    from: number,
    keep: { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  },
  allowPositionals: true,
});
if (values.help) {
  console.log(usage.trim());
  Deno.exit(0);
}
const inputs = Number(values.inputs ?? 20_000), seed = Number(values.seed ?? 1);
const unknown = positionals.find((name) => TARGETS.every((target) => target.name !== name));
if (unknown !== undefined || ![inputs, seed].every(Number.isSafeInteger)) {
  console.error(`error: ${unknown ?? "--inputs and --seed want whole numbers"}; --help explains`);
  Deno.exit(1);
}
let total = 0;
const reports = [];
for (const target of TARGETS) {
  if (positionals.length > 0 && !positionals.includes(target.name)) continue;
  const { found, ...report } = await fuzz(target, {
    inputs,
    seed,
    from: Number(values.from ?? 0),
    onProgress: (index) => {
      if (index % 5000 === 0) console.error(`  ${target.name}: from input ${index}`);
    },
  });
  reports.push({ reader: target.name, seed, ...report, found: found.length });
  const { accepted, refused, slowestMilliseconds, largestBytes } = report;
  if (!values.json) {
    console.log(
      `${target.name}: ${report.inputs} inputs, ${accepted} read, ${refused} refused, slowest ` +
        `${slowestMilliseconds.toFixed(0)} ms, at most ${largestBytes} bytes of arrays, ` +
        `${found.length} not borne`,
    );
  }
  for (const { index, what, bytes } of found) {
    console.error(`  input ${index}: ${what.split("\n").slice(0, 4).join(" | ")}`);
    if (!values.keep) continue;
    const folder = join(import.meta.dirname!, "found", target.name);
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeFile(join(folder, `seed${seed}_${index}`), bytes);
  }
  total += found.length;
}
if (values.json) console.log(JSON.stringify(reports, undefined, 1));
Deno.exit(total === 0 ? 0 : 1);
