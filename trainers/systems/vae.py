"""The variational autoencoder (Kingma & Welling 2014, arXiv:1312.6114) and its beta (Higgins et al. 2017).

Trains one network, reports: `loss` (what is minimised), `reconstruction` (-log likelihood), `kl`, `details`
(pyramid loss), `spread` (maximum mean discrepancy of codes to the prior) in nats per image, and `error`, the
mean absolute error of a pixel in [-1, 1].
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

import torch
from torch import Tensor

from latentlab.models.generator import Posterior
from latentlab.models.vae import VAE, VAEConfig, kl_to_prior
from trainers import objectives
from trainers.averaging import Average
from trainers.batch import Batch
from trainers.finite import check_finite
from trainers.prior import fit_to_prior
from trainers.settings import Architecture, Settings, setting
from trainers.systems.system import Setup, System
from trainers.team import ALONE

_LOGVAR_RANGE = (-14.0, 8.0)
"""exp() of what lies outside would leave what training in low precision can carry."""


class VAETraining(Settings):
    """What a VAE is and how it is trained."""

    network: Annotated[VAEConfig, Architecture()]
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
        200,
        "Steps over which the learning rate climbs; a cosine takes it back to 0.",
        unit="steps",
        group="Optimiser",
        least=0,
    )
    steady: float = setting(
        0.0,
        "Share of the steps that keep the full learning rate before the cosine begins.",
        group="Optimiser",
        least=0,
        most=1,
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
    autocast: bool = setting(
        False,
        "Compute in bfloat16 where that is safe: about three times faster on CPUs with AMX.",
        group="Machine",
    )


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


def vae_losses(config: VAETraining, images: Tensor, made: Pass, beta: float, normal: Tensor) -> Losses:
    """The terms of the loss for a batch.

    Args:
        config: the weights.
        images: (N, C, H, W) in [-1, 1].
        made: what the network made of them.
        beta: weight of the KL at this step.
        normal: (M, z_dim), a sample of the prior to compare the codes with.
    """
    reconstruction = objectives.negative_log_likelihood(
        images, made.pictures, config.likelihood, config.scale
    ).mean()
    kl = kl_to_prior(*made.posterior)
    loss = reconstruction + beta * objectives.free_bits(kl, config.free_bits)
    details = spread = images.new_zeros(())
    if config.details:
        details = objectives.pyramid_loss(images, made.pictures, config.pyramid_levels).mean()
        loss = loss + config.details * details
    if config.spread:
        spread = objectives.mmd_to_normal(made.z, normal)
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
            self.network = VAE(config.network).to(setup.device)
        self.networks = {"vae": self.network}
        self._finished: VAE | None = None
        for weight in self.network.parameters():  # the layout that convolutions are quickest in
            if weight.ndim == 4:
                weight.data = weight.data.contiguous(memory_format=torch.channels_last)
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
            batch: training pictures, well above z_dim of them.
        """
        network = self._average.network
        if self.config.fit_prior:
            codes = [network.encode(part) for part in torch.split(batch.images, 256)]
            network = fit_to_prior(
                network, Posterior(*(torch.cat(both) for both in zip(*codes, strict=True)))
            )
        self._finished = network
        return network

    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        """One step of optimisation; returns the losses by name."""
        config, images, steps = self.config, batch.images, self.setup.steps
        rate = config.learning_rate * objectives.cosine_decay(
            step, steps, warm=config.warm_steps, steady=config.steady
        )
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        beta = config.beta * objectives.warm_up(step, config.warm_up * steps)
        self.network.train()
        made = self._run(self.network, images, noise)
        check_finite("output", {**made.posterior._asdict(), "pictures": made.pictures}, step)
        losses = vae_losses(config, images, made, beta, self._normal(made.z.shape, noise))
        check_finite("loss", losses._asdict(), step)
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(losses.loss / images[0].numel())
        self.setup.team.average_gradients(self.network)
        self._limit_gradient(step)
        self._optimiser.step()
        self._average.update(self.network, step)
        return losses.as_floats()

    @torch.no_grad()
    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """What the network that `finished` made last does with pictures that training did not see.

        Returns:
            the losses at beta 1, `elbo` (nats per image), `active_units`, and `used_units`: dimensions with a KL
            above 0.1 nats.
        """
        network = self._finished or self._average.network
        images = batch.images
        parts = [self._run(network, part, noise, shared=False) for part in torch.split(images, 256)]
        posterior = Posterior(*(torch.cat(both) for both in zip(*(p.posterior for p in parts), strict=True)))
        made = Pass(posterior, torch.cat([p.z for p in parts]), torch.cat([p.pictures for p in parts]))
        losses = vae_losses(self.config, images, made, 1.0, self._normal(made.z.shape, noise, shared=False))
        return losses.as_floats() | {
            "elbo": -float(losses.reconstruction + losses.kl),
            "active_units": float(objectives.active_units(posterior.mu)),
            "used_units": float((kl_to_prior(*posterior).mean(0) > 0.1).sum()),
        }

    def measures_in_words(self, measures: dict[str, float]) -> tuple[tuple[str, str], ...]:
        """`measure`'s findings for the card of the model."""
        z_dim = self.config.network.z_dim
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

    def _run(self, network: VAE, images: Tensor, noise: torch.Generator, *, shared: bool = True) -> Pass:
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.config.autocast):
            mu, logvar = network.encode(images.contiguous(memory_format=torch.channels_last))
            posterior = Posterior(mu.float(), logvar.float().clamp(*_LOGVAR_RANGE))
            z = posterior.mu + (0.5 * posterior.logvar).exp() * self._normal(mu.shape, noise, shared=shared)
            pictures = network(z)
        return Pass(posterior, z, pictures.float())

    def _limit_gradient(self, step: int) -> None:
        gradients = {name: weight.grad for name, weight in self.network.named_parameters()}
        found = [gradient for gradient in gradients.values() if gradient is not None]
        norm = torch.stack([torch.linalg.vector_norm(gradient) for gradient in found]).norm()
        if not norm.isfinite():
            check_finite("gradient", gradients, step)
        if self.config.gradient_clip and norm > self.config.gradient_clip:
            for gradient in found:
                gradient.mul_(self.config.gradient_clip / norm)

    def _normal(self, shape: torch.Size, noise: torch.Generator, *, shared: bool = True) -> Tensor:
        """Standard normal numbers: in training, this process's rows of those of the whole batch."""
        team = self.setup.team if shared else ALONE
        whole = torch.randn((shape[0] * team.size, *shape[1:]), generator=noise)
        return team.part(whole).to(self.setup.device)
