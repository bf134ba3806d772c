"""The pieces that Hugging Face's `WordPieceTrainer` (which merges the most frequent pair, as byte-pair encoding does)
grows on made-up words. Writes reference.json. Run inside this folder.

Letters and counts are drawn so that no two of the best pairs tie: ties are broken differently."""
import json
import random

import tokenizers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

rng = random.Random(5)
letters = "eeeeaaaattttiiinnnooossslllcdé🙂"
words = sorted({"".join(rng.choices(letters, k=rng.randint(1, 7))) for _ in range(400)})
counts = {w: rng.randint(1, 4000) for w in words}
t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
t.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
t.train_from_iterator(
    (w for w, n in counts.items() for _ in range(n)),
    trainers.WordPieceTrainer(vocab_size=110, min_frequency=2, special_tokens=special, continuing_subword_prefix="##", show_progress=False),
)
pieces = [p for p, _ in sorted(t.get_vocab().items(), key=lambda x: x[1])]
merges = [p for p in pieces if p not in special and len(p.removeprefix("##")) > 1]
json.dump({"versions": {"tokenizers": tokenizers.__version__}, "counts": counts, "vocab_size": len(pieces), "merges": merges}, open("reference.json", "w"), ensure_ascii=False)
print(len(pieces), merges[:10], merges[-5:])
