"""A discriminator that has won, and one that learns nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from latentlab.diagnosis.critics import auc
from latentlab.runs import Warned
from trainers.watching.game import undecided
from trainers.watching.rule import Rule
from trainers.watching.samples import seen
from trainers.watching.watcher import Sight


class DiscriminatorTooStrong(Rule):
    """Its loss is nearly nothing for long: the generator's gradient vanishes, or follows its whims."""

    kind = "discriminator_too_strong"

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        share = undecided(self.config, losses)
        if share is None:
            return
        left = self.average("left", share, self.limits.memory)
        if self.begins("won", step > self.limits.quiet and left < self.limits.won, self.limits.won_steps):
            yield self.warning(
                step,
                f"The discriminator has won: {left:.1%} of its loss at chance is left, so the generator learns "
                "little from it.",
                {"loss_left": left, "real": losses["real"], "fake": losses["fake"]},
                "Raise r1_gamma (and r2_gamma), lower the discriminator's learning rate, or augment if there are "
                "few pictures. Then go on from a checkpoint before this step.",
            )


class DiscriminatorTooWeak(Rule):
    """It cannot tell samples from data although simple figures can: the generator is taught nothing."""

    kind = "discriminator_too_weak"

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        share = undecided(self.config, losses)
        if share is not None:
            self.average("left", share, self.limits.memory)
        return ()

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        if "drawn" not in sight.scores or "held_out" not in sight.scores:
            return
        limits, apart = self.limits, seen(sight).apart
        chance = auc(sight.scores["held_out"].double().numpy(), sight.scores["drawn"].double().numpy())
        left = self.last_average("left", 0.0)
        knows_nothing = chance < limits.lost_auc or left > limits.lost_loss
        found = knows_nothing and apart > limits.lost_apart and not self.is_early(sight.step)
        if self.begins("lost", found, limits.lost_sheets):
            yield self.warning(
                sight.step,
                f"Samples are plainly different from data, yet the discriminator's loss is {left:.0%} of that of "
                f"guessing, and it scores data above samples in {chance:.0%} of cases.",
                {"auc": chance, "loss_left": left, "energy_distance": apart},
                "Lower r1_gamma (and r2_gamma), raise the discriminator's learning rate, or give it more layers "
                "or a lower augmentation.",
            )
