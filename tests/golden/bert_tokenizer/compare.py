"""Compares lib/bert's tokenizer with Hugging Face's Rust `tokenizers`, and with google-research/bert, text by text.

Run inside this folder: DATA_DIR=... python compare.py [--random 100000] [--google path/to/google-research/bert/tokenization.py]
Exits 1 if any id differs.

Two differences are expected, and are the other side's Unicode: where several marks on one letter are not in
canonical order and some of them survive (they are newer than the library's tables), Hugging Face's offsets
follow the places, ours the characters (a handful in 20,000 random texts); and Python may know fewer
characters than the JavaScript engine, so that google-research/bert is compared on characters known to Python.
"""
import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import types
import unicodedata

from generate import FILES, made_up_vocabulary, texts
from random_text import random_sentences, utf16_offsets
from tokenizers import BertWordPieceTokenizer


def ours(**request):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "request.json")
        with open(path, "w") as file:
            json.dump(request, file)
        subprocess.run(["deno", "run", "-A", "encode_lines.ts", path], check=True)
        with open(path + ".out", encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def report(title, lines, expected, got, what):
    wrong = [(t, e, g) for t, e, g in zip(lines, expected, got) if e != g]
    print(f"{title}: {len(lines) - len(wrong)} of {len(lines)} texts have identical {what}")
    for text, e, g in wrong[:3]:
        print("  text    ", ascii(text), "\n  expected", e, "\n  got     ", g)
    return len(wrong)


def against_hugging_face(title, vocab, lowercase, lines):
    v = {p: i for i, p in enumerate(vocab)} if isinstance(vocab, list) else vocab
    encoded = BertWordPieceTokenizer(v, lowercase=lowercase).encode_batch(lines)
    got = ours(vocab=vocab, lowercase=lowercase, style="huggingface", texts=lines)
    report(title, lines, [utf16_offsets(t, e.offsets) for t, e in zip(lines, encoded)], [g[1] for g in got], "offsets")
    return report(title, lines, [e.ids for e in encoded], [g[0] for g in got], "ids") + report(
        title, lines, [e.word_ids for e in encoded], [g[2] for g in got], "word numbers"
    )


def load_google(path):
    """google-research/bert's tokenization.py asks TensorFlow for nothing but file reading."""
    tf = types.ModuleType("tensorflow")
    tf.gfile = types.SimpleNamespace(GFile=lambda name, mode: open(name, encoding="utf-8"))
    six = types.ModuleType("six")
    six.PY3, six.PY2 = True, False
    sys.modules.update({"tensorflow": tf, "six": six})
    spec = importlib.util.spec_from_file_location("google_tokenization", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def against_google(title, google, vocab, lowercase, lines):
    path = vocab
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        if isinstance(vocab, list):
            file.write("\n".join(vocab) + "\n")
            file.flush()
            path = file.name
        t = google.FullTokenizer(path, do_lower_case=lowercase)
    expected = [t.convert_tokens_to_ids(["[CLS]", *t.tokenize(x), "[SEP]"]) for x in lines]
    got = ours(vocab=vocab, lowercase=lowercase, style="google", texts=lines)
    return report(title, lines, expected, [g[0] for g in got], "ids")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--random", type=int, default=100_000)
    parser.add_argument("--google")
    args = parser.parse_args()
    data = os.environ["DATA_DIR"]
    bert = os.path.join(data, "bert_vocab/bert-base-uncased-vocab.txt")
    real = [t for f in FILES for t in texts(os.path.join(data, f))]
    sentences = random_sentences(2, args.random)
    made_up = made_up_vocabulary(sentences[:3000])
    wrong = against_hugging_face("GLUE, SQuAD and speeches, uncased", bert, True, real)
    wrong += against_hugging_face("the same, capitals and accents kept", bert, False, real)
    wrong += against_hugging_face("random Unicode, uncased", made_up, True, sentences)
    wrong += against_hugging_face("random Unicode, cased", made_up, False, sentences)
    if args.google:
        google = load_google(args.google)
        known = ["".join(c for c in s if unicodedata.category(c) != "Cn") for s in sentences]
        wrong += against_google("google-research/bert, GLUE, SQuAD and speeches", google, bert, True, real[::10])
        wrong += against_google("google-research/bert, random Unicode, uncased", google, made_up, True, known)
        wrong += against_google("google-research/bert, random Unicode, cased", google, made_up, False, known)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
