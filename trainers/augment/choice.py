"""Which augmentation a run uses, with the state that goes with it."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor

from trainers.augment import diff_augment, pipeline
from trainers.augment.strength import Strength, StrengthSettings
from trainers.objectives.adversarial import Objective, boundary
from trainers.settings import setting
from trainers.team import Team

_GROUP = "Augmentation"


class AugmentSettings(StrengthSettings):
    """What the discriminator sees of pictures: a group of hyper-parameters to inherit from."""

    augmentation: Literal["none", "diff_augment", "ada"] = setting(
        "none",
        "How pictures are changed before they are judged: not at all, always and lightly (DiffAugment, for a few "
        "hundred pictures), or as often as overfitting asks for (ADA).",
        group=_GROUP,
    )
    augment_mirror: bool = setting(True, "ADA may mirror pictures.", group=_GROUP)
    augment_turns: bool = setting(True, "ADA may turn pictures, by quarters and freely.", group=_GROUP)
    augment_colour: bool = setting(True, "ADA and DiffAugment may change colours.", group=_GROUP)

    @property
    def transforms(self) -> pipeline.Transforms:
        """Which transforms ADA may use."""
        turns = self.augment_turns
        return pipeline.Transforms(
            mirror=self.augment_mirror, quarter_turns=turns, turn=turns, colour=self.augment_colour
        )


class Augmentation:
    """Changes what the discriminator sees, real and generated alike."""

    def __init__(self, config: AugmentSettings, batch_size: int, team: Team) -> None:
        self._config = config
        self._team = team
        self._strength = Strength(config, batch_size)

    @property
    def p(self) -> float:
        """Probability of a transform."""
        kind = self._config.augmentation
        return self._strength.p if kind == "ada" else float(kind == "diff_augment")

    def apply(self, images: Tensor, noise: torch.Generator) -> Tensor:
        """Change this process's rows (N, C, H, W) of a batch, each in its own way."""
        if not self.p:
            return images
        is_ada = self._config.augmentation == "ada"
        width = pipeline.NUMBERS if is_ada else diff_augment.NUMBERS
        numbers = torch.rand(len(images) * self._team.size, width, generator=noise)
        numbers = self._team.part(numbers).to(images.device)
        if is_ada:
            return pipeline.augment(images, numbers, self.p, self._config.transforms)
        return diff_augment.diff_augment(images, numbers, colour=self._config.augment_colour)

    def learn(self, objective: Objective, real: Tensor, fake: Tensor) -> None:
        """Take in this process's scores (N,) of one step."""
        if self._config.augmentation != "ada":
            return
        with torch.no_grad():
            level = self._team.mean(boundary(objective, real, fake))
            sign = self._team.mean((real - level).sign().mean())
        self._strength.update(float(sign))

    def state_dict(self) -> dict[str, Any]:
        """The probability and what it is about to follow."""
        return self._strength.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        self._strength.load_state_dict(state)
