"""scikit-image's side of bench/metrics.ts: python metrics_peer.py FOLDER SIDE -> JSON of ms per slice."""
import json
import sys
import time

import numpy as np
from skimage.measure import label
from skimage.metrics import adapted_rand_error

folder, side = sys.argv[1], int(sys.argv[2])
labels = np.fromfile(f"{folder}/labels", np.uint8).reshape(-1, side, side)
found = np.fromfile(f"{folder}/found", np.uint8).reshape(-1, side, side) > 0  # bool is its fastest
truths = [label(l, connectivity=1) for l in labels]
cut = [label(f, connectivity=1) for f in found]
adapted_rand_error(truths[0], cut[0])  # warm


def per_slice(work):
    start = time.perf_counter()
    for z in range(len(labels)):
        work(z)
    return 1000 * (time.perf_counter() - start) / len(labels)


rand = per_slice(lambda z: adapted_rand_error(truths[z], cut[z]))
print(json.dumps({
    "components, 4-connected": per_slice(lambda z: label(found[z], connectivity=1)),
    "components, 8-connected": per_slice(lambda z: label(found[z], connectivity=2)),
    "Rand counts": rand,
    "adapted Rand error": rand,
}))
