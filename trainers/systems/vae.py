"""The variational autoencoder (Kingma & Welling 2014, arXiv:1312.6114) and its beta (Higgins et al. 2017).

Trains one network, reports: `loss` (what is minimised), `reconstruction` (-log likelihood), `kl`, `details`
(pyramid loss), `spread` (maximum mean discrepancy of codes to the prior) in nats per image, and `error`, the
mean absolute error of a pixel in [-1, 1].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import torch
from torch import Tensor, nn

from latentlab.errors import CheckpointError, TrainingError
from latentlab.models.generator import Generator, Posterior
from latentlab.models.steps import Activation, Reshape
from latentlab.models.vae import VAE, VAEConfig, conv_vae, kl_to_prior, light_vae, mlp_vae
from trainers import objectives
from trainers.averaging import Average
from trainers.batch import Batch, DataShape
from trainers.finite import check_finite
from trainers.gradients import settle
from trainers.precision import Precision, autocast, lay_out
from trainers.prior import FlowSettings, check_flow, codes_of, fit_to_prior, with_flow
from trainers.schedules import RateSettings, set_rate, warm_up
from trainers.settings import Architecture, setting
from trainers.systems.system import Setup, System
from trainers.team import ALONE, Team

_LOGVAR_RANGE = (-14.0, 8.0)
"""exp() of what lies outside would leave what training in low precision can carry."""
_PART = 256
"""Pictures that are measured at once."""


class VAETraining(RateSettings, FlowSettings):
    """What a VAE is and how it is trained."""

    network: Annotated[VAEConfig, Architecture()] | None = setting(
        None, "Every layer, in place of the settings of this group.", group="Network"
    )
    kind: Literal["light", "convolutional", "mlp"] = setting(
        "light",
        "Fully connected, or convolutional: light does most of its work at low resolutions, which suits a CPU.",
        group="Network",
    )
    z_dim: int = setting(64, "Width of z.", group="Network", least=1, most=4096)
    width: int = setting(
        48,
        "Channels at the highest resolution; doubled at every halving.",
        group="Network",
        least=4,
        most=512,
    )
    max_width: int = setting(192, "What the doubling stops at.", group="Network", least=4, most=2048)
    hidden: tuple[int, ...] = setting(
        (512, 256),
        "Widths of the hidden layers of a fully connected one, from the picture in.",
        group="Network",
    )
    conditional: bool = setting(False, "Tell encoder and decoder the class of each picture.", group="Network")
    binarise: bool = setting(
        False,
        "Make pixels black or white, at the middle, before anything else: how likelihoods of digits are compared.",
        group="Loss",
    )
    likelihood: objectives.Likelihood = setting(
        "laplace", "How pictures scatter around what the decoder draws.", group="Loss"
    )
    scale: float | None = setting(
        None,
        "Width of the likelihood in [-1, 1]; none: the most likely one of each batch.",
        group="Loss",
        above=0,
    )
    beta: float = setting(1.0, "Weight of the KL.", group="Loss", above=0, most=1e4)
    warm_up: float = setting(
        0.15, "Share of the steps over which beta climbs from 0.", group="Loss", least=0, most=1
    )
    free_bits: float = setting(
        0.0, "KL per dimension that costs nothing.", unit="nats", group="Loss", least=0, most=100
    )
    details: float = setting(
        0.0, "Weight of the pyramid loss, which keeps edges sharp.", group="Loss", least=0, most=1e4
    )
    pyramid_levels: int = setting(3, "Levels of the pyramid loss.", group="Loss", least=1, most=8)
    spread: float = setting(
        0.0,
        "Weight of the discrepancy between the codes of a batch and the prior.",
        unit="nats",
        group="Loss",
        least=0,
        most=1e6,
    )
    learning_rate: float = setting(1e-3, "Of Adam.", group="Optimiser", above=0, most=1)
    warm_steps: int = setting(
        200, "Steps over which the learning rate climbs from 0.", unit="steps", group="Optimiser", least=0
    )
    gradient_clip: float = setting(
        0.0,
        "Largest norm of the gradient of the loss per number of the picture; 0: no limit.",
        group="Optimiser",
        least=0,
        most=1e6,
    )
    ema_half_life: float = setting(
        500.0, "Half-life of old weights in the average.", unit="steps", group="Optimiser", above=0
    )
    fit_prior: bool = setting(False, "Fit the codes of the finished network to the prior.", group="Result")
    precision: Precision = setting(
        "float32",
        "Of matrix products and convolutions; auto: bfloat16 where the device is quick at it.",
        group="Optimiser",
    )


def network_of(config: VAETraining, shape: DataShape) -> VAEConfig:
    """The architecture that the settings ask for.

    Raises:
        TrainingError: it does not fit the data, or cannot be trained as the settings say.
    """
    if shape.kind != "pictures":
        raise TrainingError("A VAE learns pictures: choose the system gan for points.")
    classes = len(shape.class_names) if config.conditional else 0
    if config.conditional and not classes:
        raise TrainingError("The data have no classes to tell the VAE: set conditional to false.")
    network = config.network or _knobs(config, shape, classes)
    wanted = (shape.channels, shape.resolution, shape.resolution)
    if network.picture != wanted:
        raise TrainingError(
            f"The network draws pictures of shape {network.picture}, but the data are {wanted}: set the "
            "resolution and colours of the data to it."
        )
    if (network.condition.num_classes if network.condition else 0) != classes:
        raise TrainingError("The network's classes are not those of the data: set conditional to fit it.")
    if config.fit_prior and classes:
        raise TrainingError("Codes can be fitted to the prior without classes only: set fit_prior to false.")
    if config.flow_steps:
        check_flow(network)
    last = next((step for step in reversed(network.layers) if not isinstance(step, Reshape)), None)
    bounded = isinstance(last, Activation) and last.kind in ("tanh", "sigmoid")
    if config.likelihood == "bernoulli" and not bounded:
        raise TrainingError(
            "A Bernoulli likelihood needs a decoder that ends in tanh or sigmoid: choose kind mlp or "
            "convolutional, or another likelihood."
        )
    return network


def _knobs(config: VAETraining, shape: DataShape, classes: int) -> VAEConfig:
    """An architecture from a few numbers."""
    try:
        if config.kind == "mlp":
            return mlp_vae(
                shape.resolution,
                z_dim=config.z_dim,
                image_channels=shape.channels,
                hidden=config.hidden,
                num_classes=classes,
            )
        make = light_vae if config.kind == "light" else conv_vae
        return make(
            shape.resolution,
            z_dim=config.z_dim,
            image_channels=shape.channels,
            width=config.width,
            max_width=config.max_width,
            num_classes=classes,
        )
    except CheckpointError as error:
        raise TrainingError(f"{error} Or choose kind mlp.") from error


class Losses(NamedTuple):
    """Nats per image, () each; `error` is the mean absolute error of a number in [-1, 1]."""

    loss: Tensor
    reconstruction: Tensor
    kl: Tensor
    details: Tensor
    spread: Tensor
    error: Tensor

    def as_floats(self) -> dict[str, float]:
        return {name: float(value.detach()) for name, value in self._asdict().items()}


class Pass(NamedTuple):
    """What the network made of a batch."""

    posterior: Posterior
    z: Tensor
    """(N, z_dim), a sample of the posterior."""
    pictures: Tensor
    """(N, C, H, W), what the decoder drew of z."""


def vae_losses(
    config: VAETraining, images: Tensor, made: Pass, beta: float, normal: Tensor, team: Team = ALONE
) -> Losses:
    """The terms of the loss for a batch.

    Args:
        config: the weights.
        images: (N, C, H, W) in [-1, 1].
        made: what the network made of them.
        beta: weight of the KL at this step.
        normal: (M, z_dim), a sample of the prior to compare the codes with, the same in every process.
        team: the processes that share the batch.
    """
    reconstruction = objectives.negative_log_likelihood(
        images, made.pictures, config.likelihood, config.scale, team
    ).mean()
    kl = kl_to_prior(*made.posterior)
    loss = reconstruction + beta * objectives.free_bits(kl, config.free_bits, team)
    details = spread = images.new_zeros(())
    if config.details:
        details = objectives.pyramid_loss(images, made.pictures, config.pyramid_levels, team).mean()
        loss = loss + config.details * details
    if config.spread:
        spread = objectives.mmd_to_normal(made.z, normal, team)
        loss = loss + config.spread * spread
    error = (images - made.pictures).detach().abs().mean()
    return Losses(loss, reconstruction, kl.sum(1).mean(), details, spread, error)


class VAESystem(System):
    """A VAE in training: the network, its average, its optimiser."""

    Config = VAETraining
    finishing_items: ClassVar[int] = 4096

    def __init__(self, config: VAETraining, setup: Setup) -> None:
        """Build an untrained network, the same for the same seed."""
        self.config = config
        self.setup = setup
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(setup.seed)
            self.network = VAE(network_of(config, setup.shape))
        lay_out(self.network.to(setup.device))
        self.networks = {"vae": self.network}
        self._finished: VAE | None = None
        self._average = Average(self.network, config.ema_half_life)
        self._optimiser = torch.optim.Adam(
            self.network.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), fused=True
        )

    def generator(self) -> VAE:
        """The average of the recent weights."""
        return self._average.network

    @torch.no_grad()
    def finished(self, batch: Batch) -> VAE:
        """The average of the recent weights, fitted to the prior if the config says so.

        Args:
            batch: training pictures; with no more than z_dim of them nothing can be fitted.
        """
        network = self._average.network
        if self.config.fit_prior and len(batch) > self.config.z_dim:
            network = fit_to_prior(network, codes_of(network, torch.split(self._seen(batch).images, _PART)))
        self._finished = network
        return network

    def polished(self, generator: Generator, batches: Iterator[Batch]) -> Generator:
        """The network with a flow before it, if the config says so."""
        assert isinstance(generator, VAE)
        images = (self._seen(batch).images for batch in batches)
        self._finished = with_flow(generator, images, self.config.flow_steps, self.setup.seed)
        return self._finished

    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        """One step of optimisation; returns the losses by name."""
        config, setup, batch = self.config, self.setup, self._seen(batch)
        images = batch.images
        set_rate(self._optimiser, config.learning_rate * config.factor(step, setup.steps))
        beta = config.beta * warm_up(step, config.warm_up * setup.steps)
        self.network.train()
        scatter = setup.team.part(self._normal(setup.batch_size, noise))
        normal = self._normal(setup.batch_size, noise) if config.spread else scatter
        made = self._run(self.network, batch, scatter)
        check_finite("output", {**made.posterior._asdict(), "pictures": made.pictures}, step)
        losses = vae_losses(config, images, made, beta, normal, setup.team)
        check_finite("loss", losses._asdict(), step)
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(losses.loss / images[0].numel())
        norm = settle("vae", self.network, setup.team, step, config.gradient_clip)
        self._optimiser.step()
        self._average.update(self.network, step)
        return {**losses.as_floats(), "norm/vae": norm}

    @torch.no_grad()
    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """What the network that `finished` made last does with pictures that training did not see.

        Returns:
            the losses at beta 1, `elbo` (nats per image), `active_units`, and `used_units`: dimensions with a KL
            above 0.1 nats.
        """
        network, batch = self._finished or self._average.network, self._seen(batch)
        scatter = self._normal(len(batch), noise)
        parts = [
            self._run(network, part, scatter[place : place + len(part)]) for place, part in _parts(batch)
        ]
        posterior = Posterior(*(torch.cat(both) for both in zip(*(p.posterior for p in parts), strict=True)))
        made = Pass(posterior, torch.cat([p.z for p in parts]), torch.cat([p.pictures for p in parts]))
        losses = vae_losses(self.config, batch.images, made, 1.0, self._normal(len(batch), noise))
        return losses.as_floats() | {
            "elbo": -float(losses.reconstruction + losses.kl),
            "active_units": float(objectives.active_units(posterior.mu)),
            "used_units": float((kl_to_prior(*posterior).mean(0) > 0.1).sum()),
        }

    @torch.no_grad()
    def code_kl(self, batch: Batch) -> Tensor:
        """KL of each dimension, (z_dim,) nats, in the network that `finished` made last."""
        network, batch = self._finished or self._average.network, self._seen(batch)
        found = [kl_to_prior(*self._posterior(network, part)).sum(0) for _, part in _parts(batch)]
        return torch.stack(found).sum(0) / len(batch)

    def measures_in_words(self, measures: dict[str, float]) -> tuple[tuple[str, str], ...]:
        """`measure`'s findings for the card of the model."""
        z_dim = self.network.config.z_dim
        return (
            (
                "Reconstruction error, held-out pictures",
                f"{measures['error'] * 127.5:.1f} of 255, mean absolute",
            ),
            ("KL to the prior", f"{measures['kl']:.1f} nats"),
            ("Active units", f"{measures['active_units']:.0f} of {z_dim}"),
            ("Units with a KL above 0.1 nats", f"{measures['used_units']:.0f} of {z_dim}"),
            ("ELBO", f"{measures['elbo']:.0f} nats, {self.config.likelihood.title()} likelihood"),
        )

    def state_dict(self) -> dict[str, Any]:
        """Everything a resumed run needs, as tensors and plain values."""
        return {
            "network": self.network.state_dict(),
            "average": self._average.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        self.network.load_state_dict(state["network"])
        self._average.network.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])

    def _run(self, network: VAE, batch: Batch, scatter: Tensor) -> Pass:
        """Encode and decode a batch; `scatter` (N, z_dim) is standard normal."""
        posterior = self._posterior(network, batch)
        with autocast(self.setup.device, self.config.precision):
            z = posterior.mu + (0.5 * posterior.logvar).exp() * scatter
            pictures = network(z, self._condition(batch))
        return Pass(posterior, z, pictures.float())

    def _posterior(self, network: VAE, batch: Batch) -> Posterior:
        with autocast(self.setup.device, self.config.precision):
            images = batch.images.contiguous(memory_format=torch.channels_last)
            mu, logvar = network.encode(images, self._condition(batch))
            return Posterior(mu.float(), logvar.float().clamp(*_LOGVAR_RANGE))

    def _seen(self, batch: Batch) -> Batch:
        """A batch as the VAE is shown it."""
        if not self.config.binarise:
            return batch
        return replace(batch, images=torch.where(batch.images > 0, 1.0, -1.0))

    def _condition(self, batch: Batch) -> Tensor | None:
        """Class weights (N, K) of a batch, for a VAE that is told classes."""
        classes = self.network.capabilities.num_classes
        if not classes:
            return None
        if batch.labels is None:
            raise TrainingError(
                "These items have no classes, but the VAE is told them: set conditional to false."
            )
        return nn.functional.one_hot(batch.labels, classes).to(batch.images)

    def _normal(self, count: int, noise: torch.Generator) -> Tensor:
        """Standard normal numbers (count, z_dim)."""
        z_dim = self.network.config.z_dim
        return torch.randn(count, z_dim, generator=noise).to(self.setup.device)


def _parts(batch: Batch) -> Iterator[tuple[int, Batch]]:
    """A batch in parts that fit in memory, each with the place where it begins."""
    for place in range(0, len(batch), _PART):
        own = slice(place, place + _PART)
        yield place, Batch(batch.images[own], None if batch.labels is None else batch.labels[own])
