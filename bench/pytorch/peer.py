"""PyTorch doing the work named on the command line: one line with a number on stdin = that many steps,
one line of JSON on stdout = the milliseconds of each and the peak memory in MiB."""
import json
import os
import resource
import sys
import time

import torch

torch.set_num_threads(int(os.environ.get("PEER_THREADS", os.cpu_count())))
torch.manual_seed(1)


def unet_step(base, tile):
    import torch.nn.functional as F

    layers = {}

    def weight(shape, fan_in):
        return torch.randn(shape).mul((2 / fan_in) ** 0.5).requires_grad_()

    def conv(name, ci, co, k=3):
        layers[name] = [weight((co, ci, k, k), k * k * ci), torch.zeros(co, requires_grad=True)]

    for d in range(5):
        conv(f"down{d}a", base << (d - 1) if d else 1, base << d)
        conv(f"down{d}b", base << d, base << d)
    for d in range(3, -1, -1):
        co = base << d
        layers[f"up{d}"] = [weight((2 * co, co, 2, 2), 2 * co), torch.zeros(co, requires_grad=True)]
        conv(f"up{d}a", 2 * co, co)
        conv(f"up{d}b", co, co)
    conv("head", base, 2, 1)

    def convolve(x, name):
        return F.relu(F.conv2d(x, *layers[name]))

    def forward(x):
        skips = []
        for d in range(5):
            x = convolve(convolve(x, f"down{d}a"), f"down{d}b")
            if d == 4:
                break
            skips.append(x)
            x = F.max_pool2d(x, 2)
        for d in range(3, -1, -1):
            x = F.conv_transpose2d(x, *layers[f"up{d}"], stride=2)
            h, w = x.shape[2:]
            c = (skips[d].shape[2] - h) // 2
            x = torch.cat([skips[d][:, :, c:c + h, c:c + w], x], 1)
            x = convolve(convolve(x, f"up{d}a"), f"up{d}b")
        return F.conv2d(x, *layers["head"])

    parameters = [p for layer in layers.values() for p in layer]
    optimizer = torch.optim.SGD(parameters, 1e-3, 0.99)
    x = torch.randn(1, 1, tile, tile)
    with torch.no_grad():
        h, w = forward(x).shape[2:]
    labels = torch.randint(0, 2, (1, h, w))
    weights = torch.rand(1, h, w) + 0.5

    def step():
        optimizer.zero_grad()
        loss = (F.cross_entropy(forward(x), labels, reduction="none") * weights).mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


WORKS = {"unet-step": unet_step}

work, *sizes = sys.argv[1:]
clock = getattr(time, os.environ.get("PEER_CLOCK", "perf_counter"))
step = WORKS[work](*map(int, sizes))
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = clock()
        step()
        times.append(1000 * (clock() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 ** 2 if sys.platform == "darwin" else 1024)
    print(json.dumps({"milliseconds": times, "peak": peak}), flush=True)
