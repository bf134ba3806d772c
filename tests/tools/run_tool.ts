import { join } from "@std/path";

/** The repository's root. */
export const root = join(import.meta.dirname!, "..", "..");

/** How a tool ended. */
export interface ToolRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of `tools/` as a task would, with environment variables changed. */
export async function runTool(
  name: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<ToolRun> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(root, "tools", name), ...args],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Gives `body` a folder that is gone afterwards. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a notebook of code cells, not yet executed. */
export async function writeNotebook(path: string, sources: string[]) {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    execution_count: null,
    id: `cell-${i}`,
    metadata: {},
    outputs: [],
    source,
  }));
  const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  await Deno.writeTextFile(path, JSON.stringify(notebook));
}

/** Ignored on Windows, whose kernel runs without a supervisor, has no shell and signals otherwise. */
export const onUnix = (name: string) => {
  const ignore = Deno.build.os === "windows";
  return { name: ignore ? `${name} [skipped: needs Unix's signals and shell]` : name, ignore };
};
