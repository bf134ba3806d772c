/**
 * Kills a training process at random moments and starts it again until it is through.
 *
 * As a program: `kills.ts [KILLS] [STEPS]` prints what happened as JSON; exit code 1 if the weights are not
 * those of an unbroken run.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { readSafetensors } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const PROGRAM = fromFileUrl(new URL("./small_run.ts", import.meta.url));

/** How it went. */
export interface Kills {
  /** Processes that were killed while they trained or saved. */
  readonly kills: number;
  readonly finished: boolean;
  /** The last step that each process had printed when it ended. */
  readonly reached: readonly number[];
}

/**
 * Trains `small_run.ts` to the end over a number of violent deaths.
 *
 * @param path the checkpoint
 * @param wanted so many processes are killed, up to `longest` milliseconds after they begin to train
 */
export async function trainWithKills(
  path: string,
  { steps, wanted, seed, longest = 300 }: {
    readonly steps: number;
    readonly wanted: number;
    readonly seed: number;
    readonly longest?: number;
  },
): Promise<Kills> {
  const random = createRandom(seed), reached: number[] = [];
  let kills = 0, finished = false;
  for (let attempt = 0; attempt < 3 * wanted + 3 && !finished; attempt++) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", PROGRAM, path, String(steps)],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let timer: ReturnType<typeof setTimeout> | undefined, last = 0;
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      // Once it trains: anywhere between at once and some dozens of steps later, the saving included.
      if (text.includes("ready") && kills < wanted) {
        timer = setTimeout(() => child.kill("SIGKILL"), random.uniform(0, longest));
      }
      last = Number(text.trim().split("\n").at(-1)) || last;
    }
    const { signal } = await child.status;
    clearTimeout(timer);
    reached.push(last);
    if (signal === "SIGKILL") kills++;
    else finished = true;
  }
  return { kills, finished, reached };
}

if (import.meta.main) {
  const wanted = Number(Deno.args[0] ?? 50), steps = Number(Deno.args[1] ?? 2000);
  const folder = await Deno.makeTempDir();
  const broken = `${folder}/broken.safetensors`, whole = `${folder}/whole.safetensors`;
  const { kills, finished, reached } = await trainWithKills(broken, {
    steps,
    wanted,
    seed: Date.now(),
  });
  await trainWithKills(whole, { steps, wanted: 0, seed: 1 });
  const bits = async (path: string) => {
    const { tensors, metadata } = await readSafetensors(path);
    return JSON.stringify([
      metadata,
      [...tensors].map(([name, { data }]) => [name, [...data as Float32Array]]),
    ]);
  };
  const same = finished && await bits(broken) === await bits(whole);
  console.log(JSON.stringify({ kills, finished, steps, sameBits: same, reached }));
  await Deno.remove(folder, { recursive: true });
  Deno.exit(same ? 0 : 1);
}
