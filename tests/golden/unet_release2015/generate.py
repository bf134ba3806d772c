"""The U-Net of the authors' 2015 release at base width 2, with 2 input channels and 3 classes: ReLU after each up-convolution, and a
last up-convolution that keeps its channels. Weights, logits, weighted mean loss, every gradient. fp32 CPU. Run inside the folder."""
import json, torch, torch.nn as nn, torch.nn.functional as F
from safetensors.torch import save_file
torch.manual_seed(3); torch.set_num_threads(1)
C, DEPTH, CIN, K = 2, 4, 2, 3
class Dbl(nn.Module):
    def __init__(s, i, o): super().__init__(); s.conv1 = nn.Conv2d(i, o, 3); s.conv2 = nn.Conv2d(o, o, 3)
    def forward(s, x): return F.relu(s.conv2(F.relu(s.conv1(x))))
class Release(nn.Module):
    def __init__(s):
        super().__init__(); c = [C * 2**i for i in range(DEPTH + 1)]
        s.down = nn.ModuleList([Dbl(CIN if i == 0 else c[i - 1], c[i]) for i in range(DEPTH)]); s.bottom = Dbl(c[-2], c[-1])
        out = [c[i + 1] if i == 0 else c[i] for i in reversed(range(DEPTH))]
        s.upconv = nn.ModuleList([nn.ConvTranspose2d(c[i + 1], o, 2, stride=2) for i, o in zip(reversed(range(DEPTH)), out)])
        s.up = nn.ModuleList([Dbl(o + c[i], c[i]) for i, o in zip(reversed(range(DEPTH)), out)]); s.head = nn.Conv2d(C, K, 1)
    def forward(s, x):
        skips = []
        for d in s.down: x = d(x); skips.append(x); x = F.max_pool2d(x, 2)
        x = s.bottom(x)
        for u, d in zip(s.upconv, s.up):
            x = F.relu(u(x)); k = skips.pop(); o = (k.shape[2] - x.shape[2]) // 2
            x = d(torch.cat([x, k[:, :, o:o + x.shape[2], o:o + x.shape[3]]], 1))
        return s.head(x)
m = Release()
for mod in m.modules():
    if isinstance(mod, nn.Conv2d): nn.init.kaiming_normal_(mod.weight, nonlinearity='relu'); nn.init.normal_(mod.bias, 0, .05)
    if isinstance(mod, nn.ConvTranspose2d): nn.init.normal_(mod.weight, 0, (2 / mod.in_channels)**.5); nn.init.normal_(mod.bias, 0, .05)
x = torch.rand(1, CIN, 188, 188); y = torch.randint(0, K, (1, 4, 4)); w = 1 + 10 * torch.rand(1, 4, 4)
logits = m(x); loss = (w * F.cross_entropy(logits, y, reduction='none')).mean(); loss.backward()
R = {'input': x, 'target': y.int(), 'weight_map': w, 'logits': logits, 'loss_mean': loss.view(1)}
for n, p in m.named_parameters(): R['weight.' + n] = p; R['grad.' + n] = p.grad
save_file({k: v.detach().clone().contiguous() for k, v in R.items()}, 'reference.safetensors')
json.dump({'torch': torch.__version__, 'params': sum(p.numel() for p in m.parameters()), 'loss_mean': loss.item()}, open('reference.json', 'w'), indent=1)
