"""What PyTorch computes for cases of tests/backend/parity_cases.ts: for each case its inputs, dy, the output and the
gradient of sum(output * dy) for every float input, all in our layouts (NHWC, filters [KH, KW, Ci, Co], up-convolutions
[s, s, Co, Ci]). Run inside this folder."""
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

g = torch.Generator().manual_seed(4)
R = {}


def draw(*shape):
    return torch.randn(*shape, generator=g)


def few(*shape):
    return torch.round(draw(*shape))


def record(name, f, *inputs):
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    y = f(*inputs)
    dy = draw(*y.shape)
    (y * dy).sum().backward()
    R[f"{name}/y"], R[f"{name}/dy"] = y.detach(), dy
    for i, x in enumerate(inputs):
        R[f"{name}/x{i}"] = x.detach().int() if x.dtype == torch.int64 else x.detach()
        if x.is_floating_point():
            R[f"{name}/dx{i}"] = x.grad if x.grad is not None else torch.zeros_like(x)


nchw = lambda x: x.permute(0, 3, 1, 2)
nhwc = lambda x: x.permute(0, 2, 3, 1)
oihw = lambda f: f.permute(3, 2, 0, 1)


def conv(x, f, b=None, **more):
    return nhwc(F.conv2d(nchw(x), oihw(f), b, **more))


record("conv2d", conv, draw(2, 9, 11, 16), draw(3, 3, 16, 8))
record("conv2d of one channel", conv, draw(3, 7, 5, 1), draw(3, 3, 1, 1))
record("conv2d stride 2", lambda x, f: conv(x, f, stride=2), draw(1, 11, 9, 5), draw(3, 3, 5, 7))
record("conv2d padding 1", lambda x, f: conv(x, f, padding=1), draw(2, 9, 8, 16), draw(3, 3, 16, 8))
record("convolution relu", lambda x, f, b: torch.relu(conv(x, f, b)), draw(2, 10, 9, 16), draw(3, 3, 16, 12), draw(12))
record("convolution 1x1", conv, draw(2, 7, 5, 12), draw(1, 1, 12, 2), draw(2))
record(
    "upConvolution",
    lambda x, f, b: nhwc(F.conv_transpose2d(nchw(x), f.permute(3, 2, 0, 1), b, stride=2)),
    draw(2, 5, 3, 16), draw(2, 2, 8, 16), draw(8),
)
record("cropAndConcatenate", lambda s, x: torch.cat([s[:, 2:7, 1:5], x], 3), draw(2, 9, 7, 6), draw(2, 5, 4, 4))
record("cropAndConcatenate, x first", lambda s, x: torch.cat([x, s[:, 2:7, 1:5]], 3), draw(2, 9, 7, 6), draw(2, 5, 4, 5))
pool = lambda k, s: lambda x: nhwc(F.max_pool2d(nchw(x), k, s))
record("maxPool of negative numbers", pool(2, 2), -draw(2, 8, 8, 5).abs() - 0.1)
record("maxPool with ties", pool(2, 2), few(2, 9, 9, 4))
record("maxPool overlapping, with ties", pool(3, 2), few(2, 9, 9, 6))
record("matMul", lambda a, b: a @ b, draw(13, 70), draw(70, 33))
record("matMul TN", lambda a, b: a.T @ b, draw(70, 13), draw(70, 33))
record("matMul NT", lambda a, b: a @ b.T, draw(13, 70), draw(33, 70))
record("matMul TT", lambda a, b: a.T @ b.T, draw(70, 13), draw(33, 70))
record("matMul batched NT", lambda a, b: a @ b.transpose(-1, -2), draw(4, 3, 17, 9), draw(4, 3, 5, 9))
for name, act in (("none", lambda x: x), ("relu", torch.relu), ("gelu", F.gelu)):
    record(f"linear {name}", lambda x, w, b, act=act: act(F.linear(x, w, b)), draw(3, 5, 10), draw(7, 10), draw(7))
record("gelu", F.gelu, draw(5, 13))
record("softmax", lambda x: torch.softmax(x, -1), draw(4, 3, 9))
record("layerNorm", lambda x, w, b: F.layer_norm(x, (10,), w, b, 1e-5), draw(2, 3, 10), draw(10), draw(10))
record("gather", lambda x, i: F.embedding(i, x), draw(11, 6), torch.randint(0, 11, (3, 4), generator=g))
labels = torch.tensor([0, -100, 2, 1, -100, 4])
record("crossEntropy", lambda x: F.cross_entropy(x, labels, reduction="none"), draw(6, 5))
record("crossEntropy of 1000 classes", lambda x: F.cross_entropy(x, torch.arange(6) * 150, reduction="none"), draw(6, 1000))


def attention(heads, mask=None, causal=False):
    def f(q, k, v):
        b, t, h = q.shape
        split = lambda x: x.view(b, t, heads, h // heads).transpose(1, 2)
        y = F.scaled_dot_product_attention(split(q), split(k), split(v), mask, is_causal=causal)
        return y.transpose(1, 2).reshape(b, t, h)

    return f


padding = (1 - torch.tensor([[1.0, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]]))[:, None, None, :] * -10000
record("attention", attention(2), draw(2, 5, 8), draw(2, 5, 8), draw(2, 5, 8))
record("attention causal", attention(3, causal=True), draw(2, 16, 24), draw(2, 16, 24), draw(2, 16, 24))
record("attention with padding", attention(2, padding), draw(2, 6, 8), draw(2, 6, 8), draw(2, 6, 8))
record("transpose [3,0,2,1]", lambda x: x.permute(3, 0, 2, 1), draw(2, 3, 4, 5))

save_file({name: x.contiguous() for name, x in R.items()}, "reference.safetensors")
