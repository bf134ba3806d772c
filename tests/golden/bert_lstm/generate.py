"""A two-layer LSTM with projection by PyTorch (torch.nn.LSTM, proj_size): outputs and gradients. Run inside this folder."""
import torch
from safetensors.torch import save_file

torch.manual_seed(2)
B, T, I, C, P = 2, 5, 3, 4, 3
R = {}
x = torch.randn(B, T, I, requires_grad=True)
R["x"] = x.detach().clone()
lstm = torch.nn.LSTM(I, C, num_layers=1, proj_size=P, batch_first=True)
with torch.no_grad():
    lstm.bias_hh_l0.zero_()  # one bias is enough
for direction in ("forward", "backward"):
    x.grad = None
    lstm.zero_grad()
    y = lstm(x if direction == "forward" else x.flip(1))[0]
    y = y if direction == "forward" else y.flip(1)
    dy = torch.randn(y.shape)
    y.backward(dy)
    R |= {f"{direction}.y": y, f"{direction}.dy": dy, f"{direction}.dx": x.grad}
    for n in ("weight_ih", "weight_hh", "weight_hr", "bias_ih"):
        R[f"{direction}.d{n}"] = getattr(lstm, n + "_l0").grad
for n in ("weight_ih", "weight_hh", "weight_hr", "bias_ih"):
    R[n] = getattr(lstm, n + "_l0")
save_file({k: v.detach().clone().contiguous() for k, v in R.items()}, "reference.safetensors")
