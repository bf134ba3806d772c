"""A window classifier (Ciresan et al. 2012 at tiny width) in PyTorch: logits, loss and gradients of a batch of windows,
and the map of a small picture, one window per pixel, border mirrored. fp32, CPU. Run inside this folder."""
import json, torch, torch.nn as nn, torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(0); torch.set_num_threads(1)
WINDOW = 17                                         # 17 -conv4-> 14 -pool-> 7 -conv3-> 5 -pool-> 2 (the odd row is dropped)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 3, 4), nn.Conv2d(3, 4, 3)
        self.fc1, self.fc2 = nn.Linear(4 * 2 * 2, 5), nn.Linear(5, 2)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))

net = Net()
for p in net.parameters(): nn.init.normal_(p, 0, 0.3)
g = torch.Generator().manual_seed(1)
windows, labels = torch.rand(6, 1, WINDOW, WINDOW, generator=g), torch.tensor([0, 1, 1, 0, 1, 0])
logits = net(windows); loss = F.cross_entropy(logits, labels); loss.backward()
image = torch.rand(1, 1, 19, 22, generator=g)
with torch.no_grad():
    r = WINDOW // 2
    patches = F.unfold(F.pad(image, (r, r, r, r), mode="reflect"), WINDOW)       # one column per pixel
    cell = net(patches[0].T.reshape(-1, 1, WINDOW, WINDOW)).softmax(1)[:, 1].reshape(19, 22)
R = {"windows": windows, "labels": labels.int(), "logits": logits, "loss": loss.view(1), "image": image[0, 0], "cell_probability": cell}
R.update({"grad." + n: p.grad for n, p in net.named_parameters()})
save_file({n: p.detach().contiguous() for n, p in net.state_dict().items()}, "weights.safetensors")
save_file({n: t.detach().clone().contiguous() for n, t in R.items()}, "reference.safetensors")
json.dump({"window": WINDOW, "convolutions": [[4, 3], [3, 4]], "units": 5, "classes": 2, "loss": "mean cross-entropy of the six windows",
           "linear": "[out, in], in = [channel, row, column]", "loss_value": loss.item(), "torch": torch.__version__}, open("reference.json", "w"), indent=1)
