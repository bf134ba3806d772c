/**
 * `deno task bench [--against pytorch] [--json] [--only TEXT] [--rounds N] [--kernels]`
 *
 * Times training steps and inferences of `lib/unet` and `lib/bert`. Ours and the peer's run in processes of their own and
 * take turns, round by round, so that both meet the same disturbances; the figures are medians over all rounds.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { benchKernels } from "./kernels.ts";
import { findPython, type Round, type Side, startOurs, startPython } from "./side.ts";

/** Who does the same work. "stock tfjs cpu" is tfjs's plain JavaScript backend, which has no kernel of ours. */
type PeerName = "pytorch" | "onnxruntime" | "stock tfjs cpu";

/** What is measured in one row. */
interface Work {
  /** The work's command line on both sides: `unet-step 16 188`. */
  readonly work: string;
  readonly title: string;
  readonly peer: PeerName;
  /** The largest ratio to the peer's time that is accepted. */
  readonly must: number;
  /** Steps in one round: short work is repeated. */
  readonly steps: number;
  /** Ours runs without OpenBLAS. */
  readonly withoutBlas?: boolean;
}

const BERT = "4 256 4 30522 128 8", MINILM = "6 384 12 30522 128 8";

const works: readonly Work[] = [
  step("unet-step 16 188", "U-Net base 16, tile 188, training step", 1.5, 4),
  step("unet-step 64 188", "U-Net base 64, tile 188, training step", 1.3, 1),
  step("unet-step 32 572", "U-Net base 32, tile 572, training step", 1.3, 1),
  step(`bert-step ${BERT}`, "BERT L4 H256 V30522, 128 x 8, pre-training step", 1.8, 2),
  {
    work: `bert-inference ${MINILM}`,
    title: "BERT L6 H384 (MiniLM's size), 128 x 8, inference",
    peer: "onnxruntime",
    must: 1.5,
    steps: 3,
  },
  {
    work: "unet-inference 64 572",
    title: "U-Net base 64, tile 572, inference",
    peer: "onnxruntime",
    must: 1.5,
    steps: 1,
  },
  {
    work: "unet-step 16 188",
    title: "U-Net base 16, tile 188, training step, without OpenBLAS",
    peer: "stock tfjs cpu",
    must: 1 / 50,
    steps: 1,
    withoutBlas: true,
  },
];

function step(work: string, title: string, must: number, steps: number): Work {
  return { work, title, peer: "pytorch", must, steps };
}

/** The largest ratio to the peer's peak memory that is accepted, for training steps. */
const MEMORY_MUST = 1.5;
/** What `useBackend` may take, ms. */
const STARTUP_MUST = 1000;

const HELP = `deno task bench [options]

  --against pytorch   run the peers on the same work in the same run: PyTorch, onnxruntime and tfjs's cpu backend
  --python PATH       the Python that has torch, and for two rows onnx, onnxscript and onnxruntime; default:
                      PYTORCH_PYTHON, else python3
  --only TEXT         only the rows whose title contains TEXT (${
  works.map((w) => w.title).join("; ")
}; start-up)
  --kernels           single kernels in GFLOP/s instead
  --rounds N          rounds per row, default 7 (the cpu backend, which takes a minute a step: 1)
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
  /** Only training steps have a bound. */
  memory_must: number | null;
  memory_holds: boolean | null;
}

const { values: flags } = parseArgs({
  args: Deno.args,
  options: {
    against: { type: "string" },
    python: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string" },
    "warm-up": { type: "string" },
    kernels: { type: "boolean" },
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
  console.error(`--against is "${flags.against}"; what there is: pytorch.`);
  Deno.exit(2);
}
const say = flags.json ? console.error : console.log;
if (flags.kernels) {
  const kernels = await benchKernels((line) => say(line), Number(flags.rounds ?? 7));
  if (flags.json) console.log(JSON.stringify(kernels, null, 2));
  Deno.exit(0);
}

const pythons = flags.python ? [flags.python] : [Deno.env.get("PYTORCH_PYTHON"), "python3"];
const python = flags.against ? await findPython(pythons, "torch") : undefined;
const onnxPython = python && await findPython([python], "torch, onnx, onnxscript, onnxruntime");
if (flags.against && !python) {
  console.error(
    "No Python with PyTorch was found: name one with --python or PYTORCH_PYTHON, or install torch for python3.",
  );
  Deno.exit(2);
}

const processorTime = !!flags["processor-time"];
const rows: Row[] = [];
const backend = await startup();
for (const work of works) {
  if (flags.only && !work.title.includes(flags.only)) continue;
  if (flags.against && work.peer === "onnxruntime" && !onnxPython) {
    say(`${work.title}: no peer: this Python lacks onnx, onnxscript or onnxruntime`);
  }
  const row = await measure(work);
  rows.push(row);
  say(line(row));
}
if (flags.json) console.log(JSON.stringify(rows, null, 2));
const missed = rows.some((row) => row.holds === false || row.memory_holds === false);
if (flags.check && missed) Deno.exit(1);

/** What `useBackend` chose; the time that it took, in processes that do nothing else, is the first row. */
async function startup(): Promise<{ threads?: number }> {
  const times: number[] = [];
  let told: { name: string; reason: string; threads?: number; blas?: string; startup: number };
  for (let i = 0; i < 5; i++) {
    const side = startOurs("", { processorTime });
    told = await side.line();
    times.push(told.startup);
    await side.close();
  }
  const { name, reason, threads, blas } = told!;
  say(`backend ${name}: ${reason}; threads ${threads ?? "-"}, BLAS ${blas ?? "none"}`);
  const row = judge("start-up of the backend", STARTUP_MUST, {
    ours: times,
    peer: null,
    theirs: [],
    peaks: [0, 0],
  });
  row.holds = row.ours_ms <= STARTUP_MUST;
  if (!flags.only || row.name.includes(flags.only)) {
    rows.push(row);
    say(`${row.name}: ${text(row.ours_ms)} ms  must ${STARTUP_MUST} ms  ${verdict(row.holds)}`);
  }
  return { threads };
}

async function measure({ work, title, peer, must, steps, withoutBlas }: Work): Promise<Row> {
  const slow = peer === "stock tfjs cpu";
  const rounds = Number(flags.rounds ?? 7), warmUp = Number(flags["warm-up"] ?? 2);
  const ours = startOurs(work, { processorTime, env: withoutBlas ? { TF_BLAS: "off" } : {} });
  await ours.line();
  const other = await startPeer(peer, work);
  const oursMs: number[] = [], theirs: number[] = [], peaks: [number, number] = [0, 0];
  const add = (to: number[], side: 0 | 1, { milliseconds, peak }: Round) => {
    to.push(...milliseconds);
    peaks[side] = peak;
  };
  await ours.round(warmUp);
  if (other && !slow) await other.round(warmUp);
  for (let round = 0; round < rounds; round++) {
    add(oursMs, 0, await ours.round(steps));
    if (other && (!slow || round === 0)) add(theirs, 1, await other.round(steps));
  }
  await ours.close();
  await other?.close();
  const row = judge(title, must, { ours: oursMs, peer: other ? peer : null, theirs, peaks });
  if (other && peer === "pytorch") {
    row.memory_must = MEMORY_MUST;
    row.memory_holds = peaks[0] <= MEMORY_MUST * peaks[1];
  }
  return row;
}

async function startPeer(peer: PeerName, work: string): Promise<Side | undefined> {
  if (!flags.against) return undefined;
  if (peer === "stock tfjs cpu") {
    const side = startOurs(work, { processorTime, env: { TF_BACKEND: "cpu" } });
    await side.line();
    return side;
  }
  const threads = backend.threads ?? navigator.hardwareConcurrency;
  const interpreter = peer === "onnxruntime" ? onnxPython : python;
  if (!interpreter) return undefined;
  return startPython(interpreter, peer, work, threads, { processorTime });
}

function judge(
  name: string,
  must: number,
  { ours, peer, theirs, peaks }: {
    ours: number[];
    peer: string | null;
    theirs: number[];
    peaks: [number, number];
  },
): Row {
  const ratio = peer === null ? null : median(ours) / median(theirs);
  return {
    name,
    ours_ms: median(ours),
    ours_fastest_ms: Math.min(...ours),
    peer,
    peer_ms: peer === null ? null : median(theirs),
    peer_fastest_ms: peer === null ? null : Math.min(...theirs),
    ratio,
    must,
    holds: ratio === null ? null : ratio <= must,
    ours_peak_mib: Math.round(peaks[0]),
    peer_peak_mib: peer === null ? null : Math.round(peaks[1]),
    memory_must: null,
    memory_holds: null,
  };
}

function line(row: Row): string {
  const ours = `${row.name}: ${text(row.ours_ms)} ms (fastest ${text(row.ours_fastest_ms)}), ` +
    `peak ${row.ours_peak_mib} MiB`;
  if (row.peer_ms === null) return ours;
  const ratio = row.ratio!.toFixed(row.ratio! < 0.1 ? 4 : 2);
  const memory = row.memory_holds === null
    ? ""
    : `; memory ${(row.ours_peak_mib / row.peer_peak_mib!).toFixed(2)} of ` +
      `${row.peer_peak_mib} MiB, must ${row.memory_must}  ${verdict(row.memory_holds)}`;
  return `${ours}; ${row.peer} ${text(row.peer_ms)} ms (fastest ${text(row.peer_fastest_ms!)})  ` +
    `ratio ${ratio}  must ${row.must}  ${verdict(row.holds!)}${memory}`;
}

function verdict(holds: boolean): string {
  return holds ? "holds" : "MISSED";
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function text(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 100 ? 1 : 0);
}
