"""Windows, quarter turns and interpolation of one small picture by NumPy, SciPy and scikit-image.

Run in this folder:  pip install numpy scipy scikit-image && python generate.py
Made with NumPy 2, SciPy 1.17, scikit-image 0.26.
"""
import json
import numpy as np
from scipy.ndimage import map_coordinates
from skimage.transform import resize

rng = np.random.default_rng(2)
image = rng.random((5, 7)).astype("float32")
labels = rng.integers(0, 9, (5, 7))
xs, ys = rng.uniform(-9, 16, 200), rng.uniform(-7, 12, 200)
listed = lambda a: np.asarray(a, "float64").ravel().tolist()
json.dump(
    dict(
        width=7,
        height=5,
        image=listed(image),
        labels=listed(labels),
        padded={"border": 11, "values": listed(np.pad(image, 11, mode="reflect"))},
        turned=[listed(np.rot90(image, k)) for k in range(4)],
        turned_mirrored=[listed(np.rot90(image, k)[:, ::-1]) for k in range(4)],
        xs=listed(xs),
        ys=listed(ys),
        linear=listed(map_coordinates(image, [ys, xs], order=1, mode="mirror")),
        nearest=listed(map_coordinates(labels, [ys, xs], order=0, mode="mirror")),
        resized={
            "width": 12,
            "height": 11,
            "linear": listed(resize(image, (11, 12), order=1, mode="edge", anti_aliasing=False)),
            "nearest": listed(resize(labels, (11, 12), order=0, mode="edge", anti_aliasing=False, preserve_range=True)),
        },
    ),
    open("expected.json", "w"),
)
