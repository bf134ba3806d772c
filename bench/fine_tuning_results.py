"""docs/results_fine_tuning.json, which the lessons draw, and its table for docs/results.md, from full runs.

    deno task train bert --task MRPC ... --seed 1 --json --out RUNS/MRPC_1 > RUNS/MRPC_1.json 2> RUNS/MRPC_1.log
    python bench/pytorch/fine_tune.py --task MRPC ... --seeds 1 > RUNS/transformers_MRPC_1.json
    python bench/fine_tuning_results.py RUNS > docs/results_fine_tuning.json && deno fmt docs/results_fine_tuning.json
    python bench/fine_tuning_results.py RUNS --into docs/results_fine_tuning.json   # beside what stands there
    python bench/fine_tuning_results.py docs/results_fine_tuning.json --table

With --into a row of RUNS takes the place of that of the same task and as many examples, or adds its seeds where the
same recipe made both; the others stay. Takes the scores from the .json files and the scores after every epoch from
what was reported on the way. SQuAD's, which `train bert` gives in per cent as the official script does, become
shares of 1, as all others are.
"""
import json
import re
import sys
from pathlib import Path

ORDER = ["MRPC", "RTE", "STS-B", "CoLA", "SQuAD", "wikigold", "WNUT-2017", "UD-EWT-POS"]
EPOCH = re.compile(r"step (\d+), epoch [\d.]+: (.*)")
NAMES = {"f1": "F1", "accuracy": "accuracy", "spearman": "Spearman", "matthews_correlation": "Matthews"}
# Examples to train on and to score on, where sometimes only some of them are taken.
WHOLE = {"SQuAD": (11877, 10570)}


def share(task, score):
    return score / 100 if task == "SQuAD" else score


def curve_of(log, task, metric, batch):
    """[examples read, score] after every epoch; a run that was interrupted has those since then."""
    for line in log.read_text(errors="replace").splitlines() if log.exists() else []:
        match = EPOCH.match(line)
        if match:
            scores = dict(pair.rsplit(" ", 1) for pair in match[2].split(", "))
            yield [int(match[1]) * batch, round(share(task, float(scores[metric])), 4)]


def runs_of(folder, name):
    """(path, content) of NAME_SEED.json, by seed."""
    for path in sorted(Path(folder).glob(f"{name}_[0-9].json")):
        text = path.read_text()
        yield path, json.loads(text[text.index("{"):])


def row_of(folder, task):
    seeds, row = [], None
    for path, run in runs_of(folder, task):
        metric, batch = run["headline"], run["recipe"]["batchSize"]
        split = "test" if "test" in run else "dev"
        row = {"task": task, "metric": metric, "model": run["model"], "train": run["train"],
               "scored": {"split": split, "examples": run[split]}}
        seeds.append({"seed": run["runs"][0]["seed"], "score": round(share(task, run["runs"][0]["scores"][metric]), 4),
                      "curve": list(curve_of(path.with_suffix(".log"), task, metric, batch))})
    if row is None:
        return None
    recipe = run["recipe"]
    row["command"] = command("deno task train bert", row, recipe["epochs"], recipe["accumulate"], seeds)
    row["seeds"] = seeds
    peers = [run for _, run in runs_of(folder, f"transformers_{task}")]
    if peers:
        scores = [{"seed": run["runs"][0]["seed"], "score": round(run["runs"][0]["scores"][row["metric"]], 4)}
                  for run in peers]
        row["transformers"] = {"command": command("python bench/pytorch/fine_tune.py", row, recipe["epochs"], 4, scores),
                               "versions": peers[0]["versions"], "seeds": scores}
    return row


def command(tool, row, epochs, accumulate, seeds):
    listed = ",".join(str(run["seed"]) for run in seeds)
    train, scored = row["train"], row["scored"]["examples"]
    all_train, all_scored = WHOLE.get(row["task"], (train, scored))
    return (f"{tool} --task {row['task']} --model DIR/{row['model']} --data DATA_DIR --accumulate {accumulate} "
            f"--seeds {listed}" + (f" --limit {train}" if train < all_train else "")
            + (f" --dev-limit {scored}" if scored < all_scored else "")
            + (f" --epochs {epochs}" if epochs != 3 else ""))


def points(seeds):
    """Mean in points, and what it is the mean of."""
    scores = [100 * run["score"] for run in seeds]
    mean = sum(scores) / len(scores)
    return mean, f"{mean:.1f}" + (f" ({', '.join(f'{score:.1f}' for score in scores)})" if len(scores) > 1 else "")


def table(rows):
    print("| task, score | trained on | scored on | seeds | here | transformers | difference |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        mean, here = points(row["seeds"])
        peers = row.get("transformers", {"seeds": []})["seeds"]
        other, there = points(peers) if peers else (None, "not run")
        seeds = len(row["seeds"]) if len(row["seeds"]) == len(peers) else f"{len(row['seeds'])} / {len(peers)}"
        print(f"| {row['task']}, {NAMES[row['metric']]} | {row['train']:,} | {row['scored']['split']}, "
              f"{row['scored']['examples']:,} | {seeds} | {here} | {there} | "
              f"{f'{round(mean - other, 1) + 0:+.1f}' if peers else ''} |")


SEEDS = re.compile(r"--seeds \S+")


def joined(old, new):
    """The seeds of two rows together where one recipe made both (a seed that both have is the new one's), else the new row."""
    if old is None or new is None or SEEDS.sub("", old["command"]) != SEEDS.sub("", new["command"]):
        return new or old
    by_seed = {run["seed"]: run for run in old["seeds"] + new["seeds"]}
    seeds = [by_seed[seed] for seed in sorted(by_seed)]
    row = {**new, "command": SEEDS.sub("--seeds " + ",".join(str(run["seed"]) for run in seeds), new["command"]), "seeds": seeds}
    if "transformers" in old or "transformers" in new:
        row["transformers"] = joined(old.get("transformers"), new.get("transformers"))
    return row


def merged(old, new):
    place = lambda row: (ORDER.index(row["task"]), row["train"])
    rows = {place(row): row for row in old}
    for row in new:
        rows[place(row)] = joined(rows.get(place(row)), row)
    return [rows[at] for at in sorted(rows)]


def main(runs, *options):
    if Path(runs).is_file():
        rows = json.loads(Path(runs).read_text())
    else:
        rows = [row for row in (row_of(runs, task) for task in ORDER) if row]
    if "--into" in options:
        file = Path(options[options.index("--into") + 1])
        file.write_text(json.dumps(merged(json.loads(file.read_text()), rows), indent=2) + "\n")
    elif "--table" in options:
        table(rows)
    else:
        print(json.dumps(rows, indent=2))


main(*sys.argv[1:])
