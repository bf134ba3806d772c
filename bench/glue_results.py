"""docs/results_glue.json, which the lessons draw, from full runs of `deno task train bert`.

    deno task train bert --task MRPC ... --seed 1 --json --out RUNS/MRPC_1 > RUNS/MRPC_1.json 2> RUNS/MRPC_1.log
    python bench/glue_results.py RUNS > docs/results_glue.json && deno fmt docs/results_glue.json

Takes the scores from the .json files and the scores after every epoch from what was reported on the way.
"""
import json
import re
import sys
from pathlib import Path

ORDER = ["MRPC", "RTE", "STS-B", "CoLA"]
EPOCH = re.compile(r"step (\d+), epoch [\d.]+: (.*)")


def curve_of(log, metric, batch):
    """[examples read, score] after every epoch; a run that was interrupted has those since then."""
    for line in log.read_text(errors="replace").splitlines() if log.exists() else []:
        match = EPOCH.match(line)
        if match:
            scores = dict(pair.rsplit(" ", 1) for pair in match[2].split(", "))
            yield [int(match[1]) * batch, float(scores[metric])]


def main(folder):
    rows = {}
    for task in ORDER:
        for path in sorted(Path(folder).glob(f"{task}_[0-9].json")):
            text = path.read_text()
            run = json.loads(text[text.index("{"):])
            metric, batch = run["headline"], run["recipe"]["batchSize"]
            row = rows.setdefault(task, {"task": task, "metric": metric, "model": run["model"], "command": "",
                                         "seeds": []})
            row["seeds"].append({"seed": run["runs"][0]["seed"],
                                 "score": round(run["runs"][0]["scores"][metric], 4),
                                 "curve": list(curve_of(path.with_suffix(".log"), metric, batch))})
    for row in rows.values():
        seeds = ",".join(str(run["seed"]) for run in row["seeds"])
        row["command"] = (f"deno task train bert --task {row['task']} --model DIR/{row['model']} --data DATA_DIR "
                          f"--accumulate 4 --seeds {seeds}")
    print(json.dumps(list(rows.values()), indent=2))


main(*sys.argv[1:])
