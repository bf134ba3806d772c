"""Random sentences that visit every corner of Unicode, and of BERT's tokenizer."""
import random

SPECIALS = ["[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[mask]", "[CLS", "[[SEP]]"]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u2028", "\u3000", "\u200b", "\u0085", "\x0b", "\x00"]
RANGES = {
    "ascii": [(0x20, 0x7E)],
    "latin": [(0xA0, 0x24F), (0x1E00, 0x1EFF)],
    "greek and cyrillic": [(0x370, 0x52F), (0x1F00, 0x1FFF)],
    "marks": [(0x300, 0x36F), (0x1AB0, 0x1AFF), (0x20D0, 0x20FF)],
    "semitic and indic": [(0x590, 0xDFF)],
    "symbols": [(0x2000, 0x2BFF), (0x3000, 0x303F)],
    "kana and ideographs": [(0x3040, 0x30FF), (0x3400, 0x3500), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)],
    "hangul": [(0x1100, 0x11FF), (0xAC00, 0xD7A3)],
    "emoji": [(0x1F300, 0x1FAFF), (0xFE00, 0xFE0F), (0x200D, 0x200D)],
    "anything": [(0, 0xD7FF), (0xE000, 0x10FFFF)],
    "basic plane": [(0, 0xD7FF), (0xE000, 0xFFFF)],
}


def draw(rng, name):
    low, high = rng.choice(RANGES[name])
    return chr(rng.randint(low, high))


def random_word(rng):
    kind = rng.random()
    if kind < 0.05:
        return rng.choice(SPECIALS)
    if kind < 0.07:
        return draw(rng, rng.choice(["ascii", "latin"])) * rng.randint(95, 210)
    names = rng.sample(list(RANGES), rng.choice([1, 1, 2]))
    return "".join(draw(rng, rng.choice(names)) for _ in range(rng.randint(1, 9)))


def random_sentence(rng):
    return "".join(random_word(rng) + rng.choice(SPACES if rng.random() < 0.3 else [" "]) for _ in range(rng.randint(1, 8)))


def random_sentences(seed, count):
    rng = random.Random(seed)
    return [random_sentence(rng) for _ in range(count)]


def utf16_offsets(text, offsets):
    """Offsets in code points (what Python sees) to offsets in UTF-16 units (what JavaScript sees)."""
    at = [0]
    for c in text:
        at.append(at[-1] + (2 if ord(c) > 0xFFFF else 1))
    return [[at[a], at[b]] for a, b in offsets]
