"""Conditional GAN: the label is embedded beside z, and a projection discriminator judges picture and label.

Mirza & Osindero 2014 (arXiv:1411.1784); Miyato & Koyama 2018 (arXiv:1802.05637). The networks are DCGAN's.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from latentlab.errors import TrainingError
from latentlab.models.generator import Generator
from latentlab.models.stack import Condition
from trainers.batch import Batch
from trainers.settings import setting
from trainers.systems.dcgan import DCGANSystem, DCGANTraining


class CGANTraining(DCGANTraining):
    """Hyper-parameters of the conditional GAN."""

    embedding: int = setting(
        32, "Numbers that a label becomes beside z.", group="Network", least=1, most=1024
    )


class CGANSystem(DCGANSystem):
    """A conditional GAN in training."""

    name = "cgan"
    Config: ClassVar[type[CGANTraining]] = CGANTraining
    config: CGANTraining

    def make_generator(self) -> Generator:
        names = self.setup.shape.class_names
        if len(names) < 2:
            raise TrainingError(
                "These pictures have no classes: put each class in a folder of its own, or train dcgan."
            )
        if self.config.pack > 1:
            raise TrainingError("Pictures of several classes cannot be judged together: choose pack 1.")
        generator = self._convolutional(Condition(len(names), embedding=self.config.embedding))
        generator.name_classes(names)
        return generator

    def make_discriminator(self) -> nn.Module:
        return self._judge_of(len(self.setup.shape.class_names))

    def classes(self, batch: Batch) -> Tensor | None:
        if batch.labels is None:
            raise TrainingError("A picture without a label came up: label every picture, or train dcgan.")
        return nn.functional.one_hot(batch.labels, len(self.setup.shape.class_names)).float()

    @torch.no_grad()
    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """Adds `diversity_within`: as `diversity`, among pictures of one class, of the class that has least."""
        labels = batch.labels
        assert labels is not None
        found = super().measure(batch, noise)
        rows = [torch.nonzero(labels == label)[:, 0] for label in range(len(self.setup.shape.class_names))]
        within = []
        for own in rows:
            if len(own) >= 4:
                one = Batch(batch.images[own], labels[own])
                within.append(super().measure(one, noise)["diversity"])
        return found | ({"diversity_within": min(within)} if within else {})
