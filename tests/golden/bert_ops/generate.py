"""LayerNorm, both GELUs, a linear layer, attention's softmax and cross-entropy, with their gradients, by PyTorch. Run inside this folder."""
import torch
from safetensors.torch import save_file

g = torch.Generator().manual_seed(3)
draw = lambda *s: torch.randn(*s, generator=g).requires_grad_()
R = {}


def record(name, value, inputs, dy):
    value.backward(dy)
    R[name] = value
    R[f"{name}.dy"] = dy
    for k, v in inputs.items():
        R[f"{name}.{k}"], R[f"{name}.d{k}"] = v.detach().clone(), v.grad


x, gamma, beta = draw(2, 3, 8), draw(8), draw(8)
record("layer_norm", torch.nn.functional.layer_norm(x, (8,), gamma, beta, 1e-12), dict(x=x, gamma=gamma, beta=beta), torch.randn(2, 3, 8, generator=g))
for name, approximate in (("gelu", "none"), ("gelu_tanh", "tanh")):
    x = torch.linspace(-6, 6, 49).requires_grad_()
    record(name, torch.nn.functional.gelu(x, approximate=approximate), dict(x=x), torch.randn(49, generator=g))
x, w, b = draw(2, 3, 5), draw(4, 5), draw(4)
record("linear", torch.nn.functional.linear(x, w, b), dict(x=x, w=w, b=b), torch.randn(2, 3, 4, generator=g))
x, mask = draw(2, 2, 3, 4), torch.tensor([[0.0, 0, 0, -10000], [0, 0, -10000, -10000]]).view(2, 1, 1, 4)
R["softmax.mask"] = mask
record("softmax", torch.softmax(x * 0.5 + mask, -1), dict(x=x), torch.randn(2, 2, 3, 4, generator=g))
x, labels = (draw(6, 7) * 20).detach().requires_grad_(), torch.tensor([3, -100, 0, 6, -100, 2])
R["cross_entropy.labels"] = labels.int()
record("cross_entropy", torch.nn.functional.cross_entropy(x, labels), dict(x=x), torch.tensor(1.7))
save_file({k: v.detach().clone().contiguous() for k, v in R.items()}, "reference.safetensors")
