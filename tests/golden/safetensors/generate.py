"""Writes one tensor of every dtype with the reference library (safetensors, torch).

    python generate.py      # versions used: safetensors 0.8, torch 2.15
"""
import json, torch
from safetensors.torch import save_file

values = [0.0, 1.0, -2.5, 0.333251953125]
tensors = {
    "f64": torch.tensor(values, dtype=torch.float64),
    "f32": torch.tensor([values], dtype=torch.float32),
    "f16": torch.tensor(values, dtype=torch.float16).reshape(2, 2),
    "bf16": torch.tensor([0.0, 1.0, -2.5, 3.140625], dtype=torch.bfloat16),
    "i64": torch.tensor([-(2**40), 7]),
    "i32": torch.tensor([[-5], [9]], dtype=torch.int32),
    "i16": torch.tensor([-300, 300], dtype=torch.int16),
    "i8": torch.tensor([-128, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.0),
}
names = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
         torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
         torch.uint8: "U8", torch.bool: "BOOL"}
metadata = {"format": "pt", "note": "one of each"}
save_file(tensors, "mixed.safetensors", metadata=metadata)
out = {k: {"dtype": names[t.dtype], "shape": list(t.shape),
           "values": [float(v) if t.is_floating_point() else int(v) for v in t.flatten().tolist()]}
       for k, t in tensors.items()}
json.dump({"metadata": metadata, "tensors": out}, open("mixed.json", "w"), indent=1)
