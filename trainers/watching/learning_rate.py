"""Learning rates that are too high: steps that overshoot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from latentlab.runs import Warned
from trainers.watching.game import undecided
from trainers.watching.rule import Rule

_REMEDY = "Halve the learning rate, or let it climb at the start; go on from a checkpoint before this step."


class LearningRateTooHigh(Rule):
    """Three signs: a discriminator wrong with confidence, a falling loss that rises, and norms that spike."""

    kind = "learning_rate_too_high"

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        yield from self._game(step, losses)
        yield from self._rise(step, losses)
        yield from self._spikes(step, losses)

    def _game(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        share = undecided(self.config, losses)
        if share is None:
            return
        share = min(share, 100.0)
        mean = self.average("game", share, self.limits.memory)
        swing = self.average("swing", abs(share - mean), self.limits.memory)
        wrong = mean > self.limits.worse_than_chance and swing > self.limits.swing
        found = step > self.limits.quiet and wrong
        if self.begins("game", found, self.limits.rate_steps):
            yield self.warning(
                step,
                f"The discriminator's loss is {mean:.1f} times that of guessing: each step overthrows what the "
                "last one learned.",
                {"loss_over_chance": mean, "swing": swing},
                _REMEDY,
            )

    def _rise(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        """A reconstruction loss, which has no opponent, should fall."""
        if "reconstruction" not in losses or "real" in losses:
            return
        mean = self.average("reconstruction", losses["reconstruction"], self.limits.memory)
        if step == self.limits.memory:
            self._memory["first"] = mean
        if step <= self.limits.quiet:
            return
        best = self._memory["best"] = min(self._memory.get("best", mean), mean)
        fallen = abs(self._memory.get("first", mean) - best)
        found = mean - best > self.limits.rise * max(fallen, 0.1 * abs(best))
        if self.begins("rise", found, self.limits.rate_steps):
            yield self.warning(
                step,
                f"The reconstruction loss has risen to {mean:.4g}; it was {best:.4g} before.",
                {"reconstruction": mean, "best": best},
                _REMEDY,
            )

    def _spikes(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        limits = self.limits
        for name, norm in losses.items():
            if not name.startswith("norm/") or norm <= 0:
                continue
            usual = self.average(name, math.log(norm), limits.usual_memory)
            spiked = math.log(norm) - usual > math.log(limits.spike)
            share = self.average(f"spikes/{name}", float(spiked), limits.usual_memory)
            if self.begins(name, step > limits.quiet and share > limits.spikes, limits.rate_steps):
                yield self.warning(
                    step,
                    f"In {share:.0%} of the steps the gradient of the {name.removeprefix('norm/')} is more than "
                    f"{limits.spike:.0f} times as long as usual.",
                    {"share_of_spikes": share, "usual_norm": math.exp(usual)},
                    _REMEDY + " gradient_clip limits the damage.",
                )
