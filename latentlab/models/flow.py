"""An invertible change of code: affine couplings (RealNVP, Dinh et al. 2017, arXiv:1605.08803).

The codes that a VAE gives to pictures lie in clumps; the normal prior fills the space between them too, where the
decoder has learned nothing. A flow that was fitted to the codes (Rezende & Mohamed 2015, arXiv:1505.05770; as a
second stage, Dai & Wipf 2019, arXiv:1903.05789) leads from the prior to the clumps and back, smoothly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentlab.models.seeds import normal_from_seed

_STRONGEST = 2.0
"""A coupling stretches a number by exp of this at most."""


class CodeFlow(nn.Module):
    """A chain of couplings. New ones change nothing but the order of the numbers."""

    def __init__(self, width: int, layers: int, hidden: int) -> None:
        """Make the chain.

        Args:
            width: numbers of a code, at least 2.
            layers: couplings; each moves half of the numbers.
            hidden: width of the two hidden layers of each.
        """
        super().__init__()
        self.couplings = nn.ModuleList(_Coupling(width, hidden) for _ in range(layers))
        self._orders = [normal_from_seed(number, width).argsort().tolist() for number in range(layers)]
        self._backward = [torch.tensor(order).argsort().tolist() for order in self._orders]

    def forward(self, normal: Tensor) -> Tensor:
        """From the prior to codes, (N, width) each."""
        for coupling, order in zip(self.couplings, self._orders, strict=True):
            normal = coupling(normal[:, order])
        return normal

    def inverse(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """From codes (N, width) to the prior (N, width), and log |det| of that change, (N,)."""
        change = codes.new_zeros(len(codes))
        for coupling, order in zip(reversed(self.couplings), reversed(self._backward), strict=True):
            assert isinstance(coupling, _Coupling)
            codes, own = coupling.inverse(codes)
            codes, change = codes[:, order], change + own
        return codes, change


class _Coupling(nn.Module):
    """The first half decides how the second is stretched and moved."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self._kept = width // 2
        self.net = nn.Sequential(
            nn.Linear(self._kept, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Linear(hidden, 2 * (width - self._kept)),
        )
        last = self.net[-1]
        assert isinstance(last, nn.Linear)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, numbers: Tensor) -> Tensor:
        kept, moved = numbers[:, : self._kept], numbers[:, self._kept :]
        stretch, shift = self._stretch_and_shift(kept)
        return torch.cat([kept, moved * stretch.exp() + shift], dim=1)

    def inverse(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        kept, moved = numbers[:, : self._kept], numbers[:, self._kept :]
        stretch, shift = self._stretch_and_shift(kept)
        return torch.cat([kept, (moved - shift) * (-stretch).exp()], dim=1), -stretch.sum(1)

    def _stretch_and_shift(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        stretch, shift = self.net(kept).chunk(2, dim=1)
        return _STRONGEST * (stretch / _STRONGEST).tanh(), shift
