"""What Hugging Face's tokenizer and plain Python make of questions, passages and tagged sentences.

Run in this folder: python generate.py (transformers, tokenizers). The vocabulary is that of
data/models/small_world_bert. Writes reference.json:
* "spans": random passages and questions; the windows of the fast tokenizer (its `stride` is their overlap) with
  start and end positions as transformers' question-answering example computes them; for every piece the windows
  that show it with most context; random logits and the answers that google-research/bert's rules give
  (written anew here, by trying all pairs of places).
* "sentences": tagged words, and the tag numbers at their first pieces as transformers' token-classification example
  aligns them.
"""
import json
import random

import numpy as np
from transformers import BertTokenizerFast

random.seed(3)
rng = np.random.default_rng(3)
with open("../../../data/models/small_world_bert/vocab.txt") as file:
    tokenizer = BertTokenizerFast(vocab={line.rstrip("\n"): i for i, line in enumerate(file)}, do_lower_case=True)
WORDS = """Mara Tellwick lives in Corbury , near the river Amra . She is a baker and likes plum-cake ; her dog Biscuit
sleeps . "Where ?" asked Tobin's friend Éva ( 12 ) . Zelda went to xyzzy-land on 4/5/1066 !""".split()


def text(n):
    out = ""
    for _ in range(n):
        out += random.choice(["", " ", " ", " ", "  "] if out else [""]) + random.choice(WORDS)
    return out


def windows_of(question, context, max_length, stride, max_question):
    q = tokenizer(question, add_special_tokens=False, truncation=True, max_length=max_question)["input_ids"]
    room = max_length - len(q) - 3
    question = question[: tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"][len(q) - 1][1]]
    return tokenizer(
        question, context, truncation="only_second", max_length=max_length, stride=max(0, room - stride),
        return_overflowing_tokens=True, return_offsets_mapping=True,
    ), room


def positions(encoded, i, start_char, end_char):
    offsets, ids = encoded["offset_mapping"][i], encoded.sequence_ids(i)
    first, last = ids.index(1), len(ids) - 1 - ids[::-1].index(1)
    if not (offsets[first][0] <= start_char and offsets[last][1] >= end_char):
        return [0, 0]
    start = max(t for t in range(first, last + 1) if offsets[t][0] <= start_char)
    end = min(t for t in range(first, last + 1) if offsets[t][1] >= end_char)
    return [start, end]


def decode(context, encoded, P, starts, firsts, logits, n_best, max_answer, null):
    """run_squad.py's rules; `starts` and `firsts` say where each window begins in the passage and in the sequence."""
    length = [len(e) - 1 - f for e, f in zip(encoded["input_ids"], firsts)]  # pieces of the passage in each window

    def score(w, p):
        left, right = p - starts[w], starts[w] + length[w] - 1 - p
        return min(left, right) + 0.01 * length[w]

    candidates = []
    owner = [max((w for w in range(len(starts)) if starts[w] <= p < starts[w] + length[w]), key=lambda w: (score(w, p), -w)) for p in range(P)]
    for w, (start_logits, end_logits) in enumerate(logits):
        T = len(encoded["input_ids"][w])
        rank_s = sorted(range(T), key=lambda t: -start_logits[t])[:n_best]
        rank_e = sorted(range(T), key=lambda t: -end_logits[t])[:n_best]
        for s in rank_s:
            for e in rank_e:
                if not (firsts[w] <= s <= e < firsts[w] + length[w]) or e - s + 1 > max_answer:
                    continue
                if owner[s - firsts[w] + starts[w]] != w:
                    continue
                offsets = encoded["offset_mapping"][w]
                candidates.append((start_logits[s] + end_logits[e], context[offsets[s][0]: offsets[e][1]]))
    candidates.sort(key=lambda c: -c[0])
    best, seen = [], set()
    for score_, said in candidates:
        if said not in seen and len(best) < n_best:
            best.append([said, score_])
            seen.add(said)
    null_score = min(s[0] + e[0] for s, e in logits)
    scores = np.array([s for _, s in best] + ([null_score] if null else []))
    p = np.exp(scores - scores.max(initial=-np.inf))
    p /= p.sum()
    said = best[0][0] if best else ""
    if null and best and null_score - best[0][1] > 0:
        said = ""
    return {"text": said, "best": [[b[0], b[1], float(q)] for b, q in zip(best, p)], "null": null_score - best[0][1] if best else None}, owner


spans = []
for case in range(20):
    context, question = text(random.choice([3, 40, 80, 120])), text(random.choice([1, 4, 9]))
    max_length, stride, max_question = random.choice([(150, 60, 64), (60, 20, 64), (48, 12, 6), (50, 100, 5), (32, 3, 4)])
    encoded, room = windows_of(question, context, max_length, stride, max_question)
    n = len(encoded["input_ids"])
    words = [(m, m + len(w)) for m, w in [(context.find(w), w) for w in context.split()] if m >= 0]
    start_char, end_char = random.choice(words)[0], 0
    end_char = random.choice([b for a, b in words if b > start_char][:3] or [words[0][1]])
    if end_char <= start_char:
        start_char, end_char = words[0]
    firsts = [encoded.sequence_ids(i).index(1) for i in range(n)]
    passage = tokenizer(context, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    starts = [[list(o) for o in passage].index(list(encoded["offset_mapping"][i][firsts[i]])) for i in range(n)]
    logits = [np.round(rng.normal(size=(2, len(encoded["input_ids"][i]))) * 4, 3).astype(np.float32).astype(float).tolist() for i in range(n)]
    n_best, max_answer, null = random.choice([(20, 30), (5, 4), (3, 30)]) + (case % 2 == 1,)
    answer, owner = decode(context, encoded, len(passage), starts, firsts, logits, n_best, max_answer, null)
    spans.append({
        "context": context, "question": question, "answer": [start_char, context[start_char:end_char]],
        "maxLength": max_length, "stride": stride, "maxQuestionLength": max_question,
        "ids": encoded["input_ids"], "types": encoded["token_type_ids"],
        "targets": [positions(encoded, i, start_char, end_char) for i in range(n)],
        "owner": owner, "starts": starts, "firsts": firsts,
        "logits": logits, "nBest": n_best, "maxAnswerLength": max_answer, "noAnswer": null, "said": answer,
    })

sentences = []
for _ in range(20):
    words = [random.choice(WORDS) for _ in range(random.randint(1, 30))]
    numbers = [random.randint(0, 4) for _ in words]
    encoded = tokenizer(words, is_split_into_words=True)
    word_ids, labels = encoded.word_ids(), []
    for t, word in enumerate(word_ids):
        labels.append(-100 if word is None or (t > 0 and word_ids[t - 1] == word) else numbers[word])
    sentences.append({"words": words, "tags": numbers, "ids": encoded["input_ids"], "targets": labels})

with open("reference.json", "w") as file:
    json.dump({"spans": spans, "sentences": sentences}, file)
print(len(spans), [len(s["ids"]) for s in spans])
