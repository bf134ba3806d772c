"""Drives one kernel through jupyter_client, as JupyterLab does, and prints what became of it as JSON.

Usage: python kernel_session.py SCENARIO FOLDER; the folder is where the kernel runs.
"""

import json
import os
import signal
import subprocess
import sys
import time
from queue import Empty

from jupyter_client import KernelManager

WATCHING = """
import { watchInterrupt } from "../../lib/io/mod.ts";
const interrupt = watchInterrupt();
let steps = 0;
const weights = [1, 2, 3];
console.log("begins");
while (!interrupt.requested) {
  steps++;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
console.log(`stopped after a step: ${steps > 0}`);
"""
ENDLESS = 'const before = 1; console.log("begins"); for (;;) Math.random();'
TOKENIZING = """
import { BertTokenizer, findPretrained } from "../../lib/bert/mod.ts";
const kept = 42;
const tokenizer = await BertTokenizer.load((await findPretrained()).folder);
const texts = Array(200).fill("the quick brown fox jumps over the lazy dog ".repeat(20));
console.log("begins");
for (;;) tokenizer.encodeBatch(texts); // never awaits
"""
DOWNLOADING = """
import { download } from "../../lib/io/mod.ts";
const silent = Deno.serve({ port: 0, onListen() {} }, () => new Promise(() => {}));
const path = `${Deno.makeTempDirSync()}/a.bin`;
console.log("begins");
await download([`http://localhost:${silent.addr.port}/a.bin`], path, { patience: 600_000 });
"""
CHILD = 'const child = new Deno.Command("sleep", { args: ["%d"] }).spawn(); console.log(child.pid);'


class Session:
    def __init__(self, folder):
        self.manager = KernelManager(kernel_name="deno")
        self.manager.start_kernel(cwd=folder)
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def send(self, code):
        return self.client.execute(code)

    def result(self, request, timeout=30):
        """The reply's status and all text that was printed; "no reply" if none came in time.

        Messages that answer other requests are passed over: a slow start leaves answers to wait_for_ready behind.
        """
        printed = ""
        try:
            while True:
                message = self.client.get_iopub_msg(timeout=timeout)
                if message["parent_header"].get("msg_id") != request:
                    continue
                if message["msg_type"] == "stream":
                    printed += message["content"]["text"]
                if message["content"].get("execution_state") == "idle":
                    break
            while True:
                reply = self.client.get_shell_msg(timeout=timeout)
                if reply["parent_header"].get("msg_id") == request:
                    return {"status": reply["content"]["status"], "printed": printed}
        except Empty:
            return {"status": "no reply", "printed": printed}

    def wait_for_begin(self, timeout=120):
        """Until a cell prints "begins"."""
        while True:
            message = self.client.get_iopub_msg(timeout=timeout)
            if message["msg_type"] == "stream" and "begins" in message["content"]["text"]:
                return

    def run(self, code):
        return self.result(self.send(code))

    def press_stop(self):
        self.manager.interrupt_kernel()

    @property
    def supervisor(self):
        return self.manager.provisioner.pid

    def processes(self):
        """Supervisor, kernel and guard, by their arguments: the number of the process -> the arguments."""
        table = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True).stdout
        rows = [line.split(None, 1) for line in table.splitlines()]
        ours = {int(p): a for p, a in rows if self.manager.connection_file in a}
        guards = {int(p): a for p, a in rows if any(a.endswith(f"guard {pid}") for pid in ours)}
        return {**ours, **guards}


def alive(pids):
    def is_alive(pid):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
        return state.stdout.strip()[:1] not in ("", "Z")

    return [pid for pid in pids if is_alive(pid)]


def left_of(pids, seconds=10):
    """How many of the processes are still there when they have had some time to end."""
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return len(alive(pids))


def wait_until_dead(session, seconds=10):
    deadline = time.monotonic() + seconds
    while session.manager.is_alive() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not session.manager.is_alive()


def stop_a_loop_that_looks(folder):
    session = Session(folder)
    request = session.send(WATCHING)
    session.wait_for_begin()
    time.sleep(0.5)
    session.press_stop()
    stopped = session.result(request)
    after = session.run("console.log(steps > 0, weights.length);")
    pids = list(session.processes())
    session.manager.shutdown_kernel()
    return {"stopped": stopped, "next": after, "processes": len(pids), "left": left_of(pids)}


def stop_in(cell, folder):
    session = Session(folder)
    request = session.send(cell)
    session.wait_for_begin()
    time.sleep(1)
    session.press_stop()
    stopped = session.result(request, timeout=60)
    after = session.run("console.log('alive');")
    session.manager.shutdown_kernel(now=True)
    return {"stopped": stopped["status"], "next": after}


def stop_tokenizing(folder):
    return stop_in(TOKENIZING, folder)


def stop_downloading(folder):
    return stop_in(DOWNLOADING, folder)


def stop_a_loop_that_never_looks(folder):
    session = Session(folder)
    pids = list(session.processes())
    session.send(ENDLESS)
    session.wait_for_begin()
    time.sleep(1)
    session.press_stop()
    time.sleep(0.5)
    session.press_stop()  # an impatient double press asks no second time
    time.sleep(1)
    survives_double_press = session.manager.is_alive()
    for _ in range(4):  # on a busy machine the first presses may be taken late
        time.sleep(2.2)
        if session.manager.is_alive():
            session.press_stop()
    dead = wait_until_dead(session)
    left = left_of(pids)
    session.manager.restart_kernel()  # JupyterLab's watch on the kernel does this by itself
    session.connect()
    after = session.run("console.log(typeof before);")
    session.manager.shutdown_kernel(now=True)
    return {"survives_double_press": survives_double_press, "dead": dead, "left": left, "next": after}


def stop_while_nothing_runs(folder):
    session = Session(folder)
    session.run("const kept = 42;")
    for _ in range(3):
        session.press_stop()
        time.sleep(1.2)
    after = session.run("console.log(kept);")
    session.manager.shutdown_kernel(now=True)
    return {"next": after}


def with_child(session):
    """All processes of a session, including one that a cell has started."""
    child = int(session.run(CHILD % 100_000)["printed"])
    return [*session.processes(), child]


def restart(folder):
    session = Session(folder)
    pids = with_child(session)
    session.manager.restart_kernel()
    session.connect()
    after = session.run("console.log('again');")
    left = left_of(pids)
    session.manager.shutdown_kernel(now=True)
    return {"left": left, "next": after}


def kill_supervisor(folder):
    session = Session(folder)
    pids = with_child(session)
    os.kill(session.supervisor, signal.SIGKILL)
    session.manager.is_alive()  # reaps it
    return {"processes": len(pids), "left": left_of(pids)}


def terminate_supervisor(folder):
    session = Session(folder)
    pids = with_child(session)
    os.kill(session.supervisor, signal.SIGTERM)
    wait_until_dead(session)
    return {"processes": len(pids), "left": left_of(pids)}


def kill_jupyter(folder):
    """A second Python starts the kernel, prints its processes and is gone without a word."""
    script = (
        "import json, os, kernel_session as k\n"
        f"session = k.Session({folder!r})\n"
        "print(json.dumps(k.with_child(session)), flush=True)\n"
        "os._exit(9)\n"
    )
    here = os.path.dirname(os.path.abspath(__file__))
    done = subprocess.run([sys.executable, "-c", script], cwd=here, capture_output=True, text=True)
    pids = json.loads(done.stdout.strip().splitlines()[-1])
    return {"processes": len(pids), "left": left_of(pids)}


SCENARIOS = {
    f.__name__: f
    for f in (
        stop_a_loop_that_looks,
        stop_tokenizing,
        stop_downloading,
        stop_a_loop_that_never_looks,
        stop_while_nothing_runs,
        restart,
        kill_supervisor,
        terminate_supervisor,
        kill_jupyter,
    )
}

if __name__ == "__main__":
    print(json.dumps(SCENARIOS[sys.argv[1]](sys.argv[2])))
