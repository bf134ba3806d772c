"""A two-layer bidirectional LSTM by PyTorch (torch.nn.LSTM) on padded sequences: outputs and gradients. Run inside this folder."""
import torch
from safetensors.torch import save_file
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(4)
B, T, I, C = 3, 6, 5, 3
lengths = [6, 4, 1]
x = torch.randn(B, T, I, requires_grad=True)
mask = torch.tensor([[int(t < n) for t in range(T)] for n in lengths], dtype=torch.int32)
lstm = torch.nn.LSTM(I, C, num_layers=2, bidirectional=True, batch_first=True)
with torch.no_grad():
    for name, p in lstm.named_parameters():
        if name.startswith("bias_hh"):
            p.zero_()  # one bias is enough
y = pad_packed_sequence(lstm(pack_padded_sequence(x, lengths, batch_first=True))[0], batch_first=True)[0]
dy = torch.randn(y.shape)
y.backward(dy)
R = {"x": x, "mask": mask, "y": y, "dy": dy, "dx": x.grad}
for layer in (0, 1):
    for direction, suffix in (("forward", ""), ("backward", "_reverse")):
        for n in ("weight_ih", "weight_hh", "bias_ih"):
            p = getattr(lstm, f"{n}_l{layer}{suffix}")
            R[f"layer.{layer}.{direction}.{n}"] = p
            R[f"d.layer.{layer}.{direction}.{n}"] = p.grad
save_file({k: v.detach().clone().contiguous() for k, v in R.items()}, "reference.safetensors")
