"""What google-research/bert's own `create_training_instances` makes of a made-up corpus, driven by a simple generator
that can be written in any language. Writes reference.json.

Run inside this folder: python generate.py path/to/google-research/bert
"""
import json
import random
import sys
import types
import importlib.util


class Lcg:
    """x <- 1664525 x + 1013904223 mod 2^32, with the methods of random.Random that the code uses."""

    def __init__(self, seed):
        self.x = seed

    def random(self):
        self.x = (1664525 * self.x + 1013904223) % 2**32
        return self.x / 2**32

    def randint(self, low, high):
        return low + int(self.random() * (high + 1 - low))

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.randint(0, i)
            items[i], items[j] = items[j], items[i]


def load(folder):
    """TensorFlow is used for files and flags only: stand-ins will do."""
    tf = types.ModuleType("tensorflow")
    tf.gfile = types.SimpleNamespace(GFile=lambda name, mode: open(name, encoding="utf-8"))
    flags = types.SimpleNamespace(FLAGS=types.SimpleNamespace(do_whole_word_mask=False))
    for kind in ("string", "bool", "integer", "float"):
        setattr(flags, "DEFINE_" + kind, lambda *a, **k: None)
    tf.flags = flags
    six = types.ModuleType("six")
    six.PY3, six.PY2 = True, False
    sys.modules.update({"tensorflow": tf, "six": six})
    sys.path.insert(0, folder)
    import create_pretraining_data
    import tokenization

    return create_pretraining_data, tokenization, flags.FLAGS


def main():
    code, tokenization, flags = load(sys.argv[1])
    rng = random.Random(1)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [a + b for a in "bdfklmnprst" for b in "aeiou"] + ["##" + a + "n" for a in "aeiou"] + ["."]
    word = lambda: rng.choice(vocabulary[5:60]) + (rng.choice("aeiou") + "n" if rng.random() < 0.4 else "")
    sentence = lambda: " ".join(word() for _ in range(rng.choice([0, 1, 3, 5, 8, 12]))) + " ."
    documents = [[sentence() for _ in range(n)] for n in (1, 2, 7, 12, 20, 1, 9)]
    text = "\n\n".join("\n".join(d) for d in documents) + "\n\n\n"
    open("/tmp/corpus.txt", "w").write(text)
    open("/tmp/vocab.txt", "w").write("\n".join(vocabulary) + "\n")
    tokenizer = tokenization.FullTokenizer("/tmp/vocab.txt", do_lower_case=True)
    runs = []
    for options in (
        dict(maxLength=32, duplicates=3, shortShare=0.1, maskedShare=0.15, maxPredictions=5, wholeWord=False),
        dict(maxLength=20, duplicates=2, shortShare=0.5, maskedShare=0.25, maxPredictions=20, wholeWord=True),
        dict(maxLength=64, duplicates=2, shortShare=0.0, maskedShare=0.15, maxPredictions=3, wholeWord=True),
    ):
        flags.do_whole_word_mask = options["wholeWord"]
        instances = code.create_training_instances(
            ["/tmp/corpus.txt"], tokenizer, options["maxLength"], options["duplicates"], options["shortShare"],
            options["maskedShare"], options["maxPredictions"], Lcg(12345),
        )
        ids = tokenizer.convert_tokens_to_ids
        runs.append(dict(options=options, examples=[
            dict(inputIds=ids(i.tokens), tokenTypeIds=i.segment_ids, isRandomNext=i.is_random_next,
                 maskedPositions=i.masked_lm_positions, maskedLabels=ids(i.masked_lm_labels)) for i in instances]))
        print(options, len(instances))
    json.dump(dict(vocabulary=vocabulary, text=text, runs=runs), open("reference.json", "w"), separators=(",", ":"))


if __name__ == "__main__":
    main()
