"""Generated pictures of the past, which a discriminator is shown again."""

from __future__ import annotations

import torch
from torch import Tensor


class ImagePool:
    """Generated pictures of the past: Shrivastava et al. 2017 (arXiv:1612.07828), section 2.3."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.pictures: Tensor | None = None
        """(n, C, H, W), n up to `size`."""

    def exchange(self, fresh: Tensor, noise: torch.Generator) -> Tensor:
        """What to show the discriminator instead of `fresh` (N, C, H, W).

        While the pool is not full, and for about half of the pictures afterwards, the fresh ones themselves;
        for the others an old one, whose place they take.
        """
        if not self.size:
            return fresh
        replaced = torch.rand(len(fresh), generator=noise) < 0.5
        places = torch.randint(self.size, (len(fresh),), generator=noise)
        held = [] if self.pictures is None else list(self.pictures)
        shown = []
        for picture, replace, place in zip(fresh, replaced.tolist(), places.tolist(), strict=True):
            if len(held) < self.size:
                held.append(picture)
                shown.append(picture)
            elif replace:
                shown.append(held[place])
                held[place] = picture
            else:
                shown.append(picture)
        self.pictures = torch.stack(held)
        return torch.stack(shown)
