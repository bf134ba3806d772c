"""What Hugging Face's Rust `tokenizers` makes of texts. Writes reference.json.

Run inside this folder: DATA_DIR=... python generate.py
* "random": random Unicode sentences under a made-up vocabulary, cased and uncased: ids and offsets.
* "files": for the texts below DATA_DIR, under bert-base-uncased's vocabulary, one SHA-256 for each
  file over the ids and offsets of all its texts. No text of others is stored.
"""
import hashlib
import json
import os
import random
import struct

import tokenizers
from random_text import random_sentences, utf16_offsets
from tokenizers import BertWordPieceTokenizer

FILES = [
    "glue/CoLA/train.tsv", "glue/CoLA/dev.tsv", "glue/CoLA/test.tsv", "glue/SST-2/train.tsv", "glue/SST-2/dev.tsv",
    "glue/MRPC/msr_paraphrase_train.txt", "glue/MRPC/msr_paraphrase_test.txt",
    "glue/RTE/train.tsv", "glue/RTE/dev.tsv", "glue/RTE/test.tsv",
    "glue/STS-B/train.tsv", "glue/STS-B/dev.tsv", "glue/STS-B/test.tsv",
    "glue/WNLI/train.tsv", "glue/WNLI/dev.tsv", "glue/WNLI/test.tsv",
    "squad/dev-v1.1.json", "squad/train-v1.1-subset-44articles.json",
    "pretrain_text/state_union_1945_2006.txt", "pretrain_text/inaugural_1789_2021.txt",
]


def texts(path):
    """Every line of a text file; every passage followed by its questions in a SQuAD file."""
    with open(path, encoding="utf-8", newline="") as file:
        content = file.read()
    if not path.endswith(".json"):
        return content.split("\n")
    out = []
    for article in json.loads(content)["data"]:
        for paragraph in article["paragraphs"]:
            out.append(paragraph["context"])
            out += [qa["question"] for qa in paragraph["qas"]]
    return out


def digest(tokenizer, lines):
    """SHA-256 over little-endian int32: for each text its ids, -1, its offsets, -2."""
    sha = hashlib.sha256()
    for text, e in zip(lines, tokenizer.encode_batch(lines)):
        numbers = [*e.ids, -1, *(x for pair in utf16_offsets(text, e.offsets) for x in pair), -2]
        sha.update(struct.pack(f"<{len(numbers)}i", *numbers))
    return sha.hexdigest()


def made_up_vocabulary(sentences):
    rng = random.Random(7)
    import unicodedata
    points = sorted({c for s in sentences for t in (s, unicodedata.normalize("NFD", s).lower()) for c in t if not c.isspace() and ord(c) > 32})
    rng.shuffle(points)
    kept = sorted(points[: len(points) // 2]) + [chr(c) for c in range(33, 127)]
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    pairs = sorted({rng.choice(letters) + rng.choice(letters) for _ in range(400)})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *kept, *("##" + c for c in kept), *pairs, *("##" + p for p in pairs)]
    return list(dict.fromkeys(pieces))


def main():
    sentences = random_sentences(seed=1, count=600)
    vocabulary = made_up_vocabulary(sentences)
    out = {"versions": {"tokenizers": tokenizers.__version__}, "vocabulary": vocabulary, "sentences": sentences}
    for name, lowercase in (("uncased", True), ("cased", False)):
        t = BertWordPieceTokenizer({p: i for i, p in enumerate(vocabulary)}, lowercase=lowercase)
        t._tokenizer.encode_special_tokens = False
        encoded = t.encode_batch(sentences)
        out[name] = [{"ids": e.ids, "offsets": utf16_offsets(s, e.offsets), "words": e.word_ids} for s, e in zip(sentences, encoded)]
    data = os.environ["DATA_DIR"]
    t = BertWordPieceTokenizer(os.path.join(data, "bert_vocab/bert-base-uncased-vocab.txt"), lowercase=True)
    out["files"] = {}
    for f in FILES:
        lines = texts(os.path.join(data, f))
        out["files"][f] = {"texts": len(lines), "sha256": digest(t, lines)}
    with open("reference.json", "w") as file:
        json.dump(out, file, separators=(",", ":"))
    print(sum(f["texts"] for f in out["files"].values()), "texts in", len(FILES), "files;", len(sentences), "random sentences;", len(vocabulary), "pieces")


if __name__ == "__main__":
    main()
