/**
 * `deno task lab`: opens the notebooks in JupyterLab.
 *
 * @module
 */
import { join } from "node:path";
import { Problem, root, runTask } from "./command.ts";
import { setUp } from "./setup.ts";
import { trustNotebooks } from "./trust.ts";

const usage = `
Sets up JupyterLab and the Deno kernel in .venv, where that has not happened yet, and opens the notebooks.
Ctrl-C ends it.

usage: deno task lab [options]
  --port PORT    the port to serve on (default: the first free one from 8888)
  --no-browser   print the address instead of opening it
  --help         print this
`;

const options = {
  port: { type: "string" },
  "no-browser": { type: "boolean" },
} as const;

const firstPort = 8888, lastPort = 8988;

await runTask(usage, options, async (flags, words) => {
  if (words.length > 0) throw new Problem(`"${words[0]}" is no option; --help lists them`);
  const port = choosePort(flags.port); // before the set-up, which takes longer
  const environment = await setUp();
  const { folder, python, env } = environment;
  const distrust = await trustNotebooks(environment, join(root, "notebooks"));
  if (distrust) console.error(`note: ${distrust}`);
  const first = "notebooks/00_start_here.ipynb";
  const start = await Deno.stat(join(root, first)).then(() => first, () => "notebooks");
  const lab = new Deno.Command(python, {
    args: [
      ...[
        "-m",
        "jupyterlab",
        `--ServerApp.root_dir=${root}`,
        `--LabApp.default_url=/lab/tree/${start}`,
      ],
      ...[`--port=${port}`, "--ServerApp.port_retries=0", "--ServerApp.answer_yes=True"],
      "--KernelSpecManager.ensure_native_kernel=False",
      `--LabApp.app_dir=${join(folder, "share", "jupyter", "lab")}`,
      ...(flags["no-browser"] ? ["--no-browser"] : []),
      ...(Deno.build.os !== "windows" && Deno.uid() === 0 ? ["--allow-root"] : []),
    ],
    cwd: root,
    env,
    clearEnv: true,
    stdin: "null",
  }).spawn();
  // Ctrl-C reaches JupyterLab by itself; this process stays until the kernels are shut down.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => lab.kill("SIGTERM"));
  const { code, signal } = await lab.status;
  return code === 0 || signal === "SIGINT" || signal === "SIGTERM";
});

function choosePort(asked: string | undefined): number {
  if (asked !== undefined) {
    const port = Number(asked);
    if (!(Number.isInteger(port) && port > 0 && port < 65536)) {
      throw new Problem(`--port takes a number from 1 to 65535, not "${asked}"`);
    }
    if (isFree(port)) return port;
    throw new Problem(
      `port ${port} is in use (another JupyterLab?): end what uses it, choose another with ` +
        `--port ${
          port < 65535 ? port + 1 : 8888
        }, or leave --port out and the first free one is taken`,
    );
  }
  for (let port = firstPort; port <= lastPort; port++) if (isFree(port)) return port;
  throw new Problem(`the ports ${firstPort} to ${lastPort} are all in use: choose one with --port`);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw new Problem(`port ${port} cannot be used (${(error as Error).message}): choose another`);
  }
}
