"""Executes notebooks in the Deno kernel, one after the other; started by notebooks.ts.

Standard input: one line of JSON, {"timeout": seconds, "notebooks": [{"source", "executed", "html"}]}, then
silence: when it closes, whoever asked is gone, and this program ends. Standard output: one line of JSON for
everything that happens.
"""

import json
import os
import re
import sys
import threading
import time
from pathlib import Path
from queue import Empty

import nbformat
from jupyter_client.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbconvert import HTMLExporter

# A kernel may say "idle" before the last output of a cell has left it: read on until it is quiet this long.
QUIET_SECONDS = 0.15
# ... but not for ever, should something in the background go on talking.
LONGEST_SECONDS = 5.0


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


class PatientClient(NotebookClient):
    """An nbclient that loses no output, and tells what it does."""

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        deadline = None
        while deadline is None or time.monotonic() < deadline:
            try:
                quiet = None if deadline is None else QUIET_SECONDS
                message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=quiet))
            except Empty:
                return
            if message["parent_header"].get("msg_id") == parent_msg_id:
                try:
                    self.process_message(message, cell, cell_index)
                except CellExecutionComplete:
                    deadline = time.monotonic() + LONGEST_SECONDS


def execute(index, job, timeout):
    source = Path(job["source"])
    notebook = nbformat.read(source, as_version=4)
    code = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.source.strip()]
    number = {cell_index: n for n, cell_index in enumerate(code, 1)}
    current = {"number": 0, "source": "", "start": time.monotonic()}

    def on_cell_execute(cell, cell_index):
        current.update(number=number[cell_index], source=cell.source, start=time.monotonic())
        tell("cell", notebook=index, number=number[cell_index])

    def on_cell_executed(cell, cell_index, execute_reply):
        seconds = time.monotonic() - current["start"]
        tell("cell_done", notebook=index, number=number[cell_index], seconds=seconds)

    client = PatientClient(
        notebook,
        kernel_name="deno",
        timeout=timeout,
        iopub_timeout=60,
        startup_timeout=120,
        record_timing=False,
        resources={"metadata": {"path": str(source.parent)}},
        on_cell_execute=on_cell_execute,
        on_cell_executed=on_cell_executed,
    )
    error = None
    tell("notebook", notebook=index)
    try:
        client.execute()
    except CellExecutionError as e:
        error = describe(e)
    except DeadKernelError:
        error = "the kernel died while this cell ran (out of memory?)"
    except CellTimeoutError:
        error = f"the cell took longer than {timeout} s and was given up"
    except Exception as e:  # such as a kernel that does not start
        error = f"{type(e).__name__}: {e}"

    write(job, notebook, source)
    if error is None:
        tell("notebook_done", notebook=index)
    else:
        error = re.sub(r"\x1b\[[0-9;]*m", "", error)
        tell(
            "notebook_failed",
            notebook=index,
            number=current["number"],
            source=current["source"],
            error=error,
        )


def describe(e):
    if not e.evalue:  # the kernel says no more than that it failed
        return "a syntax error, or an import that cannot be found: deno task ok tells which"
    said = f"{e.ename}: {e.evalue}"
    stack = e.traceback.split("Stack trace:\n")[-1].strip()
    return stack if stack.startswith(said) else f"{said}\n{stack}".strip()


def write(job, notebook, source):
    executed, html = Path(job["executed"]), Path(job["html"])
    executed.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, executed)
    exporter = HTMLExporter(embed_images=True)
    resources = {"metadata": {"name": source.stem, "path": str(source.parent)}}
    body, _ = exporter.from_notebook_node(notebook, resources=resources)
    html.write_text(body, encoding="utf-8")


def end_with_the_asker():
    sys.stdin.read()
    os._exit(1)  # the kernel's supervisor notices and takes the kernel along


def main():
    work = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_the_asker, daemon=True).start()
    for index, job in enumerate(work["notebooks"]):
        execute(index, job, work["timeout"])
    os._exit(0)


main()
