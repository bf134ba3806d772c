"""A second implementation of the EM challenge's metrics, by brute force, on small random slices.

Written from the definitions and for being obviously right, not for speed: the Rand score walks all
pairs of pixels, the topological numbers are counted on every 3x3 patch with scipy's `label`, every
residual mismatch relabels its window. Run in this folder (numpy, scipy): writes reference.json.
"""
import itertools
import json
import math

import numpy as np
from scipy import ndimage

FOUR = ndimage.generate_binary_structure(2, 1)
EIGHT = ndimage.generate_binary_structure(2, 2)


def thresholds(start, end, step):
    found, th = [], start
    while th <= end:
        found.append(th)
        th += step
    return found


def f_score(p, r):
    return 0.0 if p + r == 0 else 2 * p * r / (p + r)


# ------------------------------------------------------------------- Rand and information
def watershed(binary):
    """Flood from the cells; first in, first out; a pixel that sees two basins is dam (0)."""
    h, w = binary.shape
    listed = [(y, x) for x in range(w) for y in range(h)]
    around = lambda y, x: [
        (v, u) for v, u in ((y, x - 1), (y - 1, x), (y, x + 1), (y + 1, x)) if 0 <= v < h and 0 <= u < w
    ]
    label = {}
    count = 0

    def new_basins(pixels):
        nonlocal count
        for seed in pixels:
            if seed in label:
                continue
            count += 1
            label[seed] = count
            todo = [seed]
            while todo:
                for q in around(*todo.pop()):
                    if q in pixels and q not in label:
                        label[q] = count
                        todo.append(q)

    cells = dict.fromkeys(p for p in listed if binary[p])
    membrane = dict.fromkeys(p for p in listed if not binary[p])
    new_basins(cells)
    queue = [p for p in membrane if any(q in label for q in around(*p))]
    queued = set(queue)
    for p in queue:  # grows while it is walked
        for q in around(*p):
            if label.get(q, 0) > 0:
                if p not in label:
                    label[p] = label[q]
                elif label[p] != label[q]:
                    label[p] = 0
            elif q in membrane and q not in queued:
                queued.add(q)
                queue.append(q)
    new_basins(membrane)
    out = np.zeros((h, w), int)
    for p, value in label.items():
        out[p] = value
    return out


def pairs_of(cells, regions):
    """TP, FP, FN over ordered pairs of cell pixels; proposal membrane = one region per pixel."""
    inside = cells > 0
    a = cells[inside]
    b = regions[inside].astype(int)
    b[b == 0] = -1 - np.arange((b == 0).sum())
    same_a = a[:, None] == a[None, :]
    same_b = b[:, None] == b[None, :]
    return int((same_a & same_b).sum()), int((~same_a & same_b).sum()), int((same_a & ~same_b).sum())


def information(cells, regions):
    inside = cells > 0
    a = cells[inside].tolist()
    b = [int(v) if v else f"singleton {k}" for k, v in enumerate(regions[inside])]

    def entropy(symbols):
        n, h = len(symbols), 0.0
        for s in set(symbols):
            p = symbols.count(s) / n
            h -= p * math.log(p)
        return h

    ha, hb, hab = entropy(a), entropy(b), entropy(list(zip(a, b)))
    mutual = ha + hb - hab
    precision, recall = (0.0, 1.0) if len(set(a)) == 1 else (mutual / ha, None)
    if len(set(b)) == 1:
        precision, recall = 1.0, 0.0
    elif recall is None:
        recall = mutual / hb
    return precision, recall, f_score(precision, recall)


# ------------------------------------------------------------------- warping
def is_simple(patch):
    cell = patch.copy()
    cell[1, 1] = False
    ids, _ = ndimage.label(cell, FOUR)
    t4 = len({int(ids[p]) for p in ((0, 1), (1, 0), (1, 2), (2, 1))} - {0})
    back = ~patch
    back[1, 1] = False
    return t4 == 1 and ndimage.label(back, EIGHT)[1] == 1


def warp(label, proposal, th):
    h, w = label.shape
    source = np.pad(label > 0, 1)
    target = np.pad(proposal.astype(np.float64) > th, 1)
    previous, flips = -1, []
    while True:
        wrong = [(y, x) for x in range(w) for y in range(h) if source[y + 1, x + 1] != target[y + 1, x + 1]]
        if not wrong or len(wrong) == previous:
            return source[1:-1, 1:-1], wrong, flips
        previous = len(wrong)
        key = lambda p: np.float32(abs(float(proposal[p]) - th))
        for y, x in sorted(wrong, key=key, reverse=True):  # stable also when reversed
            if is_simple(source[y : y + 3, x : x + 3]):
                source[y + 1, x + 1] ^= True
                flips.append(y * w + x)


def around(ids, y, x):
    patch = {
        (v, u): int(ids[v, u])
        for v in range(max(0, y - 1), min(ids.shape[0], y + 2))
        for u in range(max(0, x - 1), min(ids.shape[1], x + 2))
    }
    del patch[y, x]
    return set(patch.values())


def kinds(warped, wrong, radius):
    ids, _ = ndimage.label(warped, FOUR)
    found = []
    for y, x in wrong:
        on, seen = bool(warped[y, x]), around(ids, y, x)
        if len(seen) >= 3:
            kind = "split" if on else "merger"
        elif len(seen) == 2:
            kind = "holeAddition"
            if on:
                top, left = max(0, y - radius), max(0, x - radius)
                window = warped[top : y + radius + 1, left : x + radius + 1].copy()
                window[y - top, x - left] = False
                inside, _ = ndimage.label(window, FOUR)
                kind = "split" if len(around(inside, y - top, x - left)) > 2 else "holeDeletion"
        elif seen == {0}:
            kind = "objectDeletion" if on else "objectAddition"
        else:
            kind = "holeAddition" if on else "holeDeletion"
        found.append(kind)
    return found


# ------------------------------------------------------------------- cases
def case(name, rng, slices, shape, blur, noise, levels, radius):
    labels, proposals = [], []
    while len(labels) < slices:
        field = ndimage.gaussian_filter(rng.normal(size=shape), blur)
        label = np.abs(field) > 0.35 * field.std()
        if label.all() or not label.any():
            continue
        p = np.clip(label * 0.6 + 0.2 + noise * rng.normal(size=shape), 0, 1)
        p = ndimage.gaussian_filter(p, 0.6)
        labels.append(label.astype(int) * 255)
        proposals.append((np.round(p * levels) / levels).astype(np.float32))
    cells = [ndimage.label(label, FOUR)[0] for label in labels]

    rows = []
    for th in thresholds(0, 1, 0.1):
        cut = [p.astype(np.float64) > th for p in proposals]
        wrong = np.array([[(l > 0) != c for l, c in zip(labels, cut)]])
        tp, fp, fn = (
            sum(int(np.sum(op(l > 0, c))) for l, c in zip(labels, cut))
            for op in (lambda l, c: l & c, lambda l, c: ~l & c, lambda l, c: l & ~c)
        )
        pixel = f_score(tp / (tp + fp) if fp else 1.0, tp / (tp + fn) if fn else 1.0)
        plain = [pairs_of(a, ndimage.label(c, FOUR)[0]) for a, c in zip(cells, cut)]
        basins = [watershed(c) for c in cut]
        thin = [pairs_of(a, b) for a, b in zip(cells, basins)]
        info = [information(a, b) for a, b in zip(cells, basins)]
        tp, fp, fn = map(sum, zip(*plain))
        row = {
            "threshold": th,
            "disagreement": float(wrong.mean()),
            "pixelF": pixel,
            "randPairs": plain,
            "randF": 2 * tp / (2 * tp + fp + fn),
            "vRandPairs": thin,
            "vRand": float(np.mean([2 * t / (2 * t + p + n) for t, p, n in thin])),
            "vInfoSlices": info,
            "vInfo": float(np.mean([f for _, _, f in info])),
        }
        if len(rows) == 5:  # threshold 0.5
            row["basins"] = [b.ravel().tolist() for b in basins]
        if len(rows) < 10:
            warps = [warp(l, p, th) for l, p in zip(labels, proposals)]
            found = [kinds(warped, wrong, radius) for warped, wrong, _ in warps]
            size = shape[0] * shape[1]
            both = sum(k in ("split", "merger") for k in itertools.chain(*found))
            row["classic"] = float(np.mean([len(wrong) / size for _, wrong, _ in warps]))
            row["splitsAndMergers"] = both / (size * slices)
            row["flips"] = [flips for _, _, flips in warps]
            row["mismatches"] = [[y * shape[1] + x for y, x in wrong] for _, wrong, _ in warps]
            row["kinds"] = found
        rows.append(row)
    return {
        "name": name,
        "width": shape[1],
        "height": shape[0],
        "radius": radius,
        "labels": [l.ravel().tolist() for l in labels],
        "levels": levels,
        "proposals": [np.round(p.ravel() * levels).astype(int).tolist() for p in proposals],
        "rows": rows,
    }


rng = np.random.default_rng(2012)
cases = [
    case("three small slices of ten levels: many ties", rng, 3, (13, 17), 1.5, 0.15, 10, 20),
    case("noise", rng, 2, (24, 19), 1.0, 0.45, 255, 20),
    case("wide cells, a window smaller than they are", rng, 2, (40, 34), 3.0, 0.2, 255, 4),
    case("one row", rng, 2, (1, 40), 1.0, 0.3, 20, 20),
]
code = 0
for m in range(256):
    patch = np.zeros(9, bool)
    patch[[0, 1, 2, 3, 5, 6, 7, 8]] = [(m >> b) & 1 for b in range(8)]
    code |= is_simple(patch.reshape(3, 3)) << m
with open("reference.json", "w") as file:
    json.dump({"simplePoints": hex(code), "cases": cases}, file, separators=(",", ":"))
