"""Writes lib/bert/unicode_tables.ts: how Hugging Face's Rust `tokenizers` sorts the code points.

Run inside this folder: python make_unicode_tables.py > ../../../lib/bert/unicode_tables.ts
Every table is read off the library's behaviour, one code point at a time; nothing is copied from it.
"""
import sys
import textwrap
import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean = BertNormalizer(**{**off, "clean_text": True})
strip = BertNormalizer(**{**off, "strip_accents": True})
split = BertPreTokenizer()

dropped, marks, punctuation = [], [], []
for c in range(0x110000):
    if 0xD800 <= c < 0xE000:
        continue
    s = chr(c)
    if clean.normalize_str(s) == "":
        dropped.append(c)
    if strip.normalize_str(s) == "":
        marks.append(c)
    if [p for p, _ in split.pre_tokenize_str("a" + s + "b")] == ["a", s, "b"]:
        punctuation.append(c)


def ranges(points):
    out = []
    for c in points:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in out)


def table(name, doc, points):
    body = "\n".join("  " + line for line in textwrap.wrap(ranges(points), 96))
    print(f"\n/** {doc} */\nexport const {name} = `\n{body}\n`;")


print(
    f"""/*
 * How Hugging Face's Rust `tokenizers` {tokenizers.__version__} sorts the code points (its tables are those of
 * Unicode 8). Written by tests/golden/bert_tokenizer/make_unicode_tables.py: do not edit.
 * Hexadecimal code points and ranges, ends included.
 */"""
)
table("DROPPED", "Removed by cleaning: U+0000, U+FFFD and the control, format and private-use characters.", dropped)
table("PUNCTUATION", "Split off as words of their own: ASCII punctuation and category P.", punctuation)
table("NONSPACING_MARKS", "Category Mn: removed together with lower-casing.", marks)
