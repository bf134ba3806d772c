/**
 * `deno task test`: the set-up that tests need, then every test.
 *
 * @module
 */
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root, run, runTask } from "./command.ts";
import { setUp } from "./setup.ts";

const usage = `
Sets up what the tests need (.venv), runs every test, and lists at the end which were skipped and which
failed, and why. The last line is "N passed, N failed, N skipped". Tests on real data run where DATA_DIR
names a folder with it.

usage: deno task test [options] [files or folders ...]
  --filter TEXT  only the tests whose name contains TEXT (or matches /TEXT/)
  --json         print a report as JSON on standard output, and the rest on standard error
  --help         print this
`;

/** A test that was skipped, and why. */
export interface Skipped {
  readonly test: string;
  readonly reason: string;
}

/** A test that failed, and what it said. */
export interface Failed {
  /** Its name; where files could not even be loaded, what was to be tested. */
  readonly test: string;
  readonly error: string;
}

/** How the tests went. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly Skipped[];
  readonly failures: readonly Failed[];
}

/** Tests write into the system's temporary folder and start programs, but reach no other machine. */
const PERMISSIONS = [
  ...["--no-prompt", "--allow-read", "--allow-write", "--allow-env", "--allow-run", "--allow-ffi"],
  ...["--allow-sys", "--allow-net=localhost,127.0.0.1"],
];

if (import.meta.main) {
  const options = { filter: { type: "string" }, json: { type: "boolean" } } as const;
  await runTask(usage, options, async ({ filter, json }, words) => {
    const say = json ? console.error : console.log;
    await setUp({ say });
    const report = await runTests(words, { quiet: json, filter });
    if (json) console.log(JSON.stringify(report, undefined, 1));
    tellMissed(report, say);
    say(counts(report));
    return report.failed === 0;
  });
}

/** Says which tests were skipped and which failed, and why: what a long run's reader looks for at its end. */
export function tellMissed({ skipped, failures }: TestReport, say: (line: string) => void) {
  if (skipped.length > 0) say(`\nskipped:`);
  for (const { test, reason } of skipped) say(`  ${test}: ${reason}`);
  if (failures.length > 0) say(`\nfailed:`);
  for (const { test, error } of failures) say(`  ${test}\n${error.replace(/^/gm, "    ")}`);
}

/** `12 passed, 0 failed, 3 skipped` */
export function counts({ passed, failed, skipped }: TestReport): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}

/** What {@linkcode runTests} may be told. */
export interface TestOptions {
  /** Keeps standard output free. */
  readonly quiet?: boolean;
  /** Only the tests whose name contains this. */
  readonly filter?: string;
}

/**
 * Runs tests and reads what became of each, steps of a test counted like tests. Without words every folder
 * of `tests/` gets a process of its own: a driver or a library that takes the process down takes down no
 * other folder's results, and what one folder's backends hold in memory is free for the next.
 *
 * @param words files, folders, further options of `deno test`
 */
export async function runTests(
  words: readonly string[],
  options: TestOptions = {},
): Promise<TestReport> {
  const groups = words.length > 0 ? [words] : (await testFolders()).map((folder) => [folder]);
  const reports: TestReport[] = [];
  for (const group of groups) reports.push(await runDenoTest(group, options));
  return {
    passed: reports.reduce((sum, { passed }) => sum + passed, 0),
    failed: reports.reduce((sum, { failed }) => sum + failed, 0),
    skipped: reports.flatMap(({ skipped }) => skipped),
    failures: reports.flatMap(({ failures }) => failures),
  };
}

/** The folders of `tests/` that hold tests. */
async function testFolders(): Promise<string[]> {
  const folders: string[] = [];
  for await (const { name } of Deno.readDir(join(root, "tests"))) {
    if (await holdsTests(join(root, "tests", name))) folders.push(`tests/${name}`);
  }
  return folders.sort();
}

async function holdsTests(path: string): Promise<boolean> {
  if (!(await Deno.stat(path)).isDirectory) return /_test\.tsx?$/.test(path);
  for await (const { name } of Deno.readDir(path)) {
    if (await holdsTests(join(path, name))) return true;
  }
  return false;
}

async function runDenoTest(words: readonly string[], options: TestOptions): Promise<TestReport> {
  const { quiet, filter } = options;
  const folder = join(root, "build", "tests");
  const junit = join(folder, `junit-${Deno.pid}.xml`);
  await Deno.mkdir(folder, { recursive: true });
  const flags = ["--quiet", ...PERMISSIONS, `--junit-path=${junit}`];
  if (filter) flags.push(`--filter=${filter}`);
  const env = { ...await graphics(), ...withoutProxy() };
  const ok = await run([Deno.execPath(), "test", ...flags, ...words], { env, quiet });
  const text = await Deno.readTextFile(junit).catch(() => "");
  await Deno.remove(junit).catch(() => {});
  const report = readJunit(text, ok);
  if (ok || report.failures.length > 0) return report;
  const error =
    "deno test ended with an error, but no test of its report failed: its output says why";
  return { ...report, failures: [{ test: words.join(" "), error }] };
}

/** Tests talk to servers of their own: not through a proxy, where the machine has one. */
function withoutProxy(): Record<string, string> {
  const named = Deno.env.get("NO_PROXY") ?? Deno.env.get("no_proxy");
  const value = [...(named ? [named] : []), "localhost", "127.0.0.1"].join(",");
  return { NO_PROXY: value, no_proxy: value };
}

/** Vulkan on Linux, software or not, wants a folder for its sockets; some machines have none. */
async function graphics(): Promise<Record<string, string>> {
  if (Deno.build.os !== "linux" || Deno.env.get("XDG_RUNTIME_DIR")) return {};
  const folder = join(root, "build", "xdg");
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  return { XDG_RUNTIME_DIR: folder };
}

/**
 * Reads a JUnit report.
 *
 * @param xml as `deno test --junit-path` writes it; empty if it wrote none
 * @param ok whether `deno test` ended with exit code 0: a file that cannot be loaded is in no report, but
 *   counts as a failure
 */
export function readJunit(xml: string, ok: boolean): TestReport {
  let passed = 0;
  const failures: Failed[] = [];
  const skipped: Skipped[] = [];
  for (
    const [, name, inside] of xml.matchAll(/<testcase name="([^"]*)"[^>]*>([^]*?)<\/testcase>/g)
  ) {
    const test = unescape(name);
    if (inside.includes("<skipped")) skipped.push(reasonOf(test));
    else if (inside.includes("<failure") || inside.includes("<error")) {
      failures.push({ test, error: errorOf(inside) });
    } else passed++;
  }
  const failed = Math.max(failures.length, ok ? 0 : 1);
  return { passed, failed, skipped, failures };
}

function reasonOf(name: string): Skipped {
  const [, test, reason] = name.match(/^([^]*) \[skipped: ([^]*)\]$/) ?? [];
  return { test: test ?? name, reason: reason ?? "ignored in its source" };
}

/** What a failed test threw, without colours, and of the stack the place nearest to the error. */
function errorOf(inside: string): string {
  const [, text] = inside.match(/<(?:failure|error)[^>]*>([^]*?)<\/(?:failure|error)>/) ?? [];
  const lines = stripVTControlCharacters(unescape(text ?? "")).trim().split("\n");
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  return lines.slice(0, stack < 0 ? undefined : stack + 1).join("\n");
}

function unescape(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) => {
    return code ? String.fromCodePoint(Number(code)) : named[name] ?? whole;
  });
}
