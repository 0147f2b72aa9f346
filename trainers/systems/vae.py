"""The variational autoencoder (Kingma & Welling 2014, arXiv:1312.6114) and its beta (Higgins et al. 2017).

Trains one network, reports: `loss` (what is minimised), `reconstruction` (-log likelihood), `kl`, `details`
(pyramid loss), `spread` (maximum mean discrepancy of codes to the prior) in nats per image, and `error`, the
mean absolute error of a pixel in [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from latentlab.models.generator import Posterior
from latentlab.models.vae import VAE, VAEConfig, kl_to_prior
from trainers import objectives
from trainers.averaging import Average
from trainers.finite import check_finite
from trainers.prior import fit_to_prior

_LOGVAR_RANGE = (-14.0, 8.0)
"""exp() of what lies outside would leave what training in low precision can carry."""


@dataclass(frozen=True, slots=True)
class VAETraining:
    """What a VAE is and how it is trained."""

    network: VAEConfig
    likelihood: objectives.Likelihood = "laplace"
    scale: float | None = None
    """Width of the likelihood in [-1, 1]; None: the most likely one of each batch."""
    beta: float = 1.0
    """Weight of the KL, above 0."""
    warm_up: float = 0.15
    """Share of the steps over which beta climbs from 0."""
    free_bits: float = 0.0
    """Nats of KL per dimension that cost nothing."""
    details: float = 0.0
    """Weight of the pyramid loss, which keeps edges sharp."""
    pyramid_levels: int = 3
    spread: float = 0.0
    """Weight, in nats, of the discrepancy between the codes of a batch and the prior."""
    learning_rate: float = 1e-3
    warm_steps: int = 200
    """Steps over which the learning rate climbs to `learning_rate`; a cosine takes it back to 0."""
    steady: float = 0.0
    """Share of the steps that keep the full learning rate before the cosine begins."""
    gradient_clip: float = 0.0
    """Largest norm of the gradient of the loss per number of the picture; 0: no limit."""
    ema_half_life: float = 500.0
    """Steps."""
    fit_prior: bool = False
    """Fit the codes of the finished network to the prior (`trainers.prior`)."""
    autocast: bool = False
    """Compute in bfloat16 where that is safe: about three times faster on CPUs with AMX."""


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


class VAESystem:
    """A VAE in training: the network, its average, its optimiser."""

    def __init__(self, config: VAETraining, steps: int, seed: int) -> None:
        """Build an untrained network, the same for the same seed.

        Args:
            config: what and how.
            steps: of the whole run; schedules are shares of it.
            seed: of the first weights.
        """
        self.config = config
        self.steps = steps
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = VAE(config.network)
        for weight in self.network.parameters():  # the layout that convolutions are quickest in
            if weight.ndim == 4:
                weight.data = weight.data.contiguous(memory_format=torch.channels_last)
        self._average = Average(self.network, config.ema_half_life)
        self._optimiser = torch.optim.Adam(
            self.network.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), fused=True
        )

    @torch.no_grad()
    def finished(self, images: Tensor) -> VAE:
        """The network to draw with: the average of the recent weights, fitted to the prior if the config says so.

        Args:
            images: training pictures (N, C, H, W) in [-1, 1], N well above z_dim.
        """
        network = self._average.network
        if not self.config.fit_prior:
            return network
        codes = [network.encode(part) for part in torch.split(images, 256)]
        return fit_to_prior(network, Posterior(*(torch.cat(both) for both in zip(*codes, strict=True))))

    def train_step(self, images: Tensor, step: int, noise: torch.Generator) -> dict[str, float]:
        """One step of optimisation; returns the losses by name.

        Args:
            images: (N, C, H, W) in [-1, 1].
            step: number of this step, from 0.
            noise: where every random number of the step comes from.

        Raises:
            TrainingError: a loss or a gradient is not finite; the text names it.
        """
        config = self.config
        rate = config.learning_rate * objectives.cosine_decay(
            step, self.steps, warm=config.warm_steps, steady=config.steady
        )
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        beta = config.beta * objectives.warm_up(step, config.warm_up * self.steps)
        self.network.train()
        made = self._run(self.network, images, noise)
        check_finite("output", {**made.posterior._asdict(), "pictures": made.pictures}, step)
        losses = vae_losses(config, images, made, beta, _normal(made.z.shape, noise))
        check_finite("loss", losses._asdict(), step)
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(losses.loss / images[0].numel())
        self._limit_gradient(step)
        self._optimiser.step()
        self._average.update(self.network, step)
        return losses.as_floats()

    @torch.no_grad()
    def measure(self, network: VAE, images: Tensor, noise: torch.Generator) -> dict[str, float]:
        """What a network does with pictures (N, C, H, W) that training did not see.

        Returns:
            the losses at beta 1, `elbo` (nats per image), `active_units`, and `used_units`: dimensions with a KL
            above 0.1 nats.
        """
        parts = [self._run(network, part, noise) for part in torch.split(images, 256)]
        posterior = Posterior(*(torch.cat(both) for both in zip(*(p.posterior for p in parts), strict=True)))
        made = Pass(posterior, torch.cat([p.z for p in parts]), torch.cat([p.pictures for p in parts]))
        losses = vae_losses(self.config, images, made, 1.0, _normal(made.z.shape, noise))
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

    def _run(self, network: VAE, images: Tensor, noise: torch.Generator) -> Pass:
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.autocast):
            mu, logvar = network.encode(images.contiguous(memory_format=torch.channels_last))
            posterior = Posterior(mu.float(), logvar.float().clamp(*_LOGVAR_RANGE))
            z = posterior.mu + (0.5 * posterior.logvar).exp() * _normal(mu.shape, noise)
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


def _normal(shape: torch.Size, noise: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=noise)
