"""The recipe of `deno task train bert --task NAME` with the models of `transformers`, to compare scores with.

    pip install torch==2.15.0 transformers==5.23.0 scikit-learn==1.9.1 scipy seqeval==1.2.2 torchmetrics==1.9.0
    python bench/pytorch/fine_tune.py --task MRPC --model DIR --data DIR --seeds 1,2,3
    python bench/pytorch/fine_tune.py --task MRPC --model OUT --data DIR --epochs 0     # score the weights in OUT
    python bench/pytorch/fine_tune.py --task MRPC --model DIR --data DIR --repeat OUT/start --no-dropout

The last one repeats a run of `deno task train bert --record --no-dropout`: the same first weights, the head's
included, and the same batches; what then differs is arithmetic alone. (Not for SQuAD, whose windows are cut otherwise
here than there.)

Tokenizer, network, loss, dropout and random numbers are those of `transformers` and PyTorch; scores are those of
scikit-learn, SciPy and seqeval. The recipe is google-research/bert's, as in lib/bert/fine_tuning.ts: Adam without bias
correction, epsilon 1e-6, decoupled decay 0.01 except for biases and normalisations, clipping to norm 1, warm-up over a
tenth of the steps, linear decay measured from step 0; floor(examples x epochs / batch) steps, an epoch's last batch
completed from the next epoch. A batch goes through in parts of sequences of about the same length, each example with
the same weight: less padding, the same gradients (but for SQuAD, where the softmax over places takes the padding in,
as in run_squad.py and run_qa.py). Questions are answered as in transformers' run_qa.py: windows that
overlap, the best pair of 20 starts and 20 ends, at most 30 pieces, scored by torchmetrics. Prints JSON.
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
from torchmetrics.functional.text import squad

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


def questions(data, name, split):
    """(question, passage), and the answers with their places in it."""
    file = "train-v1.1-subset-44articles.json" if split == "train" else "dev-v1.1.json"
    articles = json.loads((Path(data) / "squad" / file).read_text(encoding="utf-8"))["data"]
    return [((asked["question"], paragraph["context"]), asked["answers"])
            for article in articles for paragraph in article["paragraphs"] for asked in paragraph["qas"]]


def binary(predicted, gold):
    return {"f1": f1_score(gold, predicted), "accuracy": accuracy_score(gold, predicted)}


TASKS = {
    "MRPC": ("classes", 2, pairs(3, 4, 0, ["0", "1"]), binary),
    "RTE": ("classes", 2, pairs(1, 2, 3, ["entailment", "not_entailment"]),
            lambda p, g: {"accuracy": accuracy_score(g, p)}),
    "CoLA": ("classes", 2, cola, lambda p, g: {"matthews_correlation": matthews_corrcoef(g, p)}),
    "STS-B": ("number", 1, pairs(7, 8, 9),
              lambda p, g: {"pearson": pearsonr(p, g)[0], "spearman": spearmanr(p, g)[0]}),
    "WNUT-2017": ("tags", None, tagged("wnut17/wnut17train.conll", "wnut17/emerging.dev.conll"), None),
    "wikigold": ("tags", None, tagged("wikigold/train.conll", "wikigold/test.conll"), None),
    "UD-EWT-POS": ("tags", None, tagged("ud_ewt_pos/train.tsv", "ud_ewt_pos/test.tsv"), None),
    "SQuAD": ("spans", 2, questions, None),
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


def windows_of(examples, tokenizer, length):
    """A passage that is too long is read in windows; one that does not hold the whole answer points at [CLS]."""
    for number, ((question, context), answers) in enumerate(examples):
        encoded = tokenizer(question, context, truncation="only_second", max_length=length, stride=128,
                            return_overflowing_tokens=True, return_offsets_mapping=True)
        start, end = answers[0]["answer_start"], answers[0]["answer_start"] + len(answers[0]["text"])
        for w, offsets in enumerate(encoded["offset_mapping"]):
            places = [i for i, part in enumerate(encoded.sequence_ids(w)) if part == 1]
            target = [0, 0]
            if offsets[places[0]][0] <= start and end <= offsets[places[-1]][1]:
                inside = [i for i in places if offsets[i][1] > start and offsets[i][0] < end]
                target = [inside[0], inside[-1]]
            yield {"ids": encoded["input_ids"][w], "types": encoded["token_type_ids"][w], "target": target,
                   "example": number, "offsets": {i: offsets[i] for i in places}}


def features_of(kind, examples, tokenizer, length, labels):
    if kind == "spans":
        yield from windows_of(examples, tokenizer, length)
        return
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
    if kind == "tags":
        return inputs, pad("target", IGNORED)
    if kind == "spans":
        return inputs, torch.tensor([f["target"] for f in features])
    return inputs, torch.tensor([f["target"][0] for f in features])


def parts_of(features, parts):
    longest_first = sorted(features, key=lambda f: -len(f["ids"]))
    each = -(-len(longest_first) // parts)
    return [longest_first[p:p + each] for p in range(0, len(longest_first), each)]


def logits_of(kind, model, inputs):
    output = model(**inputs)
    return torch.stack([output.start_logits, output.end_logits], 1) if kind == "spans" else output.logits


def loss_sum(kind, logits, target):
    if kind == "number":
        return ((logits[:, 0] - target) ** 2).sum()
    return torch.nn.functional.cross_entropy(logits.flatten(0, -2), target.flatten(), ignore_index=IGNORED,
                                             reduction="sum")


def best_span(logits, offsets):
    """(score, first character, last character) of the best answer in a window, or None."""
    starts, ends = (row.topk(min(20, len(row))).indices.tolist() for row in logits)
    pairs = [(a, b) for a in starts for b in ends if a in offsets and b in offsets and a <= b < a + 30]
    if not pairs:
        return None
    score, a, b = max(((logits[0][a] + logits[1][b]).item(), a, b) for a, b in pairs)
    return score, offsets[a][0], offsets[b][1]


def predict(kind, model, features):
    model.eval()
    order = sorted(range(len(features)), key=lambda i: len(features[i]["ids"]))
    out = [None] * len(features)
    with torch.no_grad():
        for at in range(0, len(order), 32):
            some = order[at:at + 32]
            logits = logits_of(kind, model, batch_of(kind, [features[i] for i in some])[0])
            for i, row in zip(some, logits):
                if kind == "spans":
                    out[i] = best_span(row, features[i]["offsets"])
                else:
                    out[i] = row[0].item() if kind == "number" else row.argmax(-1).tolist()
    return out


def answer_scores(features, examples, predicted):
    best = [(float("-inf"), 0, 0)] * len(examples)
    for feature, found in zip(features, predicted):
        if found and found[0] > best[feature["example"]][0]:
            best[feature["example"]] = found
    texts = [context[start:end] for ((_, context), _), (_, start, end) in zip(examples, best)]
    scores = squad([{"id": str(i), "prediction_text": text} for i, text in enumerate(texts)],
                   [{"id": str(i), "answers": {"text": [a["text"] for a in answers],
                                               "answer_start": [a["answer_start"] for a in answers]}}
                    for i, (_, answers) in enumerate(examples)])
    return {"f1": scores["f1"].item() / 100, "exact_match": scores["exact_match"].item() / 100}


def tag_scores(features, examples, predicted, labels):
    gold, found = [], []
    for feature, (words, tags), row in zip(features, examples, predicted):
        chosen = [labels[p] for p, t in zip(row, feature["target"]) if t != IGNORED]
        gold.append(tags)  # words cut off by the length count as not found
        found.append(chosen + ["O"] * (len(tags) - len(chosen)))
    right = [a == b for x, y in zip(gold, found) for a, b in zip(x, y)]
    return {"f1": entity_f1(gold, found), "accuracy": sum(right) / len(right)}


def run(arguments, seed):
    kind, classes, read, score = TASKS[arguments.task]
    start = arguments.repeat or arguments.model
    train, dev = (read(arguments.data, arguments.task, split) for split in ("train", "dev"))
    train = train[:arguments.limit]
    if arguments.dev_limit and arguments.dev_limit < len(dev):
        dev = [dev[i * len(dev) // arguments.dev_limit] for i in range(arguments.dev_limit)]
    labels = None
    if kind == "tags":
        labels = (sorted({tag for _, tags in train for tag in tags}) if arguments.epochs and not arguments.repeat
                  else list(transformers.BertConfig.from_pretrained(start).label2id))
        classes = len(labels)
        labels += sorted({tag for _, tags in dev for tag in tags} - set(labels))  # never predicted
    tokenizer = transformers.BertTokenizerFast.from_pretrained(arguments.model)
    length = arguments.length or (384 if kind == "spans" else 128)
    encode = lambda examples: list(features_of(kind, examples, tokenizer, length, labels))
    train_features, dev_features = encode(train), encode(dev)
    torch.manual_seed(seed)
    Model = (transformers.BertForTokenClassification if kind == "tags"
             else transformers.BertForQuestionAnswering if kind == "spans"
             else transformers.BertForSequenceClassification)
    model = Model.from_pretrained(start, num_labels=classes)
    optimizer = BertAdam(model)
    batch, count = arguments.batch, len(train_features)
    steps = max(1, int(count * arguments.epochs // batch)) if arguments.epochs else 0
    warmup = min(int(0.1 * steps), steps - 1)
    epochs = -(-steps * batch // count)
    order = [i for _ in range(epochs) for i in torch.randperm(count).tolist()]
    if arguments.repeat:
        order = sum(json.loads((Path(start) / "order.json").read_text()), [])
        if len(order) != steps * batch or max(order) >= count:
            raise SystemExit(f"{start}/order.json is of {len(order)} examples; expected {steps} batches of {batch} of {count}")
    begun, recent = time.perf_counter(), []
    model.train(not arguments.no_dropout)
    for step in range(steps):
        some = [train_features[i] for i in order[step * batch:(step + 1) * batch]]
        targets = sum(t != IGNORED for f in some for t in f["target"])
        total = 0.0
        for part in parts_of(some, arguments.accumulate):
            inputs, target = batch_of(kind, part)
            loss = loss_sum(kind, logits_of(kind, model, inputs), target) / targets
            loss.backward()
            total += loss.item()
        optimizer.step(arguments.learning_rate * (step / warmup if step < warmup else 1 - step / steps))
        recent.append(total)
        if (step + 1) % 25 == 0:
            each = (time.perf_counter() - begun) / (step + 1)
            print(f"step {step + 1} of {steps}: loss {sum(recent) / len(recent):.4f}, {1000 * each:.0f} ms a step",
                  file=sys.stderr, flush=True)
            recent = []
    seconds = time.perf_counter() - begun
    predicted = predict(kind, model, dev_features)
    if kind == "tags":
        scores = tag_scores(dev_features, dev, predicted, labels)
    elif kind == "spans":
        scores = answer_scores(dev_features, dev, predicted)
    else:
        scores = score(predicted, [gold for _, gold in dev])
    return {"seed": seed, "scores": {k: float(v) for k, v in scores.items()}, "steps": steps, "seconds": seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=TASKS, required=True)
    parser.add_argument("--model", required=True, help="config.json, model.safetensors, vocab.txt")
    parser.add_argument("--data", required=True, help="the folder that DATA_DIR names")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--epochs", type=float, default=3, help="0: no training, the weights in --model are scored")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--accumulate", type=int, default=4, help="parts of a batch")
    parser.add_argument("--length", type=int, default=None, help="pieces (default 128, spans 384)")
    parser.add_argument("--limit", type=int, default=None, help="training examples at most")
    parser.add_argument("--dev-limit", type=int, default=None, help="so many development examples, evenly spread")
    parser.add_argument("--no-dropout", action="store_true")
    parser.add_argument("--repeat", metavar="DIR", default=None, help="start/ of a run of train bert --record")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    runs = [run(arguments, int(seed)) for seed in arguments.seeds.split(",")]
    names = runs[0]["scores"]
    mean = {name: sum(r["scores"][name] for r in runs) / len(runs) for name in names}
    print(json.dumps({"task": arguments.task, "scores": mean, "runs": runs,
                      "versions": {"torch": torch.__version__, "transformers": transformers.__version__}}))


main()
