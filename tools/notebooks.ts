/**
 * `deno task notebooks`: executes every notebook in the real Deno kernel.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { Problem, root, runTask } from "./command.ts";
import { findNotebooks, notebookText, readNotebook } from "./notebook.ts";
import {
  durations,
  type Event,
  expectations,
  Progress,
  remember,
  rememberInNotebook,
} from "./progress.ts";
import { type Place, scrubNotebook } from "./scrub.ts";
import { type Environment, setUp } from "./setup.ts";

const usage = `
Executes every notebook below notebooks/ in the real Deno kernel, as a reader would, and writes executed
copies and HTML pages to build/notebooks/. Ends with exit code 1 if a cell fails.

usage: deno task notebooks [options]
  --only NAME       only the notebooks whose path contains NAME; may be given several times
  --update          also write the outputs into notebooks/, without paths of this machine
  --folder FOLDER   look for notebooks there instead of in notebooks/
  --out FOLDER      write executed copies and HTML there instead of to build/notebooks/
  --timeout SECONDS give a cell up after so long (default 1800)
  --json            print a report as JSON on standard output, and progress on standard error
  --help            print this
`;

/** How the execution of one notebook went. */
interface Report {
  readonly notebook: string;
  readonly executed: string;
  readonly html: string;
  ok: boolean;
  seconds: number;
  failure?: Failure;
}

interface Failure {
  /** The cell's number as Jupyter shows it, from 1; 0 if no cell was started. */
  readonly cell: number;
  readonly source: string;
  readonly error: string;
}

const options = {
  only: { type: "string", multiple: true },
  update: { type: "boolean" },
  folder: { type: "string" },
  out: { type: "string" },
  timeout: { type: "string" },
  json: { type: "boolean" },
} as const;

if (import.meta.main) {
  await runTask(usage, options, async (flags, words) => {
    if (words.length > 0) throw new Problem(`"${words[0]}" is no option; --only ${words[0]}?`);
    const timeout = Number(flags.timeout ?? 1800);
    if (!(timeout > 0)) throw new Problem(`--timeout takes seconds, not "${flags.timeout}"`);
    const folder = flags.folder === undefined ? join(root, "notebooks") : resolve(flags.folder);
    const out = flags.out === undefined ? join(root, "build", "notebooks") : resolve(flags.out);
    const names = choose(await findNotebooks(folder), flags.only ?? [], folder);
    const say = flags.json ? console.error : console.log;
    const reports = await execute(await setUp({ say }), { folder, out, names, timeout, say });
    if (flags.update) {
      for (const report of reports) if (report.ok) await update(folder, out, report, say);
    }
    const failed = reports.filter((report) => !report.ok);
    for (const report of failed) say(`\n${failureText(report)}`);
    say(`\nexecuted copies and HTML pages: ${out}`);
    if (flags.json) console.log(JSON.stringify(reports, undefined, 1));
    say(`${reports.length - failed.length} passed, ${failed.length} failed, 0 skipped`);
    return failed.length === 0;
  });
}

function choose(all: string[], only: readonly string[], folder: string): string[] {
  if (all.length === 0) throw new Problem(`there is no notebook below ${folder}`);
  if (only.length === 0) return all;
  const wanted = only.map((name) => name.replace(/\.ipynb$/, ""));
  for (const name of wanted) {
    if (!all.some((path) => path.includes(name))) {
      throw new Problem(`no notebook is called "${name}"; there are: ${all.join(", ")}`);
    }
  }
  return all.filter((path) => wanted.some((name) => path.includes(name)));
}

interface Work {
  readonly folder: string;
  readonly out: string;
  readonly names: string[];
  readonly timeout: number;
  readonly say: (line: string) => void;
}

async function execute(environment: Environment, work: Work): Promise<Report[]> {
  const { folder, out, names, timeout, say } = work;
  const jobs = names.map((name) => ({
    source: join(folder, `${name}.ipynb`),
    executed: join(out, `${name}.ipynb`),
    html: join(out, `${name}.html`),
  }));
  const reports = names.map((notebook, i): Report => {
    return { notebook, ...jobs[i], ok: false, seconds: 0 };
  });
  const progress = new Progress(
    await expectations(out, jobs.map(({ source }) => source), names),
    names,
    say,
  );
  const runner = new Deno.Command(environment.python, {
    args: [join(root, "tools", "run_notebooks.py")],
    cwd: root,
    env: environment.env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  // Stays open: when it closes because this process is gone, the runner and its kernel end too.
  const writer = runner.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({ timeout, notebooks: jobs }) + "\n"));
  try {
    for await (const event of linesOfJson<Event>(runner.stdout)) {
      const report = reports[event.notebook];
      progress.show(event);
      if (event.event === "cell_done") report.seconds += event.seconds;
      if (event.event === "notebook_done") report.ok = true;
      if (event.event === "notebook_failed") {
        report.failure = { cell: event.number, source: event.source, error: event.error };
      }
    }
  } finally {
    progress.stop();
  }
  await runner.status;
  await writer.close().catch(() => {});
  await remember(out, progress.measured);
  for (const report of reports) {
    if (!report.ok) report.failure ??= { cell: 0, source: "", error: "it was not executed" };
  }
  return reports;
}

async function* linesOfJson<T>(stream: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith("{")) yield JSON.parse(line);
  }
}

function failureText({ notebook, failure }: Report): string {
  const { cell, source, error } = failure!;
  const indented = (text: string, by: string) => text.replace(/^/gm, by);
  if (cell === 0) {
    return `${notebook}.ipynb failed before its first cell:\n${indented(error, "  ")}`;
  }
  return `${notebook}.ipynb failed in cell ${cell}:\n${indented(source, "    | ")}\n` +
    indented(error, "  ");
}

/** Writes the outputs of an executed notebook into the notebook it came from. */
async function update(
  folder: string,
  out: string,
  report: Report,
  say: (line: string) => void,
) {
  const executed = scrubNotebook(await readNotebook(report.executed), places());
  rememberInNotebook(executed, (await durations(out))[report.notebook] ?? []);
  const path = join(folder, `${report.notebook}.ipynb`);
  await Deno.writeTextFile(`${path}.part`, notebookText(executed));
  await Deno.rename(`${path}.part`, path);
  say(`updated ${path}`);
}

function places(): Place[] {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? "";
  const temporary = Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
  const all: Place[] = [
    [root, ""],
    [resolve(root, ".."), ".."],
    [home.replace(/[\\/]$/, ""), "~"],
    [temporary.replace(/[\\/]$/, ""), "TMP"],
  ];
  return all.sort(([a], [b]) => b.length - a.length);
}
