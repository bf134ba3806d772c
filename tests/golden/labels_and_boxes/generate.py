"""What scikit-image, SciPy and pycocotools say about small random pictures, boxes and classes.

Run in this folder: python generate.py (numpy, scipy, scikit-image, pycocotools).
"""
import json

import numpy as np
import scipy
import skimage
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from scipy import ndimage
from skimage.measure import label, regionprops
from skimage.metrics import adapted_rand_error, variation_of_information

rng = np.random.default_rng(5)


def blobs(shape, blur, levels):
    field = ndimage.gaussian_filter(rng.normal(size=shape), blur)
    edges = np.quantile(field, np.linspace(0, 1, levels + 1)[1:-1])
    return np.digitize(field, edges)


images = []
for shape, blur, levels in [((23, 31), 1.0, 2), ((40, 27), 2.0, 4), ((16, 16), 0.0, 2), ((1, 12), 0.5, 3), ((30, 30), 0.0, 3)]:
    a = blobs(shape, blur, levels)
    mask = a > 0
    gray = ndimage.gaussian_filter(rng.random(shape), 0.5).astype(np.float32)
    disc = [[x * x + y * y <= 4 for x in range(-2, 3)] for y in range(-2, 3)]
    four, eight = label(a, connectivity=1), label(a, connectivity=2)
    images.append({
        "width": shape[1],
        "height": shape[0],
        "values": a.ravel().tolist(),
        "four": four.ravel().tolist(),
        "eight": eight.ravel().tolist(),
        "distance": ndimage.distance_transform_edt(~mask).ravel().tolist(),
        "gray": gray.ravel().tolist(),
        "median": ndimage.median_filter(gray, footprint=disc, mode="mirror").ravel().tolist() if min(shape) > 2 else None,
        "boxes": [[r.label, r.bbox[1], r.bbox[0], r.bbox[3] - r.bbox[1], r.bbox[2] - r.bbox[0]] for r in regionprops(four)],
        "areas": [int(r.area) for r in regionprops(four)],
    })

pairs = []
for shape in [(20, 20), (33, 17), (50, 50)]:
    truth = label(blobs(shape, 1.5, 2), connectivity=1)
    result = label(blobs(shape, 1.0, 3), connectivity=1)
    result[rng.random(shape) < 0.5] = 0
    mixed = np.where(rng.random(shape) < 0.7, truth, result)
    for other in (result, mixed, truth):
        pairs.append({
            "width": shape[1],
            "height": shape[0],
            "truth": truth.ravel().tolist(),
            "result": other.ravel().tolist(),
            "adaptedRand": [float(v) for v in adapted_rand_error(truth, other)],
            "adaptedRandAlpha02": [float(v) for v in adapted_rand_error(truth, other, alpha=0.2)],
            "variation": [float(v) for v in variation_of_information(truth, other)],
        })


def coco(pictures):
    """pycocotools' bounding-box AP at each IoU threshold, all areas, up to 100 detections."""
    images_ = [{"id": i + 1, "width": 100, "height": 100} for i in range(len(pictures))]
    annotations = [
        {"id": 0, "image_id": i + 1, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": 0}
        for i, (truths, _) in enumerate(pictures)
        for box in truths
    ]
    for k, annotation in enumerate(annotations):
        annotation["id"] = k + 1
    gt = COCO()
    gt.dataset = {"images": images_, "annotations": annotations, "categories": [{"id": 1}], "info": {}}
    gt.createIndex()
    dt = gt.loadRes([
        {"image_id": i + 1, "category_id": 1, "bbox": box, "score": score}
        for i, (_, found) in enumerate(pictures)
        for box, score in found
    ])
    evaluation = COCOeval(gt, dt, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, 0, 0, 2]  # [IoU, recall]
    return precision.mean(axis=1).tolist(), evaluation.eval["recall"][:, 0, 0, 2].tolist()


detections = []
for pictures_, noise in [(4, 1.0), (6, 4.0), (1, 0.5)]:
    pictures = []
    for _ in range(pictures_):
        truths = [[float(v) for v in (*rng.integers(0, 60, 2), *rng.integers(8, 30, 2))] for _ in range(rng.integers(1, 7))]
        found = [([float(v) for v in np.array(t) + rng.normal(0, noise, 4)], float(round(rng.random(), 1))) for t in truths if rng.random() < 0.8]
        found += [([float(v) for v in (*rng.integers(0, 60, 2), 20, 20)], float(round(rng.random(), 1))) for _ in range(rng.integers(0, 4))]
        pictures.append((truths, found))
    ap, recall = coco(pictures)
    detections.append({"pictures": pictures, "averagePrecision": ap, "recall": recall})

classes = []
for n, absent in [(3, None), (5, 4), (4, 0)]:
    truth = rng.integers(0, n, 300)
    predicted = np.where(rng.random(300) < 0.6, truth, rng.integers(0, n, 300))
    if absent is not None:  # a class that neither truth nor prediction has
        truth[truth == absent] = 1
        predicted[predicted == absent] = 2
    hist = np.bincount(n * truth + predicted, minlength=n * n).reshape(n, n).astype(float)
    with np.errstate(invalid="ignore"):
        accuracy = np.diag(hist) / hist.sum(1)
        iu = np.diag(hist) / (hist.sum(1) + hist.sum(0) - np.diag(hist))
    freq = hist.sum(1) / hist.sum()
    classes.append({
        "classes": n,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "pixelAccuracy": float(np.mean(truth == predicted)),
        "meanAccuracy": float(np.nanmean(accuracy)),
        "meanIu": float(np.nanmean(iu)),
        "frequencyWeightedIu": float((freq[freq > 0] * iu[freq > 0]).sum()),
    })

versions = {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-image": skimage.__version__}
with open("reference.json", "w") as file:
    json.dump({"versions": versions, "images": images, "pairs": pairs, "detections": detections, "classes": classes}, file, separators=(",", ":"))
