"""Posterior collapse: a code that carries nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from latentlab.runs import Warned
from trainers.watching.rule import Rule
from trainers.watching.watcher import Sight

_REMEDY = (
    "Lower beta, let it climb over more of the run (warm_up), or keep some nats free (free_bits .1 to .25 per "
    "unit). A decoder that is too strong does the same: give it less."
)


class PosteriorCollapse(Rule):
    """Looks at the KL of every step, and at the units that are in use whenever they are measured."""

    kind = "posterior_collapse"

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        if "kl" not in losses:
            return
        kl = self.average("kl", losses["kl"], self.limits.memory)
        if self.begins("kl", step > self.limits.quiet and kl < self.limits.least_kl, self.limits.kl_steps):
            yield self.warning(
                step,
                f"The code carries {kl:.2f} nats per item: the decoder ignores it, and samples will look alike.",
                {"kl": kl},
                _REMEDY,
                "serious",
            )

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        used, units = sight.measures.get("used_units"), sight.z.shape[1]
        if used is None or not units or self.is_early(sight.step):
            return
        if self.begins("units", used <= self.limits.used_units * units, self.limits.sheets):
            yield self.warning(
                sight.step,
                f"{used:.0f} of {units} units of the code are in use; the others say nothing about an item.",
                {"used_units": used, "units": float(units), "kl": sight.measures.get("kl", 0.0)},
                _REMEDY,
            )
