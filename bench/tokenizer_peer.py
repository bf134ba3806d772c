"""Hugging Face's Rust `tokenizers` for bench/tokenizer_ids.ts: python tokenizer_peer.py VOCAB SEED COUNT FOLDER

Writes COUNT random Unicode sentences into FOLDER/sentences.json (a list), and what the library makes of them, cased and
uncased, into FOLDER/cased.json and FOLDER/uncased.json (lists of [ids, offsets in UTF-16 units]).
"""
import json
import os
import sys

import tokenizers
from tokenizers import BertWordPieceTokenizer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/golden/bert_tokenizer"))
from random_text import random_sentences, utf16_offsets  # noqa: E402

vocabulary, seed, count, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
sentences = random_sentences(seed, count)
results = {"sentences": sentences}
for name, lowercase in (("uncased", True), ("cased", False)):
    tokenizer = BertWordPieceTokenizer(vocabulary, lowercase=lowercase)
    encodings = tokenizer.encode_batch(sentences)
    results[name] = [[e.ids, utf16_offsets(s, e.offsets)] for s, e in zip(sentences, encodings)]
for name, content in results.items():
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(content, file, separators=(",", ":"))
print(tokenizers.__version__)
