"""What a discriminator's scores say: whether it memorises, and who is winning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.estimate import Estimate, bootstrap, mean_with_interval

Scores = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreGap:
    """Scores (logits) of pictures that the discriminator was trained on, held-out ones, and generated ones."""

    train: Scores
    held_out: Scores
    fake: Scores

    @property
    def means(self) -> tuple[Estimate, Estimate, Estimate]:
        """Of training, held-out and generated pictures."""
        return (
            mean_with_interval(self.train),
            mean_with_interval(self.held_out),
            mean_with_interval(self.fake),
        )

    @property
    def memorisation(self) -> Estimate:
        """Where held-out pictures lie between training pictures (0) and generated ones (1).

        Karras et al. 2020 (ADA, arXiv:2006.06676), equation 1: E[train] - E[held out] over E[train] - E[fake]. A
        discriminator that knows the data and not its pictures gives about 0.
        """
        return bootstrap(_memorisation, self.train, self.held_out, self.fake, draws=300)

    @property
    def told_apart(self) -> float:
        """Chance that a training picture scores above a held-out one: 0.5 when it does not memorise (area under
        the ROC curve)."""
        return auc(self.train, self.held_out)


def auc(high: Scores, low: Scores) -> float:
    """Chance that a score of `high` is above one of `low`, ties counting half (Mann & Whitney 1947)."""
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left")
    up_to = np.searchsorted(ordered, high, side="right")
    return float((below + up_to).sum() / (2 * len(high) * len(low)))


def _memorisation(train: Scores, held_out: Scores, fake: Scores) -> float:
    whole = float(train.mean() - fake.mean())
    return float(train.mean() - held_out.mean()) / whole if whole else 0.0
