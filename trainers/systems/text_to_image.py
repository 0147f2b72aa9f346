"""Text-to-image GAN (Reed et al. 2016, arXiv:1605.05396): a generator that draws what a caption says.

The discriminator's loss is matching-aware (section 4.3): a real picture with its caption against a real picture
with another one's, and against a generated picture with the right one, each at one half. The generator's text
encoder learns with it, the discriminator has one of its own. Some captions are cut short or withheld, so that a
few words or none draw a picture too.

Reports, beside the names of `trainers.systems.system`: `wrong`, mean score of real pictures with another's
caption; `mode_seeking`, before its weight.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from latentlab.errors import TrainingError
from latentlab.models.caption_encoder import CaptionConfig
from latentlab.models.caption_words import vocabulary_of, words_of
from latentlab.models.generator import Generator
from latentlab.models.text_to_image import TextToImage, text_to_image
from trainers.augment.augmenter import Augmenter, AugmentSettings
from trainers.averaging import Average
from trainers.batch import Batch, DataShape
from trainers.clamping import as_seen
from trainers.finite import check_finite
from trainers.gradients import settle
from trainers.networks.caption import CaptionDiscriminator
from trainers.objectives.adversarial import (
    Objective,
    boundary,
    compares_pairs,
    discriminator_loss,
    generator_loss,
)
from trainers.precision import Precision, autocast, lay_out
from trainers.regularisers import lazy_weight, mode_seeking, squared_gradient
from trainers.schedules import RateSettings, set_rate
from trainers.settings import setting
from trainers.systems.system import Setup, System

_EXAMPLES = 12
_MEASURED = 256


class TextToImageSettings(RateSettings, AugmentSettings):
    """What is trained, and how."""

    z_dim: int = setting(64, "Width of z: what a caption leaves open.", group="Network", least=1, most=1024)
    width: int = setting(
        32, "Channels of the generator at full resolution.", group="Network", least=4, most=512
    )
    max_width: int = setting(
        192, "Channels at low resolutions, at most.", group="Network", least=4, most=2048
    )
    discriminator_width: int = setting(
        48, "Channels of the discriminator at half the resolution.", group="Network", least=4, most=512
    )
    word_dim: int = setting(64, "Width of a word's embedding.", group="Text", least=2, most=1024)
    hidden: int = setting(128, "Width of the recurrent state that reads.", group="Text", least=2, most=2048)
    caption_dim: int = setting(128, "Width of what stands for a caption.", group="Text", least=2, most=1024)
    rare: int = setting(
        2, "Words that fewer training captions have are left out.", unit="captions", group="Text", least=1
    )
    withheld: float = setting(
        0.05, "Share of captions withheld, so that no caption draws anything.", group="Text", least=0, below=1
    )
    shortened: float = setting(
        0.15,
        "Share of captions of which only some words are shown, so that a few words are enough.",
        group="Text",
        least=0,
        below=1,
    )
    objective: Objective = setting(
        "non_saturating",
        "What the two networks play for; relativistic diverges with a penalty on real pictures alone.",
        group="Game",
    )
    r1_gamma: float = setting(
        1.0, "Weight of the penalty on the discriminator's slope at real pictures.", group="Game", least=0
    )
    penalty_every: int = setting(
        4,
        "Compute this penalty in every n-th step alone, n times as strong.",
        unit="steps",
        group="Game",
        least=1,
        most=64,
    )
    mode_seeking: float = setting(
        0.1, "Weight of the reward for drawing different pictures from different z.", group="Game", least=0
    )
    learning_rate: float = setting(6e-4, "Of the generator.", group="Optimiser", above=0, most=1)
    discriminator_learning_rate: float = setting(
        6e-4, "Of the discriminator.", group="Optimiser", above=0, most=1
    )
    gradient_clip: float = setting(
        0.0, "Largest norm of a network's gradient; 0: no limit.", group="Optimiser", least=0
    )
    ema_half_life: float = setting(
        500.0,
        "Steps after which a weight counts half in the average that samples are drawn with.",
        unit="steps",
        group="Optimiser",
        above=0,
    )
    precision: Precision = setting(
        "float32",
        "Of convolutions; auto: bfloat16 where the device is quick at it. Captions are read in float32.",
        group="Optimiser",
    )


class Draws(NamedTuple):
    """The random numbers of a step, this process's rows."""

    z: Tensor
    """(N, z_dim) of the pictures that the discriminator sees."""
    other_z: Tensor
    """(N, z_dim) of those that the generator learns from."""
    shift: Tensor
    """(N,), how many places further the wrong caption stands."""
    cut: Tensor
    """(N, 2), uniform: whether a caption is cut, and how much of it is shown."""
    shown: Tensor
    """(N, longest), uniform: which words are."""
    of_real: Tensor | None
    """Of the augmentation of real pictures."""
    of_fake: Tensor | None


class TextToImageSystem(System):
    """Generator, discriminator and their text encoders."""

    Config = TextToImageSettings
    config: TextToImageSettings

    def __init__(self, config: TextToImageSettings, setup: Setup) -> None:
        """Build untrained networks, the same for the same seed.

        Raises:
            TrainingError: the data have no captions.
        """
        self.config, self.setup = config, setup
        shape = setup.shape
        captions = _caption_config(config, shape)
        self._longest = captions.longest
        self._captions = shape.captions
        self._places = {caption: place for place, caption in enumerate(shape.captions)}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(setup.seed)
            self._generator = TextToImage(
                text_to_image(
                    captions,
                    shape.resolution,
                    z_dim=config.z_dim,
                    image_channels=shape.channels,
                    width=config.width,
                    max_width=config.max_width,
                )
            )
            self._discriminator = CaptionDiscriminator(
                captions,
                shape.resolution,
                shape.channels,
                width=config.discriminator_width,
                max_width=config.max_width,
                constant=not compares_pairs(config.objective),
            )
        self.networks = {"generator": self._generator, "discriminator": self._discriminator}
        for network in self.networks.values():
            lay_out(network.to(setup.device))
        self._average = Average(self._generator, config.ema_half_life)
        self._augmenter = Augmenter(config, setup.batch_size, setup.team)
        self._optimisers = {
            name: torch.optim.Adam(network.parameters(), betas=(0.0, 0.99), fused=True)
            for name, network in self.networks.items()
        }

    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        config = self.config
        factor = config.factor(step, self.setup.steps)
        set_rate(self._optimisers["generator"], factor * config.learning_rate)
        set_rate(self._optimisers["discriminator"], factor * config.discriminator_learning_rate)
        draws = self._draws(noise)
        said = [
            cut_short(caption, config.withheld, config.shortened, cut, shown)
            for caption, cut, shown in zip(
                batch.captions, draws.cut.tolist(), draws.shown.tolist(), strict=True
            )
        ]
        others = [
            self._other(caption, shift)
            for caption, shift in zip(batch.captions, draws.shift.tolist(), strict=True)
        ]
        images = batch.images.contiguous(memory_format=torch.channels_last)
        losses = self._move_discriminator(images, said, others, draws, step)
        losses |= self._move_generator(images, said, draws, step)
        self._average.update(self._generator, step)
        return losses

    def _move_discriminator(
        self, images: Tensor, said: list[str], others: list[str], draws: Draws, step: int
    ) -> dict[str, float]:
        config, judge = self.config, self._discriminator
        gamma = lazy_weight(step, config.penalty_every) * config.r1_gamma
        with torch.no_grad():
            drawn = self._paint(draws.z, said)
        images = images.detach().requires_grad_(gamma > 0)
        with self._autocast():
            seen = judge.features(self._augmenter(images, draws.of_real))
            fake = judge(self._augmenter(drawn, draws.of_fake), said)
        told = [row for row, caption in enumerate(said) if caption and len(self._captions) > 1]
        real = judge.judge(seen, said)
        wrong = judge.judge(seen[told], [others[row] for row in told])
        check_finite("score", {"real": real, "fake": fake, "wrong": wrong}, step)
        self._augmenter.follow(real, boundary(config.objective, real, fake))
        loss = 0.5 * discriminator_loss(config.objective, real, fake)
        losses = {"real": float(real.detach().mean()), "fake": float(fake.detach().mean())}
        share = len(told) / len(said)
        if told:  # the mean over all rows: those that nothing was said about count nothing
            loss = loss + 0.5 * share * discriminator_loss(config.objective, real[told], wrong)
        sums = self.setup.team.means({"wrong": float(wrong.detach().sum()) / len(said), "told": share})
        losses["wrong"] = sums["wrong"] / sums["told"] if sums["told"] else 0.0
        if gamma:
            penalty = squared_gradient(real, images).mean()
            loss = loss + 0.5 * gamma * penalty
            losses["r1"] = float(penalty.detach())
        return losses | self._step("discriminator", loss, step) | self._augment_loss()

    def _move_generator(self, images: Tensor, said: list[str], draws: Draws, step: int) -> dict[str, float]:
        """Learn from two pictures of every second caption, so that they can be told apart."""
        config, judge, z = self.config, self._discriminator, draws.other_z
        captions = [said[row - row % 2] for row in range(len(said))]
        with self._autocast():
            drawn = self._paint(z, captions)
        check_finite("output", {"generator": drawn}, step)
        judge.requires_grad_(False)
        with self._autocast():
            fake, real = judge(self._augmenter(drawn, draws.of_fake), captions), None
            if compares_pairs(config.objective):
                with torch.no_grad():
                    real = judge(self._augmenter(images.detach(), draws.of_real), said)
        judge.requires_grad_(True)
        loss, losses = generator_loss(config.objective, fake, real), {}
        pairs = len(said) // 2 * 2
        if config.mode_seeking and pairs:
            first, second = slice(0, pairs, 2), slice(1, pairs, 2)
            apart = mode_seeking(drawn[first], drawn[second], z[first], z[second], self.setup.team)
            loss = loss + config.mode_seeking * apart
            losses["mode_seeking"] = float(apart.detach())
        return losses | self._step("generator", loss, step)

    def _step(self, name: str, loss: Tensor, step: int) -> dict[str, float]:
        """Move one network down the gradient of its loss."""
        check_finite("loss", {name: loss}, step)
        self._optimisers[name].zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = settle(name, self.networks[name], self.setup.team, step, self.config.gradient_clip)
        self._optimisers[name].step()
        return {name: float(loss.detach()), f"norm/{name}": norm}

    def _augment_loss(self) -> dict[str, float]:
        return {"augment": self._augmenter.p} if self._augmenter.adapts else {}

    def _paint(self, z: Tensor, captions: list[str]) -> Tensor:
        with self._autocast():
            drawn: Tensor = self._generator(z, self._generator.read(captions))
        return as_seen(drawn.float())

    def _other(self, caption: str, shift: int) -> str:
        """Another caption of the training set, `shift` places further."""
        return self._captions[(self._places.get(caption, -1) + shift) % len(self._captions)]

    def _autocast(self) -> torch.autocast:
        return autocast(self.setup.device, self.config.precision)

    def _draws(self, noise: torch.Generator) -> Draws:
        setup, size = self.setup, self.setup.batch_size

        def own(whole: Tensor) -> Tensor:
            return setup.team.part(whole)

        return Draws(
            own(torch.randn(size, self.config.z_dim, generator=noise)).to(setup.device),
            own(torch.randn(size, self.config.z_dim, generator=noise)).to(setup.device),
            own(torch.randint(1, max(2, len(self._captions)), (size,), generator=noise)),
            own(torch.rand(size, 2, generator=noise)),
            own(torch.rand(size, self._longest, generator=noise)),
            self._augmenter.numbers(noise, setup.device),
            self._augmenter.numbers(noise, setup.device),
        )

    def generator(self) -> TextToImage:
        return self._average.network

    @torch.no_grad()
    def draw(self, generator: Generator, z: Tensor, batch: Batch) -> Tensor:
        assert isinstance(generator, TextToImage)
        drawn: Tensor = generator(z, generator.read(batch.captions))
        return drawn

    @torch.no_grad()
    def scores(self, batch: Batch) -> Tensor:
        scores: Tensor = self._discriminator(batch.images, batch.captions)
        return scores

    @torch.no_grad()
    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """How the averaged network draws captions of pictures that training did not see.

        Returns:
            `heeded`: how far a change of caption moves the picture, over how far a change of z does. Near 0 the
            words are ignored, far above 1 a caption has but one picture. `fitting`: share of drawn pictures
            that the discriminator finds to fit their caption better than the next one's.
        """
        network, captions = self.generator(), batch.captions[:_MEASURED]
        shape = (len(captions), self.config.z_dim)
        z, other_z = (torch.randn(shape, generator=noise).to(self.setup.device) for _ in range(2))
        others = (*captions[1:], captions[0])
        said = network.read(captions)
        drawn = network(z, said)
        by_words = (network(z, network.read(others)) - drawn).abs().mean()
        by_z = (network(other_z, said) - drawn).abs().mean()
        seen = self._discriminator.features(drawn)
        right, wrong = self._discriminator.judge(seen, captions), self._discriminator.judge(seen, others)
        return {
            "heeded": float(by_words / by_z.clamp_min(1e-6)),
            "fitting": float((right > wrong).float().mean()),
        }

    def measures_in_words(self, measures: dict[str, float]) -> tuple[tuple[str, str], ...]:
        return (
            ("Pictures that fit their caption best, by the discriminator", f"{measures['fitting']:.0%}"),
            ("Change by the caption over change by z", f"{measures['heeded']:.2f}"),
        )

    def state_dict(self) -> dict[str, Any]:
        return {
            "networks": {name: network.state_dict() for name, network in self.networks.items()},
            "average": self._average.network.state_dict(),
            "optimisers": {name: optimiser.state_dict() for name, optimiser in self._optimisers.items()},
            "augmentation": self._augmenter.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
            self._optimisers[name].load_state_dict(state["optimisers"][name])
        self._average.network.load_state_dict(state["average"])
        self._augmenter.load_state_dict(state["augmentation"])


def cut_short(caption: str, withheld: float, shortened: float, cut: list[float], shown: list[float]) -> str:
    """A caption as the networks are shown it: whole, some of its words, or nothing.

    Args:
        caption: of the data.
        withheld: share of captions of which nothing is shown.
        shortened: share of which only some words are.
        cut: two uniform numbers: which of the three it is, and the share of words shown.
        shown: a uniform number per word.
    """
    if cut[0] < withheld:
        return ""
    if cut[0] >= withheld + shortened:
        return caption
    words = words_of(caption)
    return " ".join(word for word, number in zip(words, shown, strict=False) if number < cut[1])


def _caption_config(config: TextToImageSettings, shape: DataShape) -> CaptionConfig:
    words = vocabulary_of(shape.captions, least=config.rare)
    if not words:
        raise TrainingError(
            "The data have no captions to learn from: name a CSV or JSON Lines file with captions, or train a "
            "model that needs none."
        )
    apart = max(1, len(shape.captions) // _EXAMPLES)
    return CaptionConfig(
        words,
        examples=shape.captions[::apart][:_EXAMPLES],
        word_dim=config.word_dim,
        hidden=config.hidden,
        caption_dim=config.caption_dim,
    )
