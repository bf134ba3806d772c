"""The two tiny heads of the task taxonomy (localiser, grid detector) in PyTorch: outputs, losses and gradients on fixed pictures and
targets. fp32, CPU. Run inside this folder."""
import json, torch, torch.nn as nn, torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(0); torch.set_num_threads(1)
SIDE, KINDS = 16, 2

class Localiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1)
        self.whole, self.kind, self.box = nn.Conv2d(16, 64, SIDE // 8), nn.Conv2d(64, KINDS, 1), nn.Conv2d(64, 4, 1)
    def forward(self, x):
        for c in (self.conv1, self.conv2, self.conv3): x = F.max_pool2d(F.relu(c(x)), 2)
        x = F.relu(self.whole(x))
        return self.kind(x).flatten(1), torch.sigmoid(self.box(x)).flatten(1)

class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        for i, (a, b) in enumerate([(1, 8), (8, 16), (16, 24), (24, 24), (24, 24)], 1): setattr(self, f"conv{i}", nn.Conv2d(a, b, 3, padding=1))
        self.kind, self.distance = nn.Conv2d(24, 1 + KINDS, 1), nn.Conv2d(24, 4, 1)
    def forward(self, x):
        for i in range(1, 6):
            x = F.relu(getattr(self, f"conv{i}")(x))
            if i <= 2: x = F.max_pool2d(x, 2)
        return self.kind(x), F.softplus(self.distance(x))

g = torch.Generator().manual_seed(1)
x = torch.rand(3, 1, SIDE, SIDE, generator=g)
loc, det = Localiser(), Detector()
kinds, boxes = torch.tensor([0, 1, 1]), torch.rand(3, 4, generator=g)
said_kinds, said_boxes = loc(x)
loc_loss = F.cross_entropy(said_kinds, kinds) + 20 * F.huber_loss(said_boxes, boxes)
loc_loss.backward()
n = SIDE // 4
grid_kinds = torch.randint(0, 1 + KINDS, (3, n, n), generator=g)
distances = 3 * torch.rand(3, 4, n, n, generator=g) * (grid_kinds > 0)[:, None]
k, d = det(x)
inside = (grid_kinds > 0)[:, None].expand(-1, 4, -1, -1)
det_loss = F.cross_entropy(k, grid_kinds) + F.huber_loss(d[inside], distances[inside])
det_loss.backward()
R = {"input": x, "localiser.kinds": kinds.int(), "localiser.boxes": boxes, "localiser.said_kinds": said_kinds, "localiser.said_boxes": said_boxes,
     "localiser.loss": loc_loss.view(1), "detector.kinds": grid_kinds.int(), "detector.distances": distances, "detector.said_kinds": k,
     "detector.said_distances": d, "detector.loss": det_loss.view(1)}
for name, net in (("localiser", loc), ("detector", det)): R.update({f"{name}.grad.{n}": p.grad for n, p in net.named_parameters()})
save_file({f"{name}.{n}": p.detach().contiguous() for name, net in (("localiser", loc), ("detector", det)) for n, p in net.named_parameters()}, "weights.safetensors")
save_file({n: t.detach().clone().contiguous() for n, t in R.items()}, "reference.safetensors")
json.dump({"side": SIDE, "kinds": KINDS, "localiser": "cross-entropy + 20 x huber(delta 1, mean over 4 B numbers)",
           "detector": "cross-entropy (mean over grid points) + huber (mean over the 4 numbers of the points with an object)",
           "losses": [loc_loss.item(), det_loss.item()], "torch": torch.__version__}, open("reference.json", "w"), indent=1)
print(loc_loss.item(), det_loss.item())
