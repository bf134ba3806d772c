"""Trajectories of PyTorch's SGD (momentum) and Adam / AdamW on a fixed sequence of gradients, float32, and of BERT's
AdamWeightDecayOptimizer written out from its paper's description (no bias correction, decoupled decay). Run inside the folder."""
import json, torch
torch.manual_seed(0)
N, STEPS = 5, 8
start = torch.randn(N); grads = torch.randn(STEPS, N); rates = [0.1 / (1 + t) for t in range(STEPS)]
def run(make):
    w = torch.nn.Parameter(start.clone()); opt = make([w]); out = []
    for g, lr in zip(grads, rates):
        for group in opt.param_groups: group['lr'] = lr
        w.grad = g.clone(); opt.step(); out.append(w.detach().tolist())
    return out
def bert(decay=0.01, b1=0.9, b2=0.999, eps=1e-6):
    w = start.double().clone(); m = torch.zeros(N).double(); v = torch.zeros(N).double(); out = []
    for g, lr in zip(grads.double(), rates):
        m = b1 * m + (1 - b1) * g; v = b2 * v + (1 - b2) * g * g
        w = w - lr * (m / (v.sqrt() + eps) + decay * w); out.append(w.tolist())
    return out
json.dump({'torch': torch.__version__, 'start': start.tolist(), 'gradients': grads.tolist(), 'rates': rates,
  'sgd': run(lambda p: torch.optim.SGD(p, lr=1)), 'momentum': run(lambda p: torch.optim.SGD(p, lr=1, momentum=0.99)),
  'adam': run(lambda p: torch.optim.Adam(p, lr=1)), 'adamw': run(lambda p: torch.optim.AdamW(p, lr=1, weight_decay=0.1)), 'bert': bert()},
  open('reference.json', 'w'), indent=1)
