"""What dropout does to the tiny BERT of generate.py in PyTorch: means and spreads over many draws -> dropout.json.

    python generate_dropout.py

Two programs never draw the same masks; that dropout acts at the same places shows in the distribution of the logits
and in the lengths of the gradients. Once with dropout on the hidden states only, once on the attention weights only.
"""
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file
from transformers import BertConfig, BertForSequenceClassification

torch.set_num_threads(1)
HERE = Path(__file__).parent
RATE, DRAWS, ROWS = 0.3, 5000, 6


def moments(values):
    values = torch.stack(values).double()
    return {"mean": values.mean(0).flatten().tolist(), "deviation": values.std(0).flatten().tolist()}


def measured(hidden, attention, features):
    config = BertConfig.from_json_file(HERE / "config.json")
    config.hidden_dropout_prob, config.attention_probs_dropout_prob, config.num_labels = hidden, attention, 3
    model = BertForSequenceClassification(config)
    head = {k.removeprefix("classes.first."): v for k, v in load_file(HERE / "reference.safetensors").items()
            if k.startswith("classes.first.")}
    model.load_state_dict({**load_file(HERE / "model.safetensors"), **head}, strict=False)
    length = max(len(f["ids"][0]) for f in features)
    pad = lambda rows: torch.tensor([row + [0] * (length - len(row)) for row in rows])
    inputs = {"input_ids": pad([f["ids"][0] for f in features]),
              "token_type_ids": pad([f["types"][0] for f in features]),
              "attention_mask": pad([[1] * len(f["ids"][0]) for f in features])}
    labels = torch.tensor([f["targets"][0] for f in features])
    names = [name for name, _ in model.named_parameters()]
    model.train()
    torch.manual_seed(1)
    logits, lengths = [], []
    for _ in range(DRAWS):
        output = model(**inputs)
        gradients = torch.autograd.grad(torch.nn.functional.cross_entropy(output.logits, labels), model.parameters())
        logits.append(output.logits.detach())
        lengths.append(torch.stack([g.norm() for g in gradients]))
    return {"logits": moments(logits), "gradientLengths": {"names": names, **moments(lengths)}}


features = json.loads((HERE / "reference.json").read_text())["families"]["classes"]["features"][:ROWS]
result = {"rate": RATE, "draws": DRAWS, "rows": ROWS,
          "hidden": measured(RATE, 0.0, features), "attention": measured(0.0, RATE, features),
          "versions": {"torch": torch.__version__, "transformers": transformers.__version__}}
(HERE / "dropout.json").write_text(json.dumps(result) + "\n")
for place in ("hidden", "attention"):
    print(place, result[place]["logits"]["deviation"][:3], result[place]["gradientLengths"]["mean"][:3])
