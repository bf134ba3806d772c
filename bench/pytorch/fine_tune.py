"""The recipe of `deno task train bert --task NAME` with the models of `transformers`, to compare scores with.

    python bench/pytorch/fine_tune.py --task MRPC --model DIR --data DIR --seeds 1,2,3

Tokenizer, network, loss, dropout and random numbers are those of `transformers` and PyTorch; scores are those of
scikit-learn, SciPy and seqeval. The recipe is google-research/bert's, as in lib/bert/fine_tuning.ts: Adam without bias
correction, epsilon 1e-6, decoupled decay 0.01 except for biases and normalisations, clipping to norm 1, warm-up over a
tenth of the steps, linear decay measured from step 0; floor(examples x epochs / batch) steps, an epoch's last batch
completed from the next epoch. A batch goes through in parts of sequences of about the same length, each example with
the same weight: less padding, the same gradients. Prints JSON.
"""
import argparse
import csv
import json
import sys
import time
from pathlib import Path

import torch
import transformers
from scipy.stats import pearsonr, spearmanr
from seqeval.metrics import f1_score as entity_f1
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

IGNORED = -100


def table(path, header=True):
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return rows[1:] if header else rows


def columns(path):
    """Sentences of a CoNLL file: (words, tags); the first column and the last."""
    words, tags = [], []
    for line in Path(path).read_text(encoding="utf-8").splitlines() + [""]:
        cells = line.split()
        if not cells:
            if words:
                yield words, tags
            words, tags = [], []
        else:
            words.append(cells[0])
            tags.append(cells[-1])


def pairs(a, b, label, labels=None):
    def read(data, name, split):
        rows = table(Path(data) / "glue" / name / f"{split}.tsv")
        return [((row[a], row[b]), labels.index(row[label]) if labels else float(row[label])) for row in rows]
    return read


def cola(data, name, split):
    rows = table(Path(data) / "glue" / name / f"{split}.tsv", header=False)
    return [((row[3], None), int(row[1])) for row in rows]


def tagged(train, test):
    def read(data, name, split):
        return list(columns(Path(data) / (train if split == "train" else test)))
    return read


def binary(predicted, gold):
    return {"f1": f1_score(gold, predicted), "accuracy": accuracy_score(gold, predicted)}


TASKS = {
    "MRPC": ("classes", 2, pairs(3, 4, 0, ["0", "1"]), binary),
    "RTE": ("classes", 2, pairs(1, 2, 3, ["entailment", "not_entailment"]),
            lambda p, g: {"accuracy": accuracy_score(g, p)}),
    "CoLA": ("classes", 2, cola, lambda p, g: {"matthews": matthews_corrcoef(g, p)}),
    "STS-B": ("number", 1, pairs(7, 8, 9),
              lambda p, g: {"pearson": pearsonr(p, g)[0], "spearman": spearmanr(p, g)[0]}),
    "WNUT-2017": ("tags", None, tagged("wnut17/wnut17train.conll", "wnut17/emerging.dev.conll"), None),
    "wikigold": ("tags", None, tagged("wikigold/train.conll", "wikigold/test.conll"), None),
}


class BertAdam:
    """AdamWeightDecayOptimizer of google-research/bert's optimization.py."""

    def __init__(self, model):
        self.named = [(n, p) for n, p in model.named_parameters()]
        self.m = [torch.zeros_like(p) for _, p in self.named]
        self.v = [torch.zeros_like(p) for _, p in self.named]

    @torch.no_grad()
    def step(self, rate):
        torch.nn.utils.clip_grad_norm_([p for _, p in self.named], 1.0)
        for (name, p), m, v in zip(self.named, self.m, self.v):
            if p.grad is None:
                continue
            m.mul_(0.9).add_(p.grad, alpha=0.1)
            v.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
            update = m / (v.sqrt() + 1e-6)
            if "LayerNorm" not in name and "bias" not in name:
                update = update + 0.01 * p
            p.sub_(rate * update)
            p.grad = None


def features_of(kind, examples, tokenizer, length, labels):
    for example in examples:
        if kind == "tags":
            words, tags = example
            encoded = tokenizer(words, is_split_into_words=True, truncation=True, max_length=length)
            seen, target = set(), []
            for word in encoded.word_ids():
                target.append(IGNORED if word is None or word in seen else labels.index(tags[word]))
                seen.add(word)
        else:
            (a, b), label = example
            encoded = tokenizer(a, b, truncation=True, max_length=length)
            target = [label]
        yield {"ids": encoded["input_ids"], "types": encoded["token_type_ids"], "target": target}


def batch_of(kind, features):
    length = max(len(f["ids"]) for f in features)
    pad = lambda key, fill: torch.tensor([f[key] + [fill] * (length - len(f[key])) for f in features])
    inputs = {"input_ids": pad("ids", 0), "token_type_ids": pad("types", 0),
              "attention_mask": torch.tensor([[1] * len(f["ids"]) + [0] * (length - len(f["ids"])) for f in features])}
    target = pad("target", IGNORED) if kind == "tags" else torch.tensor([f["target"][0] for f in features])
    return inputs, target


def parts_of(features, parts):
    longest_first = sorted(features, key=lambda f: -len(f["ids"]))
    each = -(-len(longest_first) // parts)
    return [longest_first[p:p + each] for p in range(0, len(longest_first), each)]


def loss_sum(kind, logits, target):
    if kind == "number":
        return ((logits[:, 0] - target) ** 2).sum()
    return torch.nn.functional.cross_entropy(logits.flatten(0, -2), target.flatten(), ignore_index=IGNORED,
                                             reduction="sum")


def predict(kind, model, features):
    model.eval()
    order = sorted(range(len(features)), key=lambda i: len(features[i]["ids"]))
    out = [None] * len(features)
    with torch.no_grad():
        for at in range(0, len(order), 32):
            some = order[at:at + 32]
            logits = model(**batch_of(kind, [features[i] for i in some])[0]).logits
            for i, row in zip(some, logits):
                out[i] = row[0].item() if kind == "number" else row.argmax(-1).tolist()
    return out


def entity_scores(features, examples, predicted, labels):
    gold, found = [], []
    for feature, (words, tags), row in zip(features, examples, predicted):
        chosen = [labels[p] for p, t in zip(row, feature["target"]) if t != IGNORED]
        gold.append(tags)  # words cut off by the length count as not found
        found.append(chosen + ["O"] * (len(tags) - len(chosen)))
    return {"f1": entity_f1(gold, found)}


def run(arguments, seed):
    kind, classes, read, score = TASKS[arguments.task]
    train, dev = (read(arguments.data, arguments.task, split) for split in ("train", "dev"))
    train = train[:arguments.limit]
    labels = sorted({tag for _, tags in train for tag in tags}) if kind == "tags" else None
    if labels:
        known = set(labels)
        unknown = {tag for _, tags in dev for tag in tags} - known
        labels += sorted(unknown)
    tokenizer = transformers.BertTokenizerFast.from_pretrained(arguments.model)
    encode = lambda examples: list(features_of(kind, examples, tokenizer, arguments.length, labels))
    train_features, dev_features = encode(train), encode(dev)
    torch.manual_seed(seed)
    Model = (transformers.BertForTokenClassification if kind == "tags"
             else transformers.BertForSequenceClassification)
    model = Model.from_pretrained(arguments.model, num_labels=classes or len(labels))
    optimizer = BertAdam(model)
    batch, count = arguments.batch, len(train_features)
    steps = max(1, int(count * arguments.epochs // batch))
    warmup = min(int(0.1 * steps), steps - 1)
    epochs = -(-steps * batch // count)
    order = torch.cat([torch.randperm(count) for _ in range(epochs)]).tolist()
    begun = time.perf_counter()
    model.train()
    for step in range(steps):
        some = [train_features[i] for i in order[step * batch:(step + 1) * batch]]
        targets = sum(t != IGNORED for f in some for t in f["target"])
        total = 0.0
        for part in parts_of(some, arguments.accumulate):
            inputs, target = batch_of(kind, part)
            loss = loss_sum(kind, model(**inputs).logits, target) / targets
            loss.backward()
            total += loss.item()
        optimizer.step(arguments.learning_rate * (step / warmup if step < warmup else 1 - step / steps))
        if (step + 1) % 25 == 0:
            each = (time.perf_counter() - begun) / (step + 1)
            print(f"step {step + 1} of {steps}: loss {total:.4f}, {1000 * each:.0f} ms a step",
                  file=sys.stderr, flush=True)
    seconds = time.perf_counter() - begun
    predicted = predict(kind, model, dev_features)
    if kind == "tags":
        scores = entity_scores(dev_features, dev, predicted, labels)
    else:
        scores = score(predicted, [gold for _, gold in dev])
    return {"seed": seed, "scores": {k: float(v) for k, v in scores.items()}, "steps": steps, "seconds": seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=TASKS, required=True)
    parser.add_argument("--model", required=True, help="config.json, model.safetensors, vocab.txt")
    parser.add_argument("--data", required=True, help="the folder that DATA_DIR names")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--accumulate", type=int, default=4, help="parts of a batch")
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    runs = [run(arguments, int(seed)) for seed in arguments.seeds.split(",")]
    names = runs[0]["scores"]
    mean = {name: sum(r["scores"][name] for r in runs) / len(runs) for name in names}
    print(json.dumps({"task": arguments.task, "scores": mean, "runs": runs,
                      "versions": {"torch": torch.__version__, "transformers": transformers.__version__}}))


main()
