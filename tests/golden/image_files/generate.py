"""Writes small TIFF files with tifffile (codecs from imagecodecs) and PNG files with Pillow, in every
layout that lib/image reads, and expected.json with the values that stand in them.

Run in this folder:  pip install numpy tifffile imagecodecs pillow && python generate.py
Made with tifffile 2026.3.3, imagecodecs 2026.3.6, Pillow 13.0.0.
"""
import json
import numpy as np
import tifffile
from PIL import Image

W, H, PAGES = 19, 13, 2
rng = np.random.default_rng(1)


def picture(dtype, pages=PAGES, channels=None):
    """A smooth ramp with noise: exercises both long and short LZW strings."""
    shape = (pages, H, W) + ((channels,) if channels else ())
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return (np.linspace(-2, 2, np.prod(shape)).reshape(shape) + rng.normal(0, 0.1, shape)).astype(dtype)
    info = np.iinfo(dtype)
    ramp = np.linspace(info.min, info.max, np.prod(shape)).reshape(shape)
    noise = rng.integers(0, 5, shape) * (info.max // 64)
    return np.clip(ramp + noise, info.min, info.max).astype(dtype)


pictures, files = {}, {}


def keep(name, array):
    pictures[name] = dict(
        shape=list(array.shape), dtype=str(array.dtype), values=array.ravel().tolist()
    )
    return array


def tiff(name, key, array, **options):
    with tifffile.TiffWriter(name, byteorder=options.pop("byteorder", "<")) as writer:
        for page in array:
            writer.write(page, contiguous=False, metadata=None, **options)
    files[name] = key


for dtype in ["uint8", "uint16", "uint32", "int8", "int16", "int32", "float32", "float64"]:
    array = keep(dtype, picture(dtype))
    options = dict(photometric="minisblack", rowsperstrip=5)
    tiff(f"{dtype}_none.tif", dtype, array, **options)
    tiff(f"{dtype}_lzw_big_endian.tif", dtype, array, compression="lzw", byteorder=">", **options)
    tiff(f"{dtype}_deflate_predictor.tif", dtype, array, compression="zlib", predictor=True, **options)


def as_array(key):
    p = pictures[key]
    return np.array(p["values"]).reshape(p["shape"]).astype(p["dtype"])


tiff("uint8_packbits.tif", "uint8", as_array("uint8"), compression="packbits", photometric="minisblack", rowsperstrip=5)
tiff("uint16_lzw_predictor_big_endian.tif", "uint16", as_array("uint16"), compression="lzw", predictor=True, byteorder=">", photometric="minisblack", rowsperstrip=5)
tiff("uint16_tiles_lzw.tif", "uint16", as_array("uint16"), compression="lzw", tile=(16, 16), photometric="minisblack")
tiff("uint8_white_is_zero.tif", "uint8", 255 - as_array("uint8"), photometric="miniswhite")
rgb = keep("rgb8", picture("uint8", 1, 3))
tiff("rgb8_interleaved_predictor.tif", "rgb8", rgb, photometric="rgb", compression="zlib", predictor=True)
tiff("rgb8_planar.tif", "rgb8", np.moveaxis(rgb, -1, 1), photometric="rgb", planarconfig="separate")
tiff("rgb8_tiles.tif", "rgb8", rgb, photometric="rgb", tile=(16, 16))
bits = keep("bits", np.where(picture("uint8") > 100, 255, 0).astype("uint8"))
tiff("bits_none.tif", "bits", bits > 0, photometric="minisblack")
# Long strings and a table that fills up and is cleared.
large = (np.add.outer(np.arange(200) // 3, np.arange(200) // 5) % 97 + rng.integers(0, 3, (200, 200))).astype("uint8")
keep("large", large[None])
tiff("large_lzw.tif", "large", large[None], compression="lzw", photometric="minisblack", rowsperstrip=200)


def png(name, key, image, **options):
    image.save(name, **options)
    files[name] = key


keep("png8", as_array("uint8")[:1])
keep("png16", as_array("uint16")[:1])
png("gray8.png", "png8", Image.fromarray(as_array("uint8")[0]))
png("gray16.png", "png16", Image.fromarray(as_array("uint16")[0]))
png("rgb8.png", "rgb8", Image.fromarray(rgb[0]))
keep("png1", bits[:1])
png("gray1.png", "png1", Image.fromarray(bits[0]).convert("1"))
indexed = Image.fromarray(as_array("uint8")[0] // 64)
indexed.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
keep("palette", np.array(indexed.convert("RGB"))[None])
png("palette.png", "palette", indexed, bits=2)

with open("expected.json", "w") as f:
    json.dump(dict(width=W, height=H, pictures=pictures, files=files), f)
