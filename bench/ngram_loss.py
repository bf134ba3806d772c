"""What a masked language model has to beat: the cross-entropy of a text's pieces, in nats, from their
frequencies alone, and from the one piece before (absolute discounting, D = 0.75, Kneser's and Ney's back-off
left out). Counted on nineteen twentieths of the paragraphs, measured on the rest, seed 0.

    python bench/ngram_loss.py VOCAB.txt DATA_DIR/pretrain_text/*.txt DATA_DIR/squad/train-v1.1-subset-44articles.json

Needs `tokenizers`.
"""

import collections
import json
import math
import random
import sys

from tokenizers import BertWordPieceTokenizer

DISCOUNT = 0.75


def paragraphs(path):
    with open(path, encoding="utf-8") as file:
        if path.endswith(".json"):
            return [p["context"] for a in json.load(file)["data"] for p in a["paragraphs"]]
        return file.read().split("\n")


def main(vocab, *paths):
    tokenizer = BertWordPieceTokenizer(vocab, lowercase=True)
    texts = [text for path in paths for text in paragraphs(path) if text]
    random.seed(0)
    encoded = [e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
    random.shuffle(encoded)
    held = len(encoded) // 20
    testing, training = encoded[:held], encoded[held:]
    size = tokenizer.get_vocab_size()

    count = collections.Counter(i for ids in training for i in ids)
    total = sum(count.values())
    frequency = lambda i: (count[i] + 0.5) / (total + 0.5 * size)
    pairs = collections.Counter(pair for ids in training for pair in zip(ids, ids[1:]))
    before = collections.Counter(i for ids in training for i in ids[:-1])
    followers = collections.Counter(a for a, _ in pairs)

    def after(a, i):
        if before[a] == 0:
            return frequency(i)
        own = max(pairs[a, i] - DISCOUNT, 0) / before[a]
        return own + DISCOUNT * followers[a] / before[a] * frequency(i)

    alone = [-math.log(frequency(i)) for ids in testing for i in ids]
    second = [-math.log(after(a, i)) for ids in testing for a, i in zip(ids, ids[1:])]
    print(f"{total} pieces to count; frequencies {sum(alone) / len(alone):.2f}, "
          f"one piece before {sum(second) / len(second):.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
