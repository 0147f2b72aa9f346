"""What every system is: networks, optimisers and one step, with no knowledge of files, processes or clocks.

Names of the losses that `train_step` returns, so that every viewer and every warning understands every system:

- `generator`, `discriminator`: what each network minimised, regularisers included; `loss` where there is one.
- `real`, `fake`: mean score (logit) of the discriminator on real and generated pictures.
- `r1`, `r2`, `gradient_penalty`, `path_length`: regularisers before their weight, in steps that computed them.
- `norm/NETWORK`: norm of the gradient of a network of `networks`, before clipping.
- `augment`: probability of augmentation (ADA); `kl`, `reconstruction`: nats per image.

A new system is found by its module's name (`trainers.systems.SYSTEMS`). It needs a toy for
the tests that every system must pass, exact resume and two processes against one among them:
`tests/trainers/toys/NAME.py`, see the package there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from latentlab.models.generator import Generator
from trainers.batch import Batch, DataShape
from trainers.settings import Settings
from trainers.team import ALONE, Team


@dataclass(frozen=True, slots=True)
class Setup:
    """What a system is built for."""

    shape: DataShape
    steps: int
    """Of the whole run: schedules are shares of it."""
    batch_size: int
    """Of all processes together."""
    seed: int = 0
    device: str = "cpu"
    team: Team = ALONE


class System(ABC):
    """Something that can be trained. A subclass takes (config, setup); the same seed builds the same weights.

    Learning rates are hyper-parameters whose names are `learning_rate` or end in it. `train_step` sets them in
    every optimiser: a state that is loaded may come from a run with other ones.
    """

    Config: ClassVar[type[Settings]]
    """Its hyper-parameters. Every field has a default, or presets give it."""
    finishing_items: ClassVar[int] = 0
    """How many training items `finished` wants to see."""
    networks: dict[str, nn.Module]
    """The networks in training by name ("generator", "discriminator", "encoder"), in a fixed order."""

    @abstractmethod
    def __init__(self, config: Any, setup: Setup) -> None:
        """Build untrained networks on `setup.device`.

        Args:
            config: a `Config`.
            setup: what it is built for.

        Raises:
            TrainingError: the data are not of a kind that it can learn.
        """

    @abstractmethod
    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        """One step of optimisation of every network; returns losses by the names of this module.

        Args:
            batch: this process's part of the batch.
            step: number of this step, from 0.
            noise: where every random number of the step comes from: the same in every process, so numbers are
                drawn for the whole batch and `team.part` takes this process's rows.

        Raises:
            TrainingError: an output, a loss or a gradient is not finite; the text names the tensor and the step.
        """

    @abstractmethod
    def generator(self) -> Generator:
        """The network to draw with: the average of the recent weights. Not a copy."""

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs beside the seed and the step, as tensors and plain values.

        The same in every process of a team: the first one writes it for all.
        """

    @abstractmethod
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` returned."""

    def finished(self, batch: Batch) -> Generator:
        """The network to save: `generator()`, or what is made of it with some training items at hand.

        This, `measure`, `draw`, `code_kl` and `scores` are called in the first process of a team alone.

        Args:
            batch: the first `finishing_items` training items, or all where there are fewer.
        """
        return self.generator()

    def polished(self, generator: Generator, batches: Iterator[Batch]) -> Generator:
        """What is made of the network that `finished` returned once the run is over; may take minutes.

        Called in the first process of a team alone.

        Args:
            generator: the network.
            batches: training items in order, some thousands of them at most.
        """
        return generator

    def further_models(self) -> dict[str, Generator]:
        """Networks to save beside the one to draw with, by a word that tells them apart: "back"."""
        return {}

    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """What the averaged network does with items that training did not see, by name; cheap."""
        return {}

    def measures_in_words(self, measures: dict[str, float]) -> tuple[tuple[str, str], ...]:
        """`measure`'s findings for the card of the model: pairs of a name and a figure with its unit."""
        return tuple((name.replace("_", " "), f"{value:.4g}") for name, value in measures.items())

    def draw(self, generator: Generator, z: Tensor, batch: Batch) -> Tensor:
        """Samples for a sheet, (N, C, H, W), or (N, 2) for points.

        Args:
            generator: what `finished` returned.
            z: (N, z_dim), standard normal; of width 0 for a translator.
            batch: N items whose labels, captions or pictures are the condition.
        """
        can = generator.capabilities
        if can.is_translator:
            return generator.synthesize(z.new_zeros(len(batch), 0, 0), image=batch.images)
        condition = None
        if can.num_classes and batch.labels is not None:
            condition = nn.functional.one_hot(batch.labels, can.num_classes).to(z)
        drawn: Tensor = generator(z, condition)
        return drawn

    def code_kl(self, batch: Batch) -> Tensor | None:
        """KL to the prior of each dimension of the code, (z_dim,) in nats, mean over a batch; None without a code
        that is inferred."""
        return None

    def scores(self, batch: Batch) -> Tensor | None:
        """The discriminator's logits (N,) for pictures of a batch; None for a system without one."""
        return None
