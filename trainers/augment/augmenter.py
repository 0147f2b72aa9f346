"""The augmentation of a run: which transforms, how often, and from which random numbers."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor

from trainers.augment import diff_augment, pipeline
from trainers.augment.strength import Strength, StrengthSettings
from trainers.settings import setting
from trainers.team import Team

Transform = Literal["mirror", "quarter_turns", "shift", "scale", "turn", "colour", "cutout"]


class AugmentSettings(StrengthSettings):
    """Augmentation of what the discriminator sees: a group of hyper-parameters to inherit from."""

    augment: Literal["none", "diffaugment", "ada"] = setting(
        "none",
        "For few pictures: change what the discriminator sees. diffaugment always does; ada as often as "
        "overfitting asks for.",
        group="Augmentation",
    )
    transforms: tuple[Transform, ...] = setting(
        ("mirror", "quarter_turns", "shift", "scale", "turn", "colour", "cutout"),
        "What may be changed. diffaugment knows colour, shift and cutout; ada all but cutout. Leave out what "
        "the pictures cannot forgive: mirrored text shows up in samples.",
        group="Augmentation",
    )


class Augmenter:
    """Augments images for the discriminator. Random numbers are drawn for the whole batch of a team."""

    def __init__(self, config: AugmentSettings, batch_size: int, team: Team) -> None:
        """Prepare the augmentation that `config` asks for.

        Args:
            config: what and how often.
            batch_size: of all processes together.
            team: this process and the others.
        """
        self._kind = config.augment
        self._allowed = frozenset(config.transforms)
        self._batch_size = batch_size
        self._team = team
        self._strength = Strength(config, batch_size)

    @property
    def p(self) -> float:
        """Probability of each transform of "ada"."""
        return self._strength.p

    @property
    def adapts(self) -> bool:
        """Whether `follow` changes anything."""
        return self._kind == "ada"

    def numbers(self, noise: torch.Generator, device: str) -> Tensor | None:
        """This process's rows of random numbers for one look at a batch; None where nothing is augmented."""
        if self._kind == "none":
            return None
        width = diff_augment.NUMBERS if self._kind == "diffaugment" else pipeline.NUMBERS
        return self._team.part(torch.rand(self._batch_size, width, generator=noise)).to(device)

    def __call__(self, images: Tensor, numbers: Tensor | None) -> Tensor:
        """Augment (N, C, H, W) with N rows of `numbers`."""
        if numbers is None:
            return images
        if self._kind == "diffaugment":
            return diff_augment.diff_augment(
                images,
                numbers,
                colour="colour" in self._allowed,
                translation="shift" in self._allowed,
                cutout="cutout" in self._allowed,
            )
        chosen = {name: name in self._allowed for name in pipeline.Transforms.__dataclass_fields__}
        return pipeline.augment(images, numbers, self.p, pipeline.Transforms(**chosen))

    def follow(self, real: Tensor, boundary: Tensor) -> None:
        """Adjust the probability.

        Args:
            real: (N,) scores of this process's augmented real images.
            boundary: score at which the discriminator is undecided, (); the mean over the team counts.
        """
        if self.adapts:
            with torch.no_grad():
                undecided = self._team.mean(boundary)
                self._strength.update(float(self._team.mean((real - undecided).sign().mean())))

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs."""
        return self._strength.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        self._strength.load_state_dict(state)
