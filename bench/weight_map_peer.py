"""Eq. 2's border term with SciPy: one Euclidean distance transform per cell on the cell's surroundings. Reads label
slices (int32, side x side) from a file, writes seconds per slice as JSON lines on request."""
import json, sys, time
import numpy as np
import scipy.ndimage as ni

path, side, sigma = sys.argv[1], int(sys.argv[2]), 5.0
slices = np.fromfile(path, dtype=np.int32).reshape(-1, side, side)
MARGIN = 30  # pixels; exp(-30^2 / 50) = 1.5e-8: farther cells add nothing

def border_term(labels, w0=10.0):
    d1 = np.full(labels.shape, np.inf); d2 = np.full(labels.shape, np.inf)
    for label, box in enumerate(ni.find_objects(labels), 1):
        if box is None: continue
        box = tuple(slice(max(0, s.start - MARGIN), s.stop + MARGIN) for s in box)
        d = ni.distance_transform_edt(labels[box] != label)
        a, b = d1[box], d2[box]
        np.minimum(b, np.maximum(a, d), out=b)
        np.minimum(a, d, out=a)
    return w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))

for line in sys.stdin:
    labels = slices[int(line)]
    start = time.perf_counter(); term = border_term(labels); seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "sum": float(term.sum())}), flush=True)
