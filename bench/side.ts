/** A process that does a piece of work on request: this project, or a peer. */

/** What a round of steps gave. */
export interface Round {
  milliseconds: number[];
  /** The process's peak memory so far, MiB. */
  peak: number;
}

/** A running process. */
export interface Side {
  /** The next line that it prints, as JSON. */
  line<T>(): Promise<T>;
  /** Does so many steps. */
  round(steps: number): Promise<Round>;
  close(): Promise<void>;
}

/** How a side is run. */
export interface SideOptions {
  readonly env?: Record<string, string>;
  readonly processorTime: boolean;
}

/** This project on a piece of work. */
export function startOurs(work: string, { env, processorTime }: SideOptions): Side {
  const script = path("ours.ts");
  return startSide(
    Deno.execPath(),
    ["run", "-A", "--no-check", script, work, processorTime ? "processor" : "clock"],
    env,
  );
}

/** A Python peer on a piece of work. */
export function startPython(
  python: string,
  runtime: "pytorch" | "onnxruntime",
  work: string,
  threads: number,
  { processorTime }: SideOptions,
): Side {
  return startSide(python, [path("pytorch/peer.py"), ...work.split(" ")], {
    PEER_RUNTIME: runtime,
    PEER_THREADS: `${threads}`,
    PEER_CLOCK: processorTime ? "process_time" : "perf_counter",
  });
}

/** The first Python of those named that can import the modules; undefined where none can. */
export async function findPython(
  candidates: readonly (string | undefined)[],
  modules: string,
): Promise<string | undefined> {
  for (const python of candidates) {
    if (!python) continue;
    try {
      const { success } = await new Deno.Command(python, {
        args: ["-c", `import ${modules}`],
        stdout: "null",
        stderr: "null",
      }).output();
      if (success) return python;
    } catch { /* not there */ }
  }
  return undefined;
}

function path(name: string): string {
  return decodeURIComponent(new URL(name, import.meta.url).pathname);
}

function startSide(command: string, args: string[], env: Record<string, string> = {}): Side {
  const child = new Deno.Command(command, { args, env, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const line = async <T>(): Promise<T> => {
    for (;;) {
      const end = rest.indexOf("\n");
      if (end >= 0) {
        const text = rest.slice(0, end);
        rest = rest.slice(end + 1);
        return JSON.parse(text);
      }
      const { value, done } = await reader.read();
      if (done) throw new Error(`"${[command, ...args].join(" ")}" ended before it answered.`);
      rest += value;
    }
  };
  return {
    line,
    async round(steps) {
      await writer.write(new TextEncoder().encode(`${steps}\n`));
      return await line<Round>();
    },
    async close() {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}
