"""A small classifier trained on real pictures, to ask whether generated ones show what they should.

The share of generated pictures that it assigns to the class they were asked for is the accuracy of a
class-conditional or caption-conditional generator. It sees lost classes and wrong ones, not lost variety.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor, nn


class Classifier(nn.Module):
    """Convolutions that halve the picture down to about 4 x 4, and two linear layers."""

    def __init__(self, resolution: int, image_channels: int, num_classes: int, *, width: int = 24) -> None:
        """Make it for pictures of 8 px or more."""
        super().__init__()
        layers: list[nn.Module] = []
        channels, side = image_channels, resolution
        while side > 4:
            layers += [nn.Conv2d(channels, width, 3, 2, 1), nn.BatchNorm2d(width), nn.ReLU()]
            channels, side, width = width, (side + 1) // 2, min(2 * width, 96)
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side * side, 64), nn.ReLU())
        self.logits = nn.Linear(64, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [-1, 1] to logits (N, num_classes)."""
        logits: Tensor = self.logits(self.layers(images))
        return logits


def train_classifier(
    images: Tensor, labels: Tensor, num_classes: int, *, epochs: int = 8, batch_size: int = 64, seed: int = 0
) -> Classifier:
    """A classifier of real pictures, the same for the same seed.

    Args:
        images: (N, C, H, H) in [-1, 1], one at least.
        labels: (N,) int64.
        num_classes: how many there are.
        epochs: passes over the pictures.
        batch_size: pictures per step, or all where there are fewer.
        seed: of the weights and the order.
    """
    noise = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classifier = Classifier(images.shape[2], images.shape[1], num_classes)
    batch_size = min(batch_size, len(images))
    steps = epochs * (len(images) // batch_size)
    optimiser = torch.optim.AdamW(classifier.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=noise)
        for rows in torch.split(order, batch_size)[: len(images) // batch_size]:
            loss = F.cross_entropy(classifier(images[rows]), labels[rows])
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    return classifier.eval().requires_grad_(False)


@torch.no_grad()
def accuracy(classifier: Classifier, images: Tensor, labels: Tensor) -> float:
    """Share of pictures (N, C, H, H) that are seen as their label (N,)."""
    found = torch.cat([classifier(part).argmax(1) for part in torch.split(images, 256)])
    return float((found == labels).float().mean())
