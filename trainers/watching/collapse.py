"""Mode collapse: samples that resemble each other more than data do, or that leave out part of the data."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from latentlab.runs import Warned
from trainers.watching.rule import Rule
from trainers.watching.samples import Seen, features, seen, spread
from trainers.watching.watcher import Sight

_REMEDY = (
    "Use the relativistic objective with r1_gamma and r2_gamma, show the discriminator several items at once "
    "(pack), or reward different samples (mode_seeking). Go on from a checkpoint before this step."
)


class ModeCollapse(Rule):
    """Looks at all samples, at those of each class, and at which training items have a sample near."""

    kind = "mode_collapse"

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        if not sight.scores or len(sight.drawn) < 2 or self.is_early(sight.step):
            return
        look = seen(sight)
        yield from self._alike(sight, look)
        yield from self._classes(sight)
        yield from self._lost(sight, look)

    def _alike(self, sight: Sight, look: Seen) -> Iterable[Warned]:
        diversity = look.diversity
        if self.begins("alike", diversity < self.limits.diversity, self.limits.sheets):
            yield self.warning(
                sight.step,
                f"Samples resemble each other: two differ by {diversity:.0%} of what training items do.",
                {"diversity": diversity},
                _REMEDY,
                "serious",
            )

    def _classes(self, sight: Sight) -> Iterable[Warned]:
        """Collapsed classes; a warning names all of them and is given again when there are others."""
        labels, of_train = sight.condition.labels, sight.train.labels
        if labels is None or of_train is None or len(labels) != len(sight.drawn):
            return
        collapsed: dict[int, float] = {}
        for label in sorted(set(labels.tolist())):
            drawn, train = sight.drawn[labels == label], sight.train.images[of_train == label]
            if min(len(drawn), len(train)) >= self.limits.class_samples:
                share = spread(features(drawn)) / max(spread(features(train)), 1e-12)
                if share < self.limits.class_diversity:
                    collapsed[label] = share
        if self.begins("classes", bool(collapsed), self.limits.sheets):
            listed = ", ".join(str(label) for label in list(collapsed)[:8])
            yield self.warning(
                sight.step,
                f"Within {len(collapsed)} classes samples are nearly the same (classes number {listed}).",
                {f"diversity_of_class_{label}": share for label, share in list(collapsed.items())[:8]},
                "Raise mode_seeking, or use the relativistic objective with r1_gamma and r2_gamma.",
            )

    def _lost(self, sight: Sight, look: Seen) -> Iterable[Warned]:
        found = look.closeness()
        if found is None:
            return
        drawn, data = found
        share = drawn.coverage / max(data.coverage, 1e-12)
        lost = share < self.limits.coverage and drawn.realism > self.limits.realism * data.realism
        if self.begins("lost", lost and bool(torch.isfinite(sight.drawn).all()), self.limits.sheets):
            yield self.warning(
                sight.step,
                f"Samples look real but leave out much: {drawn.coverage:.0%} of the training items have a sample "
                f"near; among held-out items it is {data.coverage:.0%}.",
                {"coverage": drawn.coverage, "coverage_of_held_out": data.coverage, "realism": drawn.realism},
                _REMEDY,
            )
