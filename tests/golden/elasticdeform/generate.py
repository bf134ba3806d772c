"""The elasticdeform package on a small picture and its labels: a 3x3 and a 4x2 grid of displacements, drawn here and handed over,
so that only grid interpolation and resampling are compared. float64. Run inside the folder."""
import json, numpy as np, scipy, scipy.ndimage as ni, elasticdeform
from safetensors.numpy import save_file
H, W = 40, 56
rng = np.random.default_rng(4)
image = ni.gaussian_filter(rng.random((H, W)), 1.5); image = (image - image.min()) / (image.max() - image.min())
labels = ni.label(image > 0.55)[0].astype(np.int32)
R = {'image': image, 'labels': labels}
for name, shape in (('3x3', (3, 3)), ('4x2', (4, 2))):
    d = rng.normal(0, 5, (2, *shape))                      # (dy, dx) at the nodes
    image_d, labels_d = elasticdeform.deform_grid([image, labels.astype(np.float64)], d, order=[1, 0], mode='mirror', axis=(0, 1))
    R.update({f'{name}.grid': d, f'{name}.image': image_d, f'{name}.labels': labels_d.astype(np.int32)})
save_file({k: np.ascontiguousarray(v) for k, v in R.items()}, 'reference.safetensors')
from importlib.metadata import version
json.dump({'elasticdeform': version('elasticdeform'), 'numpy': np.__version__, 'scipy': scipy.__version__, 'grid': '[2 (dy, dx), rows, columns], pixels; nodes span the picture corner to corner',
  'sampling': "order 1 (image), order 0 (labels), mode 'mirror'"}, open('reference.json', 'w'), indent=1)
