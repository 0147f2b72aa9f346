"""The end of a discriminator: features to a score, and to how well they fit a class."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ProjectionHead(nn.Module):
    """A linear score, plus the inner product of the features with an embedding of the class.

    Miyato & Koyama 2018 (arXiv:1802.05637), equation 5. Without classes it is a linear layer.
    """

    def __init__(self, features: int, num_classes: int = 0, *, bias: bool = True) -> None:
        """Make it.

        Args:
            features: how many there are.
            num_classes: above 0, the score also says how well the features fit a class.
            bias: whether a constant is learned; without meaning where only differences of scores count.
        """
        super().__init__()
        self.score = nn.Linear(features, 1, bias=bias)
        self.of_class = nn.Linear(num_classes, features, bias=False) if num_classes else None
        if self.of_class is not None:
            nn.init.normal_(self.of_class.weight, 0.0, features**-0.5)

    def forward(self, features: Tensor, classes: Tensor | None = None) -> Tensor:
        """Features (N, F) and class weights (N, num_classes) to scores (N,)."""
        scores: Tensor = self.score(features)[:, 0]
        if self.of_class is None:
            return scores
        if classes is None:
            raise ValueError("This discriminator judges whether pictures fit their class: give class weights")
        fit: Tensor = torch.linalg.vecdot(features, self.of_class(classes.to(features)))
        return scores + fit
