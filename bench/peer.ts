/** PyTorch in a process of its own, doing the same work on request. */

/** What a round of steps gave. */
export interface Round {
  milliseconds: number[];
  /** The process's peak memory so far, MiB. */
  peak: number;
}

/** A running peer. */
export interface Peer {
  round(steps: number): Promise<Round>;
  close(): Promise<void>;
}

/** The Python that has PyTorch: `PYTORCH_PYTHON`, else `python3`; undefined where neither can import torch. */
export async function findPython(): Promise<string | undefined> {
  for (const python of [Deno.env.get("PYTORCH_PYTHON"), "python3"]) {
    if (!python) continue;
    try {
      const { success } = await new Deno.Command(python, {
        args: ["-c", "import torch"],
        stdout: "null",
        stderr: "null",
      }).output();
      if (success) return python;
    } catch { /* not there */ }
  }
  return undefined;
}

/** Starts `pytorch/peer.py` on a piece of work. */
export function startPeer(
  python: string,
  work: string,
  threads: number,
  processorTime: boolean,
): Peer {
  const script = decodeURIComponent(new URL("pytorch/peer.py", import.meta.url).pathname);
  const child = new Deno.Command(python, {
    args: [script, ...work.split(" ")],
    env: {
      PEER_THREADS: `${threads}`,
      PEER_CLOCK: processorTime ? "process_time" : "perf_counter",
    },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  return {
    async round(steps) {
      await writer.write(new TextEncoder().encode(`${steps}\n`));
      for (;;) {
        const end = rest.indexOf("\n");
        if (end >= 0) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 1);
          return JSON.parse(line);
        }
        const { value, done } = await reader.read();
        if (done) throw new Error(`PyTorch ended before it answered the work "${work}".`);
        rest += value;
      }
    },
    async close() {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}
