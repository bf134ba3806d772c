/**
 * `deno task bench [--against pytorch] [--json] [--only TEXT] [--rounds N]`
 *
 * Times training steps and inferences. With a peer, rounds of ours and of the peer's take turns, so that
 * both meet the same disturbances; the figures are medians over all rounds.
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { useBackend } from "../lib/backend/mod.ts";
import { wasmThreadsReady } from "../lib/backend/wasm/start.ts";
import { findPython, type Peer, startPeer } from "./peer.ts";
import { bertInference, bertStep } from "./works/bert.ts";
import { unetStep } from "./works/unet_step.ts";
import type { Work } from "./works/work.ts";

const works: readonly Work[] = [
  unetStep(16, 188, 1.5, 4),
  unetStep(64, 188, 1.3, 1),
  unetStep(32, 572, 1.3, 1),
  bertStep({ layers: 4, hidden: 256, heads: 4, vocabulary: 30_522, tokens: 128, batch: 8 }, 1.8, 2),
  bertInference(
    { layers: 6, hidden: 384, heads: 12, vocabulary: 30_522, tokens: 128, batch: 8 },
    1.5,
    3,
  ),
];

const HELP = `deno task bench [options]

  --against pytorch   run PyTorch on the same work in the same run (PYTORCH_PYTHON or python3 must have torch)
  --only TEXT         only the rows whose name contains TEXT (${
  works.map((w) => w.name).join(", ")
})
  --rounds N          rounds per row, default 7
  --warm-up N         steps before the first round, default 2
  --processor-time    seconds of processor time instead of seconds on the clock: on a machine that is busy with other things;
                      meant for TF_THREADS=1, because threads that wait by spinning count too
  --json              an array of { name, ours_ms, peer, peer_ms, ratio, must, holds, ... }
  --check             exit 1 where a row misses its "must"

Environment: TF_BACKEND, TF_THREADS, TF_BLAS choose what is measured.`;

/** One row of the result. */
interface Row {
  name: string;
  ours_ms: number;
  ours_fastest_ms: number;
  peer: string | null;
  peer_ms: number | null;
  peer_fastest_ms: number | null;
  ratio: number | null;
  must: number;
  holds: boolean | null;
  ours_peak_mib: number;
  peer_peak_mib: number | null;
}

const { values: flags } = parseArgs({
  args: Deno.args,
  options: {
    against: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string" },
    "warm-up": { type: "string" },
    json: { type: "boolean" },
    check: { type: "boolean" },
    "processor-time": { type: "boolean" },
    help: { type: "boolean" },
  },
});
if (flags.help) {
  console.log(HELP);
  Deno.exit(0);
}
if (flags.against !== undefined && flags.against !== "pytorch") {
  console.error(`--against is "${flags.against}"; the peer there is: pytorch.`);
  Deno.exit(2);
}
const say = flags.json ? console.error : console.log;
const python = flags.against ? await findPython() : undefined;
if (flags.against && !python) {
  console.error(
    "No Python with PyTorch was found: set PYTORCH_PYTHON to one, or install torch for python3.",
  );
  Deno.exit(2);
}

const backend = await useBackend();
await wasmThreadsReady();
say(
  `backend ${backend.name}: ${backend.reason}; threads ${backend.threads ?? "-"}, BLAS ${
    backend.blas ?? "none"
  }`,
);

const rows: Row[] = [];
for (const work of works) {
  if (flags.only && !work.name.includes(flags.only)) continue;
  const row = await measure(work, Number(flags.rounds ?? 7), Number(flags["warm-up"] ?? 2));
  rows.push(row);
  const against = row.peer_ms === null
    ? ""
    : `  PyTorch ${text(row.peer_ms)} ms (fastest ${text(row.peer_fastest_ms!)})  ratio ${
      row.ratio!.toFixed(2)
    }  ` +
      `must ${row.must}  ${row.holds ? "holds" : "MISSED"}`;
  say(`${work.title}: ${text(row.ours_ms)} ms (fastest ${text(row.ours_fastest_ms)})${against}`);
}
if (flags.json) console.log(JSON.stringify(rows, null, 2));
if (flags.check && rows.some((row) => row.holds === false)) Deno.exit(1);

/** Milliseconds, of the clock or of the processor. */
function now(): number {
  if (!flags["processor-time"]) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(work: Work, rounds: number, warmUp: number): Promise<Row> {
  const peer: Peer | undefined = python
    ? startPeer(
      python,
      work.name,
      backend.threads ?? navigator.hardwareConcurrency,
      !!flags["processor-time"],
    )
    : undefined;
  const running = await work.start();
  for (let i = 0; i < warmUp; i++) await running.step();
  await peer?.round(warmUp);
  const ours: number[] = [], theirs: number[] = [];
  let peerPeak = 0;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < work.steps; i++) {
      const start = now();
      await running.step();
      ours.push(now() - start);
    }
    const answer = await peer?.round(work.steps);
    theirs.push(...(answer?.milliseconds ?? []));
    peerPeak = answer?.peak ?? 0;
  }
  await peer?.close();
  const ratio = peer ? median(ours) / median(theirs) : null;
  return {
    name: work.name,
    ours_ms: median(ours),
    ours_fastest_ms: Math.min(...ours),
    peer: peer ? "pytorch" : null,
    peer_ms: peer ? median(theirs) : null,
    peer_fastest_ms: peer ? Math.min(...theirs) : null,
    ratio,
    must: work.must,
    holds: ratio === null ? null : ratio <= work.must,
    ours_peak_mib: Math.round(Deno.memoryUsage().rss / 2 ** 20),
    peer_peak_mib: peer ? Math.round(peerPeak) : null,
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function text(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 100 ? 1 : 0);
}
