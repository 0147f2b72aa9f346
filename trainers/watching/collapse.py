"""Mode collapse: samples that resemble each other more than data do, or that leave out part of the data."""

from __future__ import annotations

from collections.abc import Iterable

from latentlab.runs import Warned
from trainers.watching.rule import Rule
from trainers.watching.samples import Seen, features, seen, spread
from trainers.watching.watcher import Sight

_REMEDY = (
    "Use the relativistic objective with r1_gamma and r2_gamma, show the discriminator several items at once "
    "(pack), or reward different samples (mode_seeking). Go on from a checkpoint before this step."
)


class ModeCollapse(Rule):
    """Looks at all samples, at those of each class, and at regions of the data without samples."""

    kind = "mode_collapse"

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        if not sight.scores or len(sight.drawn) < 2 or self.is_early(sight.step):
            return
        look = seen(sight)
        stalled = self.has_stalled("diversity", look.diversity)
        yield from self._alike(sight, look, stalled)
        if look.diversity >= self.limits.diversity:  # else it is all classes
            yield from self._classes(sight)
            yield from self._lost(sight, look, stalled)

    def _alike(self, sight: Sight, look: Seen, stalled: bool) -> Iterable[Warned]:
        diversity = look.diversity
        if self.begins("alike", stalled and diversity < self.limits.diversity, self.limits.sheets):
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

    def _lost(self, sight: Sight, look: Seen, stalled: bool) -> Iterable[Warned]:
        lost = look.lost_share(self.limits.rare)
        if lost is None:
            return
        stalled = self.has_stalled("kept", 1 - lost) and stalled
        if self.begins("lost", stalled and lost > self.limits.lost, self.limits.sheets):
            yield self.warning(
                sight.step,
                f"Samples leave out much: {lost:.0%} of the data lies in regions where hardly any sample does.",
                {"lost_share": lost},
                _REMEDY,
            )
