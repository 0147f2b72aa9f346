"""VAE/GAN (Larsen et al. 2016, arXiv:1512.09300): a VAE whose pictures are compared as a discriminator sees them.

The reconstruction is judged in the features of one layer of the discriminator (section 2.3), which sees
reconstructions and samples of the prior (section 2.3.1) and learns only while the game is even (section 4, the
authors' equilibrium). The encoder learns from KL and reconstruction alone, the discriminator from the game alone,
the decoder from the game and the reconstruction. What is saved is the VAE: it opens with its encoder.

Reports, beside the names of `trainers.systems.system`: `similarity`, -log likelihood of the features in nats per
image; `decoder`, what it minimised; `error`, mean absolute error of a pixel in [-1, 1]; `trains/discriminator` and
`trains/decoder`, 1 in steps in which the game let them learn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor

from latentlab.models.generator import Generator, Posterior
from latentlab.models.vae import VAE, kl_to_prior, light_vae
from trainers.averaging import Average
from trainers.batch import Batch
from trainers.finite import check_finite
from trainers.gradients import settle
from trainers.networks.similarity import SimilarityDiscriminator
from trainers.precision import Precision, autocast, lay_out
from trainers.prior import FlowSettings, check_flow, codes_of, fit_to_prior, with_flow
from trainers.regularisers import lazy_weight, squared_gradient
from trainers.schedules import RateSettings, set_rate, warm_up
from trainers.settings import setting
from trainers.systems.system import Setup, System

_LOGVAR_RANGE = (-14.0, 8.0)
_PART = 256
"""Pictures that are encoded at once where no gradients are kept."""


class VAEGANSettings(RateSettings, FlowSettings):
    """What is trained, and how."""

    z_dim: int = setting(64, "Width of z.", group="Network", least=1, most=4096)
    width: int = setting(48, "Channels at half the resolution.", group="Network", least=4, most=512)
    max_width: int = setting(
        192, "Channels at low resolutions, at most.", group="Network", least=4, most=2048
    )
    halvings: int = setting(
        2,
        "Halvings of the size before the discriminator's features that are compared: more are less exact and "
        "more forgiving.",
        group="Network",
        least=1,
        most=6,
    )
    beta: float = setting(1.0, "Weight of the KL.", group="Loss", above=0, most=1e4)
    warm_up: float = setting(
        0.15, "Share of the steps over which beta climbs from 0.", group="Loss", least=0, most=1
    )
    gamma: float = setting(
        1.0,
        "Weight of likeness against the game in the decoder: more copies better, less draws more freely.",
        group="Loss",
        above=0,
        most=1e4,
    )
    pixels: float = setting(
        0.0, "Weight of the pixels' own error beside that of the features.", group="Loss", least=0, most=1e4
    )
    equilibrium: float = setting(
        0.68, "Loss of a discriminator that cannot tell.", unit="nats", group="Game", above=0, most=10
    )
    margin: float = setting(
        0.35,
        "How far from the equilibrium the game may go before the winner waits.",
        unit="nats",
        group="Game",
        above=0,
        most=10,
    )
    r1_gamma: float = setting(
        0.0, "Weight of the penalty on the discriminator's gradient at real pictures.", group="Game", least=0
    )
    r1_every: int = setting(4, "Steps between computations of R1.", unit="steps", group="Game", least=1)
    learning_rate: float = setting(1e-3, "Adam's, of the VAE.", group="Optimiser", above=0, most=1)
    discriminator_learning_rate: float = setting(
        3e-4, "Adam's, of the discriminator.", group="Optimiser", above=0, most=1
    )
    gradient_clip: float = setting(
        0.0, "Largest norm of a network's gradient; 0: no limit.", group="Optimiser", least=0
    )
    ema_half_life: float = setting(
        500.0, "Half-life of old weights in the average.", unit="steps", group="Optimiser", above=0
    )
    fit_prior: bool = setting(True, "Fit the codes of the finished network to the prior.", group="Result")
    precision: Precision = setting(
        "float32",
        "Of matrix products and convolutions; auto: bfloat16 where the device is quick at it.",
        group="Optimiser",
    )


class Drawn(NamedTuple):
    """What the VAE made of a batch."""

    posterior: Posterior
    code: Tensor
    """(N, z_dim), a sample of the posterior; gradients lead to the encoder."""
    z: Tensor
    """The same numbers, where gradients from the decoder end."""
    copies: Tensor
    """(N, C, H, W), drawn of `z`."""
    samples: Tensor
    """(N, C, H, W), drawn of the prior."""


class VAEGANSystem(System):
    """A VAE and a discriminator."""

    Config = VAEGANSettings
    finishing_items: ClassVar[int] = 4096

    def __init__(self, config: VAEGANSettings, setup: Setup) -> None:
        """Build untrained networks, the same for the same seed.

        Raises:
            TrainingError: a flow is wanted that cannot be fitted.
        """
        self.config = config
        self.setup = setup
        shape = setup.shape
        architecture = light_vae(
            shape.resolution,
            z_dim=config.z_dim,
            image_channels=shape.channels,
            width=config.width,
            max_width=config.max_width,
        )
        if config.flow_steps:
            check_flow(architecture)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(setup.seed)
            self._vae = VAE(architecture)
            self._discriminator = SimilarityDiscriminator(
                shape.resolution,
                shape.channels,
                width=config.width,
                max_width=config.max_width,
                halvings=config.halvings,
            )
        self.networks = {"vae": self._vae, "discriminator": self._discriminator}
        for network in self.networks.values():
            lay_out(network.to(setup.device))
        encoder = [self._vae.encoder, self._vae.to_mu, self._vae.to_logvar]
        self._encoder = [weight for part in encoder if part is not None for weight in part.parameters()]
        of_encoder = set(self._encoder)
        self._decoder = [weight for weight in self._vae.parameters() if weight not in of_encoder]
        self._average = Average(self._vae, config.ema_half_life)
        self._finished: VAE | None = None
        self._optimisers = {
            "vae": torch.optim.Adam(self._vae.parameters(), betas=(0.5, 0.99), fused=True),
            "discriminator": torch.optim.Adam(
                self._discriminator.parameters(), betas=(0.5, 0.99), fused=True
            ),
        }

    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        config, setup = self.config, self.setup
        factor = config.factor(step, setup.steps)
        set_rate(self._optimisers["vae"], factor * config.learning_rate)
        set_rate(self._optimisers["discriminator"], factor * config.discriminator_learning_rate)
        beta = config.beta * warm_up(step, config.warm_up * setup.steps)
        whole = torch.randn(2, setup.batch_size, config.z_dim, generator=noise)
        scatter, prior = (setup.team.part(part).to(setup.device) for part in whole)
        images = batch.images.to(setup.device).contiguous(memory_format=torch.channels_last)

        drawn = self._draw(images, scatter, prior)
        copies, samples = drawn.copies, drawn.samples
        check_finite("output", {**drawn.posterior._asdict(), "copies": copies, "samples": samples}, step)
        losses, learns_d, learns_g = self._play(images, copies.detach(), samples.detach(), step)
        losses |= self._train_vae(images, drawn, beta, step, plays=learns_g)
        if learns_d:
            self._optimisers["discriminator"].step()
        self._optimisers["vae"].step()
        self._average.update(self._vae, step)
        losses["error"] = float((images - copies).detach().abs().mean())
        losses["trains/discriminator"] = float(learns_d)
        losses["trains/decoder"] = float(learns_g)
        return losses

    def _draw(self, images: Tensor, scatter: Tensor, prior: Tensor) -> Drawn:
        with self._autocast():
            mu, logvar = self._vae.encode(images)
            posterior = Posterior(mu.float(), logvar.float().clamp(*_LOGVAR_RANGE))
            code = posterior.mu + (0.5 * posterior.logvar).exp() * scatter
            z = code.detach().requires_grad_()
            copies, samples = self._vae(torch.cat([z, prior])).float().chunk(2)
        return Drawn(posterior, code, z, copies, samples)

    def _play(
        self, images: Tensor, copies: Tensor, samples: Tensor, step: int
    ) -> tuple[dict[str, float], bool, bool]:
        """Gradients of the discriminator; its losses, and whether it and the decoder may learn from the game."""
        config, team = self.config, self.setup.team
        weight = lazy_weight(step, config.r1_every) * config.r1_gamma
        seen = images.detach().requires_grad_(bool(weight))
        with self._autocast():
            real = self._discriminator(seen)[0]
            fake = self._discriminator(torch.cat([copies, samples]))[0]
        check_finite("score", {"real": real, "fake": fake}, step)
        on_real, on_fake = F.softplus(-real).mean(), F.softplus(fake).mean()
        loss = on_real + on_fake
        losses = {"real": float(real.detach().mean()), "fake": float(fake.detach().mean())}
        if weight:
            penalty = squared_gradient(real, seen).mean()
            loss = loss + 0.5 * weight * penalty
            losses["r1"] = float(penalty.detach())
        check_finite("loss", {"discriminator": loss}, step)
        self._optimisers["discriminator"].zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        losses["discriminator"] = float(loss.detach())
        losses["norm/discriminator"] = settle(
            "discriminator", self._discriminator, team, step, config.gradient_clip
        )
        together = team.means({"real": float(on_real.detach()), "fake": float(on_fake.detach())})
        return losses, *who_learns(together["real"], together["fake"], config.equilibrium, config.margin)

    def _train_vae(
        self, images: Tensor, drawn: Drawn, beta: float, step: int, *, plays: bool
    ) -> dict[str, float]:
        """Gradients of encoder and decoder, each of its own loss.

        Args:
            images: (N, C, H, W).
            drawn: what the VAE made of them and of the prior.
            beta: weight of the KL at this step.
            step: number of the step.
            plays: whether the decoder learns from the game.
        """
        config, copies, samples = self.config, drawn.copies, drawn.samples
        numel = images[0].numel()
        pictures = torch.cat([copies, samples]).detach().requires_grad_()
        self._discriminator.requires_grad_(requires_grad=False)
        with self._autocast():
            scores, features = self._discriminator(pictures)
            with torch.no_grad():
                wanted = self._discriminator.early(images).float()
        similarity = self._likelihood(wanted, features[: len(images)])
        if config.pixels:
            similarity = similarity + config.pixels * self._likelihood(images, pictures[: len(images)])
        kl = kl_to_prior(*drawn.posterior).sum(1).mean()
        game = F.softplus(-scores).mean()
        check_finite("loss", {"similarity": similarity, "kl": kl, "game": game}, step)
        (likeness,) = torch.autograd.grad(similarity / numel, pictures, retain_graph=True)
        (winning,) = torch.autograd.grad(game, pictures)
        self._discriminator.requires_grad_(requires_grad=True)

        alike, other = likeness.chunk(2)[0], (winning if plays else torch.zeros_like(winning)).chunk(2)
        self._optimisers["vae"].zero_grad(set_to_none=True)
        (to_code,) = torch.autograd.grad(copies, drawn.z, alike, retain_graph=True)
        torch.autograd.backward(
            [copies, samples], [config.gamma * alike + other[0], other[1]], inputs=self._decoder
        )
        torch.autograd.backward([drawn.code, beta * kl / numel], [to_code, None], inputs=self._encoder)
        norm = settle("vae", self._vae, self.setup.team, step, config.gradient_clip)
        return {
            "similarity": float(similarity.detach()),
            "kl": float(kl.detach()),
            "decoder": float((config.gamma * similarity / numel + game * plays).detach()),
            "norm/vae": norm,
        }

    def _likelihood(self, wanted: Tensor, found: Tensor) -> Tensor:
        """-log of a Gaussian of the whole batch's own width, in nats per image, ()."""
        squares = (wanted - found).flatten(1).square().mean(1)
        variance = self.setup.team.mean(squares.detach().mean()).clamp_min(1e-8)
        return wanted[0].numel() * 0.5 * (squares / variance + (2 * math.pi * variance).log()).mean()

    def _autocast(self) -> torch.autocast:
        return autocast(self.setup.device, self.config.precision)

    def generator(self) -> VAE:
        return self._average.network

    @torch.no_grad()
    def finished(self, batch: Batch) -> VAE:
        """The averaged VAE, its codes fitted to the prior if the config says so."""
        network = self._average.network
        if self.config.fit_prior and len(batch) > self.config.z_dim:
            network = fit_to_prior(network, codes_of(network, torch.split(batch.images, _PART)))
        self._finished = network
        return network

    def polished(self, generator: Generator, batches: Iterator[Batch]) -> Generator:
        """The network with a flow before it, if the config says so."""
        assert isinstance(generator, VAE)
        images = (batch.images for batch in batches)
        self._finished = with_flow(generator, images, self.config.flow_steps, self.setup.seed)
        return self._finished

    @torch.no_grad()
    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """How well the network that `finished` made last copies pictures that training did not see.

        Returns:
            `error`, mean absolute error of a pixel in [-1, 1], of the means of the posteriors; `kl`, nats.
        """
        network = self._finished or self._average.network
        kl, error = [], []
        for part in torch.split(batch.images, _PART):
            posterior = network.encode(part)
            kl.append(kl_to_prior(*posterior).sum(1))
            error.append((network(posterior.mu) - part).abs().flatten(1).mean(1))
        return {"error": float(torch.cat(error).mean()), "kl": float(torch.cat(kl).mean())}

    def measures_in_words(self, measures: dict[str, float]) -> tuple[tuple[str, str], ...]:
        return (
            (
                "Reconstruction error, held-out pictures",
                f"{measures['error'] * 127.5:.1f} of 255, mean absolute",
            ),
            ("KL to the prior", f"{measures['kl']:.1f} nats"),
        )

    @torch.no_grad()
    def code_kl(self, batch: Batch) -> Tensor:
        """KL of each dimension, (z_dim,) nats, in the network that `finished` made last."""
        network = self._finished or self._average.network
        parts = torch.split(batch.images, _PART)
        return torch.cat([kl_to_prior(*network.encode(part)) for part in parts]).mean(0)

    @torch.no_grad()
    def scores(self, batch: Batch) -> Tensor:
        result: Tensor = self._discriminator(batch.images.to(self.setup.device))[0]
        return result

    def state_dict(self) -> dict[str, Any]:
        return {
            **{name: network.state_dict() for name, network in self.networks.items()},
            "average": self._average.network.state_dict(),
            "optimisers": {name: optimiser.state_dict() for name, optimiser in self._optimisers.items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, network in self.networks.items():
            network.load_state_dict(state[name])
            self._optimisers[name].load_state_dict(state["optimisers"][name])
        self._average.network.load_state_dict(state["average"])


def who_learns(real: float, fake: float, equilibrium: float, margin: float) -> tuple[bool, bool]:
    """Whether the discriminator and the decoder learn from the game in this step.

    A discriminator that wins by more than the margin waits, and so does a decoder that does; both learn where
    both would wait.

    Args:
        real: the discriminator's loss on real pictures.
        fake: its loss on generated ones.
        equilibrium: either's where the game is even.
        margin: how far off is still even.
    """
    discriminator = min(real, fake) >= equilibrium - margin
    decoder = max(real, fake) <= equilibrium + margin
    return (True, True) if not (discriminator or decoder) else (discriminator, decoder)
