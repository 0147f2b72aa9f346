"""DCGAN (Radford et al. 2016, arXiv:1511.06434): convolutional networks, as published and in a modern form.

The modern form follows R3GAN (Huang et al. 2024, arXiv:2501.05441): no normalisation, bilinear resampling, a
relativistic loss and penalties on both slopes. In the layered form the code reaches every layer of the generator.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeVar

from torch import nn

from latentlab.errors import TrainingError
from latentlab.models.dcgan import DCGAN, dcgan
from latentlab.models.generator import Generator
from latentlab.models.layered import LayeredGAN, layered_gan
from latentlab.models.stack import Condition
from trainers.networks.dcgan import DCGANDiscriminator, start_scaled, start_small
from trainers.objectives.adversarial import only_differences_count
from trainers.settings import setting
from trainers.systems.adversarial import AdversarialSettings, AdversarialSystem

Network = TypeVar("Network", bound=nn.Module)


class DCGANTraining(AdversarialSettings):
    """Hyper-parameters of DCGAN."""

    z_dim: int = setting(100, "Numbers of a latent code.", group="Network", least=2, most=4096)
    width: int = setting(
        64,
        "Channels at half the resolution, in both networks; doubled at every halving.",
        unit="channels",
        group="Network",
        least=1,
        most=512,
    )
    max_width: int = setting(
        512, "What the doubling stops at.", unit="channels", group="Network", least=1, most=4096
    )
    form: Literal["classic", "modern", "layered"] = setting(
        "modern",
        "classic: transposed convolutions, batch normalisation, tanh, as published; modern: bilinear "
        "resampling and no normalisation; layered: no normalisation, and the code reaches every layer.",
        group="Network",
    )
    first_weights: Literal["small", "scaled"] = setting(
        "scaled",
        "small: N(0, 0.02), as published; scaled: by the width of each layer, which narrow networks need.",
        group="Network",
    )


class DCGANSystem(AdversarialSystem):
    """A convolutional GAN in training."""

    name = "dcgan"
    Config: ClassVar[type[DCGANTraining]] = DCGANTraining
    config: DCGANTraining

    def make_generator(self) -> Generator:
        return self._convolutional(None)

    def make_discriminator(self) -> nn.Module:
        return self._judge_of(0)

    def _convolutional(self, condition: Condition | None) -> Generator:
        shape, config = self.setup.shape, self.config
        if shape.kind != "pictures":
            raise TrainingError("This system draws pictures: train points with the system gan.")
        if shape.resolution not in (16, 32, 64, 128, 256, 512):
            raise TrainingError(
                f"It cannot draw {shape.resolution} px: choose a resolution of 16, 32, 64, 128, 256 or 512."
            )
        if config.form == "layered":
            return LayeredGAN(
                layered_gan(
                    shape.resolution,
                    z_dim=config.z_dim,
                    image_channels=shape.channels,
                    width=config.width,
                    max_width=config.max_width,
                    condition=condition,
                )
            )
        classic = config.form == "classic"
        return self._started(
            DCGAN(
                dcgan(
                    shape.resolution,
                    z_dim=config.z_dim,
                    image_channels=shape.channels,
                    width=config.width,
                    max_width=config.max_width,
                    condition=condition,
                    start="transposed" if classic else "linear",
                    upsampling="transposed" if classic else "bilinear",
                    norm="batch" if classic else "none",
                    slope=0.0 if classic else 0.2,
                    tanh=classic,
                )
            )
        )

    def _started(self, network: Network) -> Network:
        small = self.config.first_weights == "small"
        return start_small(network) if small else start_scaled(network)

    def _judge_of(self, num_classes: int) -> nn.Module:
        shape, config = self.setup.shape, self.config
        classic = config.form == "classic"
        return self._started(
            DCGANDiscriminator(
                shape.resolution,
                shape.channels * config.pack,
                width=config.width,
                max_width=config.max_width,
                norm="batch" if classic else "none",
                downsampling="bilinear" if config.form == "modern" else "strided",
                num_classes=num_classes,
                bias=not only_differences_count(config.objective),
            )
        )
