"""What scikit-learn, SciPy, seqeval and conlleval say about random labels, numbers and tags, and what SQuAD's
rules give in Python for answers with odd characters. Writes reference.json.

Run in this folder: CONLLEVAL=conlleval.pl SQUAD_V2=compute_score.py python generate.py (numpy, scipy, scikit-learn,
seqeval, perl). conlleval.pl is the script of the CoNLL-2000 shared task, compute_score.py Hugging Face's copy of
evaluate-v2.0.py (huggingface/evaluate, metrics/squad_v2), which is asked for thresholds. SQuAD's other part restates the two official scripts with
Python's own str.lower, str.split, string.punctuation and re, whose behaviour is what has to be met.
"""
import contextlib
import importlib.util
import io
import json
import os
import random
import re
import string
import subprocess
import warnings
from collections import Counter

import numpy as np
from scipy import stats
from seqeval.metrics import f1_score as entity_f1
from seqeval.metrics import precision_score as entity_precision
from seqeval.metrics import recall_score as entity_recall
from seqeval.scheme import IOB2, IOBES
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)
random.seed(11)

classification = []
for classes, n in [(2, 1), (2, 7), (2, 200), (3, 50), (5, 400), (1, 9)]:
    truth = rng.integers(0, classes, n)
    predicted = np.where(rng.random(n) < 0.6, truth, rng.integers(0, classes, n))
    classification.append({
        "truth": truth.tolist(), "predicted": predicted.tolist(),
        "accuracy": accuracy_score(truth, predicted),
        "f1": f1_score(truth == 1, predicted == 1, zero_division=0.0),
        "matthews": matthews_corrcoef(truth, predicted),
    })
classification.append({
    "truth": [0, 1, 1, 0], "predicted": [1, 1, 1, 1], "accuracy": 0.5, "f1": f1_score([0, 1, 1, 0], [1] * 4),
    "matthews": matthews_corrcoef([0, 1, 1, 0], [1] * 4),
})

correlation = []
for n, ties in [(2, False), (5, False), (300, False), (40, True), (300, True)]:
    x = rng.normal(size=n) * 3 + 1e3
    y = 0.5 * x + rng.normal(size=n)
    if ties:
        x, y = np.round(x), np.round(y)
    correlation.append({
        "x": x.tolist(), "y": y.tolist(), "pearson": stats.pearsonr(x, y)[0], "spearman": stats.spearmanr(x, y)[0],
        "ranks": stats.rankdata(x).tolist(),
    })


def tags(n, prefixes):
    kinds = ["PER", "LOC", "creative-work"]
    return ["O" if random.random() < 0.3 else f"{random.choice(prefixes)}-{random.choice(kinds)}" for _ in range(n)]


def conlleval(truth, predicted):
    return conlleval_file("\n\n".join("\n".join(f"w {t} {p}" for t, p in zip(*pair)) for pair in zip(truth, predicted)) + "\n\n")


def conlleval_file(lines):
    said = subprocess.run(["perl", os.environ["CONLLEVAL"]], input=lines, capture_output=True, text=True).stdout
    counts = re.search(r"(\d+) tokens with (\d+) phrases; found: (\d+) phrases; correct: (\d+)", said)
    shares = re.search(r"accuracy:\s*([\d.]+)%; precision:\s*([\d.]+)%; recall:\s*([\d.]+)%; FB1:\s*([\d.]+)", said)
    names = ["words", "total", "predicted", "correct", "accuracy", "precision", "recall", "f1"]
    return dict(zip(names, [int(n) for n in counts.groups()] + [float(n) for n in shares.groups()]))


entities = []
for name, prefixes, scheme in [("BIO2", "BI", IOB2), ("BIOES", "BIES", IOBES)]:
    for _ in range(60):
        truth = [tags(random.randint(1, 9), prefixes) for _ in range(random.randint(1, 4))]
        predicted = [[t if random.random() < 0.6 else o for t, o in zip(s, tags(len(s), prefixes))] for s in truth]

        def scores(**how):
            how["zero_division"] = 0
            return [float(f(truth, predicted, **how)) for f in (entity_precision, entity_recall, entity_f1)]

        case = {
            "scheme": name, "truth": truth, "predicted": predicted, "seqeval": scores(),
            "strict": scores(mode="strict", scheme=scheme),
        }
        if name == "BIO2":  # conlleval is older than S
            case["conlleval"] = conlleval(truth, predicted)
        entities.append(case)


def normalize(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def answer_f1(said, right, v2):
    said, right = normalize(said).split(), normalize(right).split()
    if v2 and (len(said) == 0 or len(right) == 0):
        return float(said == right)
    same = sum((Counter(said) & Counter(right)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(said), same / len(right)
    return 2 * precision * recall / (precision + recall)


WORDS = [
    "the", "The", "a", "AN", "an", "theory", "cat", "cats", "U.S.", "the-end", "na\u00efve", "a\u0301", "\u00e9a", "the\u2019s",
    "\u2018a\u2019", "1066", "\u00bd", "A\u0130", "\u03a3\u03a3", "x\u00a0y", "x\u2003the\u2003y", "\u200bthe", "_the_", "the_", "a1", "\u4e00a",
    "\u0967the", "\x1cthe\x1d", "\x85a", "$", "", "  ", "don't", "\u2014the\u2014", "a.", "(an)",
]
answers = []
for _ in range(400):
    said = random.choice([" ", "  ", "\t", ""]).join(random.choices(WORDS, k=random.randint(0, 5)))
    right = " ".join(random.choices(WORDS, k=random.randint(0, 4))) if random.random() < 0.6 else said + random.choice(WORDS)
    answers.append({
        "said": said, "right": right, "normalized": normalize(said), "f1": answer_f1(said, right, False),
        "f1v2": answer_f1(said, right, True),
    })

# Whole files: -DOCSTART- lines, which conlleval counts as words, and 160 words, of which some shares in percent end
# halfway between two digits.
files = []
for number in range(24):
    lines, words = [], 0
    while words < 160:
        if number % 2 and (words == 0 or random.random() < 0.1):
            lines.append("-DOCSTART- -X- O O\n\n")
            words += 1
        truth = tags(min(random.randint(1, 9), 160 - words), "BI")
        right = random.choice([0.02, 0.3, 0.9])
        guess = [t if random.random() < right else o for t, o in zip(truth, tags(len(truth), "BI"))]
        lines.append("".join(f"w NN {t} {p}\n" for t, p in zip(truth, guess)) + "\n")
        words += len(truth)
    files.append({"text": "".join(lines), "conlleval": conlleval_file("".join(lines))})

# Thresholds of silence: some equal, some questions not predicted, some predictions already silent.
spec = importlib.util.spec_from_file_location("squad_v2", os.environ["SQUAD_V2"])
squad_v2 = importlib.util.module_from_spec(spec)
spec.loader.exec_module(squad_v2)
silence = []
for number in range(40):
    n = random.randint(2, 40)
    truths = [random.choices(["cat", "big cat", "the dog", "1066"], k=random.randint(1, 3)) if random.random() < 0.5 else []
              for _ in range(n)]
    truths[:2] = [["cat"], []]
    said = {f"q{i}": random.choice(["", "cat", "a big cat", "dog 1066"]) for i in range(n) if i < 2 or random.random() < 0.9}
    ids = list(said)
    random.shuffle(ids)
    nulls = {i: round(random.uniform(-3, 3), 0 if number % 2 else 6) for i in ids}
    dataset = [{"paragraphs": [{"qas": [{"id": f"q{i}", "answers": {"text": t}} for i, t in enumerate(truths)]}]}]
    with contextlib.redirect_stdout(io.StringIO()):
        exact, f1 = squad_v2.get_raw_scores(dataset, said)
    has_answer = squad_v2.make_qid_to_has_ans(dataset)
    limit = random.choice([-1, 0, 1])
    silenced = [squad_v2.apply_no_ans_threshold(raw, nulls, has_answer, limit) for raw in (exact, f1)]
    result = squad_v2.make_eval_dict(*silenced)
    squad_v2.find_all_best_thresh(result, said, exact, f1, nulls, has_answer)
    silence.append({"truths": truths, "said": said, "nulls": nulls, "limit": limit, "official": result})

with open("reference.json", "w") as file:
    json.dump({"classification": classification, "correlation": correlation, "entities": entities, "answers": answers,
               "files": files, "silence": silence}, file)
