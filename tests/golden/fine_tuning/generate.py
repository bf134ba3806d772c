"""Twenty fine-tuning steps in PyTorch, dropout off, for every head of BERT.

    python generate.py                          tiny random BERT -> config.json, model.safetensors, reference.*
    python generate.py minilm MODEL_DIR MRPC_DIR   a real encoder on real rows -> minilm_mrpc.json

Models are those of `transformers`; the optimiser is google-research/bert's (Adam without bias correction,
decoupled decay 0.01 except for biases and normalisations, clipping to norm 1, linear warm-up and decay).
"""
import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import (BertConfig, BertForMultipleChoice, BertForQuestionAnswering,
                          BertForSequenceClassification, BertForTokenClassification)

torch.set_num_threads(1)
HERE = Path(__file__).parent
STEPS, WARMUP = 20, 2
BUCKETS = [8, 16, 24, 32, 48, 64, 96, 128]
IGNORED = -100


class BertAdam:
    """AdamWeightDecayOptimizer of optimization.py."""

    def __init__(self, model):
        self.named = list(model.named_parameters())
        self.m = [torch.zeros_like(p) for _, p in self.named]
        self.v = [torch.zeros_like(p) for _, p in self.named]

    @torch.no_grad()
    def step(self, rate):
        torch.nn.utils.clip_grad_norm_([p for _, p in self.named], 1.0)
        for (name, p), m, v in zip(self.named, self.m, self.v):
            if p.grad is None:
                continue
            m.mul_(0.9).add_(p.grad, alpha=0.1)
            v.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
            update = m / (v.sqrt() + 1e-6)
            if "LayerNorm" not in name and "bias" not in name:
                update = update + 0.01 * p
            p.sub_(rate * update)
            p.grad = None


def rate_at(step, peak):
    return peak * step / WARMUP if step < WARMUP else peak * (1 - step / STEPS)


def batch_of(features):
    """Padded to the smallest bucket, as the project does: the softmax of a span runs over the padding too."""
    rows = [row for feature in features for row in feature["ids"]]
    types = [row for feature in features for row in feature["types"]]
    length = next(b for b in BUCKETS if b >= max(map(len, rows)))
    pad = lambda rows, fill: torch.tensor([row + [fill] * (length - len(row)) for row in rows])
    mask = pad([[1] * len(row) for row in rows], 0)
    return {"input_ids": pad(rows, 0), "token_type_ids": pad(types, 0), "attention_mask": mask}, length


def labels_of(kind, features, length):
    targets = [feature["targets"] for feature in features]
    if kind == "span":
        t = torch.tensor(targets)
        return {"start_positions": t[:, 0], "end_positions": t[:, 1]}
    if kind == "tags":
        return {"labels": torch.tensor([t + [IGNORED] * (length - len(t)) for t in targets])}
    return {"labels": torch.tensor([t[0] for t in targets])}


def run(model, kind, features, orders, peak, choices=1):
    """Losses before every step; the model ends with its final weights."""
    model.train()
    optimizer, losses = BertAdam(model), []
    for step, order in enumerate(orders):
        some = [features[i] for i in order]
        inputs, length = batch_of(some)
        if kind == "choice":
            inputs = {k: v.view(-1, choices, length) for k, v in inputs.items()}
        loss = model(**inputs, **labels_of(kind, some, length)).loss
        loss.backward()
        losses.append(loss.item())
        optimizer.step(rate_at(step, peak))
    return losses


def tiny():
    config = BertConfig(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
                        max_position_embeddings=24, hidden_act="gelu", initializer_range=0.2, hidden_dropout_prob=0.0,
                        attention_probs_dropout_prob=0.0, attn_implementation="eager")
    draw = torch.Generator().manual_seed(3)
    number = lambda low, high: int(torch.randint(low, high, (1,), generator=draw))

    def sequence():
        a, b = number(2, 9), number(2, 10)
        ids = [2] + [number(5, 40) for _ in range(a)] + [3] + [number(5, 40) for _ in range(b)] + [3]
        return ids, [0] * (a + 2) + [1] * (b + 1)

    def feature(kind):
        rows = [sequence() for _ in range(3 if kind == "choice" else 1)]
        length = len(rows[0][0])
        start = number(0, length)
        targets = {
            "classes": lambda: [number(0, 3)],
            "number": lambda: [number(0, 51) / 10],
            "choice": lambda: [number(0, 3)],
            "span": lambda: [start, number(start, length)],
            "tags": lambda: [number(0, 5) if 0 < i < length - 1 and number(0, 3) else IGNORED for i in range(length)],
        }[kind]()
        return {"ids": [ids for ids, _ in rows], "types": [types for _, types in rows], "targets": targets}

    heads = {"classes": (BertForSequenceClassification, 3), "number": (BertForSequenceClassification, 1),
             "choice": (BertForMultipleChoice, 1), "span": (BertForQuestionAnswering, 2),
             "tags": (BertForTokenClassification, 5)}
    tensors, families, encoder = {}, {}, None
    for kind, (Model, labels) in heads.items():
        torch.manual_seed(0)
        config.num_labels = labels
        if kind == "number":
            config.problem_type = "regression"
        model = Model(config)
        # The softmax of a span runs over the padding, so its embedding has a gradient; transformers leaves it
        # out, google-research/bert and the project do not.
        model.bert.embeddings.word_embeddings.padding_idx = None
        config.problem_type = None
        if encoder is None:
            encoder = {k: v.clone() for k, v in model.state_dict().items() if k.startswith("bert.")}
        model.load_state_dict({**model.state_dict(), **{k: v for k, v in encoder.items() if k in model.state_dict()}})
        keep = lambda what: tensors.update({f"{kind}.{what}.{k}": v.detach().clone().contiguous()
                                            for k, v in model.state_dict().items()
                                            if what == "final" or not k.startswith("bert.")})
        keep("first")
        features = [feature(kind) for _ in range(16)]
        orders = [[number(0, 16) for _ in range(4)] for _ in range(STEPS)]
        losses = run(model, kind, features, orders, 1e-3, 3)
        keep("final")
        families[kind] = {"features": features, "orders": orders, "losses": losses}
        print(kind, losses[0], losses[-1])
    (HERE / "config.json").write_text(config.to_json_string())
    save_file(encoder, HERE / "model.safetensors", metadata={"format": "pt"})
    save_file(tensors, HERE / "reference.safetensors")
    about = {"steps": STEPS, "warmup": WARMUP, "peak": 1e-3, "versions": versions()}
    (HERE / "reference.json").write_text(json.dumps({**about, "families": families}))


def minilm(model_dir, mrpc_dir):
    rows = (Path(mrpc_dir) / "train.tsv").read_text(encoding="utf-8-sig").splitlines()[1:321]
    cells = [row.split("\t") for row in rows]
    tokenizer = transformers.BertTokenizerFast.from_pretrained(model_dir)
    features = []
    for label, _, _, a, b in cells:
        encoded = tokenizer(a, b, truncation=True, max_length=128)
        features.append({"ids": [encoded["input_ids"]], "types": [encoded["token_type_ids"]], "targets": [int(label)]})
    torch.manual_seed(0)
    model = BertForSequenceClassification.from_pretrained(model_dir, num_labels=2, hidden_dropout_prob=0.0,
                                                          attention_probs_dropout_prob=0.0, attn_implementation="eager")
    with torch.no_grad():  # the same values in both programs, without a random generator
        w = model.classifier.weight
        w.copy_(0.02 * torch.sin(torch.arange(w.numel(), dtype=torch.float64) + 1).view(w.shape).float())
        model.classifier.bias.zero_()
    orders = [list(range(16 * s, 16 * s + 16)) for s in range(STEPS)]
    before = {k: v.detach().clone() for k, v in model.named_parameters()}
    losses = run(model, "classes", features, orders, 5e-5)
    parameters = {}
    for name, p in model.named_parameters():
        flat = p.detach().flatten()
        places = [i * (flat.numel() - 1) // 31 for i in range(32)]
        parameters[name] = {"places": places, "values": [float(flat[i]) for i in places],
                            "change": float((p - before[name]).detach().norm())}
    about = {"steps": STEPS, "warmup": WARMUP, "peak": 5e-5, "versions": versions()}
    (HERE / "minilm_mrpc.json").write_text(json.dumps({**about, "losses": losses, "parameters": parameters}))
    print(losses)


def versions():
    return {"torch": torch.__version__, "transformers": transformers.__version__}


if sys.argv[1:2] == ["minilm"]:
    minilm(*sys.argv[2:])
else:
    tiny()
