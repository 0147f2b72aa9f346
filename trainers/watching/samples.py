"""Samples beside data, in cheap figures: pictures count as 16 x 16 pixels, points as they are."""

from __future__ import annotations

from functools import cached_property, lru_cache

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor

from latentlab.diagnosis.bins import k_means
from trainers.watching.watcher import Sight

_SIDE = 16
_MOST = 256
"""Items of each kind that are compared."""
_IN_BIN = 8
"""Samples that a bin should have: fewer than a fifth of them is then no accident."""
_MOST_BINS, _FEWEST_BINS = 25, 4


class Seen:
    """What is seen of samples beside training items and held-out ones."""

    def __init__(self, sight: Sight) -> None:
        """Take a look."""
        translates = sight.train.targets is not None
        self.drawn = sight.drawn[:_MOST]
        train, held_out = (
            each.targets if translates else each.images for each in (sight.train, sight.held_out)
        )
        assert train is not None
        assert held_out is not None
        self.train, self.held_out = (_no_larger(items[:_MOST], self.drawn) for items in (train, held_out))

    @cached_property
    def features(self) -> tuple[Tensor, Tensor, Tensor]:
        """Of samples, training items and held-out items, (N, D) each."""
        return features(self.drawn), features(self.train), features(self.held_out)

    @property
    def diversity(self) -> float:
        """Mean distance of two samples, of that of two training items."""
        drawn, train, _ = self.features
        return spread(drawn) / max(spread(train), 1e-12)

    @property
    def apart(self) -> float:
        """Energy distance between samples and held-out items (Szekely & Rizzo 2013), of their mean distance.

        0 where they come from one distribution, up to 1.
        """
        drawn, _, held_out = self.features
        between = float(torch.cdist(drawn, held_out).mean())
        return 1 - (spread(drawn) + spread(held_out)) / max(2 * between, 1e-12)

    def lost_share(self, rare: float) -> float | None:
        """Share of the data in regions (k-means bins) with fewer than `rare` of the samples to be expected there.

        None where there are too few to say.
        """
        drawn, train, held_out = (part.double().numpy() for part in self.features)
        count = min(_MOST_BINS, len(drawn) // _IN_BIN, len(train) // _IN_BIN)
        if count < _FEWEST_BINS:
            return None
        bins = k_means(train, count)
        data = bins.counts(train) + bins.counts(held_out)
        real, fake = data / data.sum(), bins.counts(drawn) / len(drawn)
        return float(real[fake < rare * real].sum())

    def copies(self, ratio: float) -> tuple[float, float]:
        """Shares of samples and of held-out items that are copies (`copied`)."""
        drawn, train, held_out = self.features
        return copied(drawn, train, ratio), copied(held_out, train, ratio)


@lru_cache(maxsize=1)
def seen(sight: Sight) -> Seen:
    """One look for all rules."""
    return Seen(sight)


def features(items: Tensor) -> Tensor:
    """Pictures (N, C, H, W) as (N, D) of at most 16 x 16 pixels; points (N, 2) as they are."""
    if items.ndim == 4 and items.shape[-1] > _SIDE:
        items = F.adaptive_avg_pool2d(items.float(), _SIDE)
    return items.float().flatten(1)


def _no_larger(items: Tensor, drawn: Tensor) -> Tensor:
    """Data as small as what a network draws that still grows."""
    if items.ndim == 4 and items.shape[-1] > drawn.shape[-1]:
        return F.adaptive_avg_pool2d(items, drawn.shape[-1])
    return items


def spread(items: Tensor) -> float:
    """Mean distance of two items (N, D); 0 for one alone."""
    return float(torch.pdist(items).mean()) if len(items) > 1 else 0.0


def copied(items: Tensor, train: Tensor, ratio: float) -> float:
    """Share of items (N, D) whose nearest training item is at most `ratio` times as far as the second nearest."""
    if len(train) < 3 or not len(items):
        return 0.0
    nearest = torch.cdist(items, train).topk(2, largest=False).values
    return float((nearest[:, 0] < ratio * nearest[:, 1]).float().mean())
