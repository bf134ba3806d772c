"""PyTorch (or onnxruntime, PEER_RUNTIME) doing the work named on the command line: one line with a number on stdin = that
many steps, one line of JSON on stdout = the milliseconds of each and the peak memory in MiB."""
import contextlib
import json
import os
import resource
import sys
import tempfile
import time

import torch

torch.set_num_threads(int(os.environ.get("PEER_THREADS", os.cpu_count())))
torch.manual_seed(1)
RUNTIME = os.environ.get("PEER_RUNTIME", "pytorch")


def inference(forward, x):
    """A function that runs the forward pass once: in PyTorch, or exported to ONNX and run by onnxruntime."""
    if RUNTIME == "pytorch":
        def step():
            with torch.inference_mode():
                return forward(x)

        return step

    import onnxruntime

    class Net(torch.nn.Module):
        def forward(self, x):
            return forward(x)

    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), contextlib.redirect_stdout(sys.stderr):
        path = os.path.join(folder, "net.onnx")
        torch.onnx.export(Net().eval(), (x,), path, dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: x.numpy()}
    return lambda: session.run(None, feed)


def unet(base):
    """The forward pass of the paper's network, and its parameters."""
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

    return forward, [p for layer in layers.values() for p in layer]


def unet_inference(base, tile):
    forward, parameters = unet(base)
    for p in parameters:
        p.requires_grad_(False)
    return inference(forward, torch.randn(1, 1, tile, tile))


def unet_step(base, tile):
    import torch.nn.functional as F

    forward, parameters = unet(base)
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


def bert(layers, hidden, heads, vocabulary, tokens, batch):
    """The encoder as a function of the dropout rate, its parameters, and helpers to make more layers."""
    import torch.nn.functional as F

    parameters = []

    def parameter(*shape, deviation=0.02, value=None):
        p = torch.randn(shape).mul(deviation) if value is None else torch.full(shape, value)
        parameters.append(p.requires_grad_())
        return p

    def dense(out, depth):
        return parameter(out, depth), parameter(out, value=0.0)

    def norm():
        return parameter(hidden, value=1.0), parameter(hidden, value=0.0)

    words, positions, types = (parameter(n, hidden) for n in (vocabulary, tokens, 2))
    embedding_norm = norm()
    blocks = [[dense(hidden, hidden) for _ in range(4)] + [norm(), dense(4 * hidden, hidden),
              dense(hidden, 4 * hidden), norm()] for _ in range(layers)]
    ids = torch.randint(0, vocabulary, (batch, tokens))
    mask = torch.zeros(batch, 1, 1, tokens)

    def split(x):
        return x.view(batch, tokens, heads, hidden // heads).transpose(1, 2)

    def layer_norm(x, n):
        return F.layer_norm(x, (hidden,), *n, eps=1e-12)

    def encoder(rate, ids=ids):
        x = F.embedding(ids, words) + positions + types[0]
        x = F.dropout(layer_norm(x, embedding_norm), rate)
        for q, k, v, o, n1, up, down, n2 in blocks:
            a = F.scaled_dot_product_attention(*(split(F.linear(x, *d)) for d in (q, k, v)), mask, rate)
            a = a.transpose(1, 2).reshape(batch, tokens, hidden)
            x = layer_norm(x + F.dropout(F.linear(a, *o), rate), n1)
            x = layer_norm(x + F.dropout(F.linear(F.gelu(F.linear(x, *up)), *down), rate), n2)
        return x

    return encoder, parameters, dense, norm, layer_norm, words


def bert_step(layers, hidden, heads, vocabulary, tokens, batch):
    import torch.nn.functional as F

    encoder, parameters, dense, norm, layer_norm, words = bert(layers, hidden, heads, vocabulary, tokens, batch)
    pooler, is_next, transform, transform_norm = dense(hidden, hidden), dense(2, hidden), dense(hidden, hidden), norm()
    word_bias = torch.zeros(vocabulary, requires_grad=True)
    parameters.append(word_bias)
    masked = round(tokens * batch * 160 / 1024)
    places, truth = torch.randint(0, tokens * batch, (masked,)), torch.randint(0, vocabulary, (masked,))
    following = torch.randint(0, 2, (batch,))
    optimizer = torch.optim.AdamW(parameters, 1e-4, fused=True)

    def step():
        optimizer.zero_grad()
        x = encoder(0.1)
        sentence = F.cross_entropy(F.linear(torch.tanh(F.linear(x[:, 0], *pooler)), *is_next), following)
        h = layer_norm(F.gelu(F.linear(x.view(-1, hidden)[places], *transform)), transform_norm)
        loss = F.cross_entropy(F.linear(h, words, word_bias), truth) + sentence
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def bert_inference(*sizes):
    encoder, parameters, *_ = bert(*sizes)
    for p in parameters:
        p.requires_grad_(False)
    vocabulary, tokens, batch = sizes[3:]
    return inference(lambda ids: encoder(0.0, ids), torch.randint(0, vocabulary, (batch, tokens)))


WORKS = {
    "unet-step": unet_step,
    "unet-inference": unet_inference,
    "bert-step": bert_step,
    "bert-inference": bert_inference,
}

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
