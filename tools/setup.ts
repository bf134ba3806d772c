/**
 * Makes everything the notebooks need besides Deno: a Python environment in `.venv` with JupyterLab, and
 * in it a kernelspec that starts this Deno through the supervisor `kernel.ts`. Nothing is written outside
 * the repository, and Jupyter's own folders are moved in there as well. The first call takes about half a
 * minute, a later one a fraction of a second.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { capture, type Finished, Problem, root, runTask, tail } from "./command.ts";

/** A Python environment in which Jupyter runs the course. */
export interface Environment {
  /** The environment's folder. */
  readonly folder: string;
  /** The Python inside it. */
  readonly python: string;
  /** All environment variables under which Jupyter sees this environment and nothing of the user's. */
  readonly env: Record<string, string>;
}

/** How {@linkcode setUp} works. */
export interface SetUpOptions {
  /** Where the environment lies. Default `.venv` in the repository. */
  readonly folder?: string;
  /** Is told what takes time. Default: printed on standard error. */
  readonly say?: (message: string) => void;
}

const tools = join(root, "tools");
const windows = Deno.build.os === "windows";
const oldest = [3, 10];
const neededBytes = 600e6;

/**
 * Makes the environment, or finds that it is there already.
 *
 * @returns the environment
 * @throws {Problem} if Python, its venv module, disk space or the network is missing; the sentence says
 *   what to do
 */
export async function setUp(options: SetUpOptions = {}): Promise<Environment> {
  const folder = options.folder ?? join(root, ".venv");
  const say = options.say ?? ((message) => console.error(message));
  const environment = describe(folder);
  const unlock = await lock();
  try {
    await cachePackages(environment);
    const stamp = await stampText();
    if (!await stands(environment, stamp)) {
      await build(environment, say);
      await Deno.writeTextFile(join(folder, "stamp.json"), stamp);
    }
    await writeKernelspec(environment);
  } finally {
    unlock();
  }
  return environment;
}

function describe(folder: string): Environment {
  const bin = join(folder, windows ? "Scripts" : "bin");
  const own = join(folder, "jupyter");
  const env = { ...Deno.env.toObject() };
  // What would let the user's own Python or Jupyter into ours.
  for (const name of ["PYTHONPATH", "PYTHONHOME", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH"]) {
    delete env[name];
  }
  Object.assign(env, {
    VIRTUAL_ENV: folder,
    PATH: `${bin}${windows ? ";" : ":"}${env.PATH ?? ""}`,
    PYTHONNOUSERSITE: "1",
    PYTHONUNBUFFERED: "1",
    PIP_USER: "0",
    JUPYTER_PREFER_ENV_PATH: "1",
    JUPYTER_CONFIG_DIR: join(own, "config"),
    JUPYTER_DATA_DIR: join(own, "data"),
    JUPYTER_RUNTIME_DIR: join(own, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(own, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(own, "workspaces"),
    IPYTHONDIR: join(own, "ipython"),
  });
  return { folder, python: join(bin, windows ? "python.exe" : "python"), env };
}

/** Two tasks started at once must not build one folder together. */
async function lock(): Promise<() => void> {
  const path = join(root, "build", "setup.lock");
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { write: true, create: true });
  await file.lock(true);
  return () => file.close();
}

/** Fetches the packages of deno.lock now, so that no cell of a notebook has to. */
async function cachePackages({ env }: Environment) {
  const done = await capture([Deno.execPath(), "install", "--quiet"], { cwd: root, env });
  if (!done?.ok) {
    throw new Problem(
      "the packages in deno.lock could not be fetched: check the network (HTTPS_PROXY where there is a " +
        `proxy) and the space on the disk, then run this again\n${tail(done?.text ?? "")}`,
    );
  }
}

/** Whatever the environment is made from; a change of it makes a new environment. */
async function stampText(): Promise<string> {
  const names = ["requirements.txt", "requirements_optional.txt", "constraints.txt"];
  const made = names.map((name) => Deno.readTextFile(join(tools, name)));
  return JSON.stringify({ root, requirements: await Promise.all(made) });
}

async function stands({ folder, python }: Environment, stamp: string): Promise<boolean> {
  try {
    await Deno.stat(python);
    return await Deno.readTextFile(join(folder, "stamp.json")) === stamp;
  } catch {
    return false;
  }
}

async function build(environment: Environment, say: (message: string) => void) {
  const { folder, python, env } = environment;
  const system = await findPython(env);
  await checkSpace(system, env);
  say(`setting up JupyterLab in ${folder} (once, about half a minute) ...`);
  const start = performance.now();
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  try {
    checkVenv(system, await capture([...system, "-m", "venv", folder], { env }));
    const pip = [python, "-m", "pip", "install", "--quiet", "--no-input", "--no-cache-dir"];
    pip.push("--retries", "3", "--disable-pip-version-check", "-c", join(tools, "constraints.txt"));
    checkPip(await capture([...pip, "-r", join(tools, "requirements.txt")], { env }));
    const blas = await capture([...pip, "-r", join(tools, "requirements_optional.txt")], { env });
    if (!blas?.ok) {
      say(
        "note: the native BLAS (scipy-openblas32) could not be installed here; everything works " +
          "without it, but training on the wasm backend is slower",
      );
    }
    await dressJupyter(environment);
  } catch (error) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    throw error;
  }
  say(`set up in ${Math.round((performance.now() - start) / 1000)} s`);
}

async function findPython(env: Record<string, string>): Promise<string[]> {
  const newer = [14, 13, 12, 11, 10].map((minor) => [`python3.${minor}`]);
  const candidates = [["python3"], ["python"], ...newer, ...(windows ? [["py", "-3"]] : [])];
  let tooOld: string | undefined;
  for (const words of candidates) {
    const asked = await capture(
      [...words, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
      { env },
    );
    const [, major, minor] = asked?.ok ? asked.text.match(/^(\d+)\.(\d+)/) ?? [] : [];
    if (major === undefined) continue;
    if (Number(major) === oldest[0] && Number(minor) >= oldest[1]) return words;
    tooOld = `${words.join(" ")} is ${major}.${minor}`;
  }
  throw new Problem(
    `JupyterLab needs Python ${oldest.join(".")} or newer, but ` +
      (tooOld ?? "no python3 was found in PATH") +
      ": install it (Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python; " +
      "Windows: winget install Python.Python.3.13), then run this again",
  );
}

async function checkSpace(system: string[], env: Record<string, string>) {
  const script = "import shutil, sys; print(shutil.disk_usage(sys.argv[1]).free)";
  const free = Number((await capture([...system, "-c", script, root], { env }))?.text);
  if (free < neededBytes) throw outOfSpace(`only ${Math.round(free / 1e6)} MB are free`);
}

function outOfSpace(said: string): Problem {
  return new Problem(
    `there is not enough space on the disk of ${root} (${said}): JupyterLab takes ` +
      `${neededBytes / 1e6} MB while it is installed; free some, then run this again`,
  );
}

function checkVenv(system: string[], done: Finished | undefined) {
  if (done?.ok) return;
  const text = done?.text ?? "";
  if (text.includes("No space left")) throw outOfSpace("the system says: no space left on device");
  if (/ensurepip|No module named '?venv/.test(text)) {
    throw new Problem(
      `${
        system.join(" ")
      } cannot make environments, its venv module is missing: install it (Debian, ` +
        "Ubuntu: sudo apt install python3-venv), then run this again",
    );
  }
  throw new Problem(`${system.join(" ")} -m venv failed:\n${tail(text)}`);
}

function checkPip(done: Finished | undefined) {
  if (done?.ok) return;
  const text = done?.text ?? "";
  if (text.includes("No space left")) throw outOfSpace("the system says: no space left on device");
  if (/connection|resolution|Could not fetch|timed out|No matching distribution/i.test(text)) {
    throw new Problem(
      "pip could not fetch JupyterLab: check the network (HTTPS_PROXY where there is a proxy), then " +
        `run this again\n${tail(text)}`,
    );
  }
  throw new Problem(`pip could not install JupyterLab:\n${tail(text)}`);
}

/** Leaves one kernel to choose, and no question about news at the first start. */
async function dressJupyter({ folder, env }: Environment) {
  await Deno.mkdir(env.IPYTHONDIR, { recursive: true });
  const share = join(folder, "share", "jupyter");
  await Deno.remove(join(share, "kernels", "python3"), { recursive: true }).catch(() => {});
  const settings = join(share, "lab", "settings");
  await Deno.mkdir(settings, { recursive: true });
  const news = { fetchNews: "false", checkForUpdates: false };
  await Deno.writeTextFile(
    join(settings, "overrides.json"),
    JSON.stringify({ "@jupyterlab/apputils-extension:notification": news }),
  );
}

/** Written at every start: the Deno that runs now is the one that the notebooks get. */
async function writeKernelspec({ folder }: Environment) {
  const deno = Deno.execPath();
  const supervised = ["run", "--allow-all", "--no-config", join(tools, "kernel.ts")];
  const kernel = {
    // Windows has no process groups to keep the button's signal from the kernel.
    argv: [
      deno,
      ...(windows ? ["jupyter", "--quiet", "--kernel", "--conn"] : supervised),
      "{connection_file}",
    ],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: windows ? "message" : "signal",
  };
  const spec = join(folder, "share", "jupyter", "kernels", "deno");
  await Deno.mkdir(spec, { recursive: true });
  const beside = join(spec, `kernel.json.${Deno.pid}`);
  await Deno.writeTextFile(beside, JSON.stringify(kernel, undefined, 1));
  await Deno.rename(beside, join(spec, "kernel.json"));
}

if (import.meta.main) {
  const usage = `
Makes the Python environment that the tasks use; they do so themselves when it is missing.

usage: deno run -A tools/setup.ts [--folder FOLDER]   (default .venv)
`;
  await runTask(usage, { folder: { type: "string" } }, async ({ folder }) => {
    const environment = await setUp(folder === undefined ? {} : { folder: resolve(folder) });
    console.log(`${environment.folder} is ready`);
    return true;
  });
}
