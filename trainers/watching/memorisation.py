"""Memorisation: a discriminator that knows its pictures by heart, and samples that copy them."""

from __future__ import annotations

from collections.abc import Iterable

from latentlab.diagnosis.critics import auc
from latentlab.runs import Warned
from trainers.watching.rule import Rule
from trainers.watching.samples import seen
from trainers.watching.watcher import Sight

_FEWEST = 8
"""Held-out items that say anything."""


class Memorisation(Rule):
    """Compares training items with held-out ones: by scores (Karras et al. 2020, equation 1), and by nearness."""

    kind = "memorisation"

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        if len(sight.held_out) < _FEWEST:
            return
        yield from self._by_heart(sight)
        yield from self._copies(sight)

    def _by_heart(self, sight: Sight) -> Iterable[Warned]:
        if not {"train", "held_out", "drawn"} <= sight.scores.keys():
            return
        train, held_out, drawn = (sight.scores[name].double() for name in ("train", "held_out", "drawn"))
        whole = float(train.mean() - drawn.mean())
        gap = float(train.mean() - held_out.mean()) / whole if whole > 0 else 0.0
        above = auc(train.numpy(), held_out.numpy())
        found = gap > self.limits.memory_gap and above > self.limits.memory_auc
        if self.begins("by heart", found, self.limits.sheets):
            yield self.warning(
                sight.step,
                f"The discriminator knows the training items by heart: it scores them above held-out ones in "
                f"{above:.0%} of cases, and held-out ones lie {gap:.0%} of the way to generated ones.",
                {"gap": gap, "auc": above},
                "Augment (augment = ada), raise r1_gamma, use a smaller discriminator, or more data. Samples get "
                "no better from here.",
            )

    def _copies(self, sight: Sight) -> Iterable[Warned]:
        if sight.drawn.ndim != 4:
            return
        drawn, usual = seen(sight).copies(self.limits.copy_ratio)
        if self.begins("copies", drawn - usual > self.limits.copies, self.limits.sheets):
            yield self.warning(
                sight.step,
                f"{drawn:.0%} of the samples are close copies of a training picture; among held-out pictures it "
                f"is {usual:.0%}.",
                {"copies": drawn, "copies_among_held_out": usual},
                "Augment (augment = ada or diffaugment), use more pictures, or stop earlier. Look at the nearest "
                "training pictures before samples are shown to anybody.",
                "serious",
            )
