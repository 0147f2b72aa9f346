"""The VAE/GAN copies pictures, draws new ones, and lets nobody learn who wins by too much."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from latentlab.errors import TrainingError
from latentlab.formats import open_model, save_model
from latentlab.formats.report import Card
from latentlab.models.generator import Posterior
from latentlab.models.steps import Flow
from latentlab.models.vae import VAE, kl_to_prior
from latentlab.runs import RunFolder
from tests.trainers.systems.test_text_to_image import shapes  # noqa: F401 - a fixture
from tests.trainers.toys.vae_gan import SETTINGS
from trainers.batch import Batch, DataShape
from trainers.config import LoopSettings, RunConfig
from trainers.data import DataSettings
from trainers.data.settings import RenderedDigitsSource
from trainers.loop import train
from trainers.starting import Job
from trainers.systems.system import Setup
from trainers.systems.vae_gan import VAEGANSettings, VAEGANSystem, who_learns

SHAPE = DataShape("pictures", 16, 3, 96)
STEPS = 160


def test_it_learns_to_copy_and_to_draw(
    shapes: tuple[Tensor, tuple[str, ...]],  # noqa: F811
    tmp_path: Path,
) -> None:
    images = shapes[0]
    settings = VAEGANSettings(
        z_dim=8, width=12, max_width=32, halvings=1, ema_half_life=20, learning_rate=3e-3, pixels=0.5
    )
    system = VAEGANSystem(settings, Setup(SHAPE, STEPS, 16))
    before = system.measure(Batch(images), torch.Generator().manual_seed(0))["error"]
    for step in range(STEPS):
        noise = torch.Generator().manual_seed(step)
        rows = torch.randint(len(images), (16,), generator=noise)
        losses = system.train_step(Batch(images[rows]), step, noise)
    network = system.finished(Batch(images))
    after = system.measure(Batch(images), torch.Generator().manual_seed(0))
    assert float(system.code_kl(Batch(images)).sum()) == pytest.approx(after["kl"], rel=1e-4)
    assert after["error"] < 0.4 * before
    assert after["kl"] > 1.0
    assert {"similarity", "kl", "real", "fake", "discriminator", "decoder", "norm/vae"} <= losses.keys()

    drawn = network(torch.randn(64, 8, generator=torch.Generator().manual_seed(5)))
    assert float((drawn.mean((0, 2, 3)) - images.mean((0, 2, 3))).abs().max()) < 0.3
    assert drawn.std(0).mean() > 0.3 * images.std(0).mean()

    save_model(tmp_path / "model.safetensors", network, Card("Shapes"))
    opened = open_model(tmp_path / "model.safetensors").generator
    assert isinstance(opened, VAE)
    assert opened.capabilities.has_encoder
    torch.testing.assert_close(opened.encode(images[:2]).mu, network.encode(images[:2]).mu)


def test_a_run_that_is_over_gets_its_flow(tmp_path: Path) -> None:
    config = RunConfig(
        name="flow",
        system="vae_gan",
        settings=SETTINGS.model_copy(update={"flow_steps": 2}),
        data=DataSettings(
            source=RenderedDigitsSource(count=150), resolution=16, colour="grey", fit="stretch"
        ),
        loop=LoopSettings(steps=4, batch_size=4, checkpoint_every=2, keep=2, threads=1),
    )
    list(train(Job(config, tmp_path / "run"), lambda: False))
    early, last = RunFolder(tmp_path / "run").list_checkpoints()
    models = [open_model(checkpoint.model).generator for checkpoint in (early, last)]
    assert [isinstance(model.config.layers[0], Flow) for model in models] == [False, True]
    assert isinstance(models[1], VAE)
    z = torch.randn(3, SETTINGS.z_dim)
    pictures = models[1](z)
    assert pictures.isfinite().all()
    assert models[1].encode(pictures).mu.isfinite().all()


def test_a_flow_that_cannot_be_fitted_is_refused_before_training() -> None:
    settings = SETTINGS.model_copy(update={"flow_steps": 5, "z_dim": 1})
    with pytest.raises(TrainingError, match="flow_steps to 0"):
        VAEGANSystem(settings, Setup(SHAPE, STEPS, 16))


def test_encoder_and_decoder_follow_their_own_losses(
    shapes: tuple[Tensor, tuple[str, ...]],  # noqa: F811
) -> None:
    """Larsen et al. 2016, algorithm 1, against gradients of the losses written out."""
    images = shapes[0][:8]
    settings = SETTINGS.model_copy(update={"gamma": 3.0, "beta": 2.0, "warm_up": 0.0, "margin": 10.0})
    system = VAEGANSystem(settings, Setup(SHAPE, 10, 8))
    reference = VAEGANSystem(settings, Setup(SHAPE, 10, 8))
    system.train_step(Batch(images), 1, torch.Generator().manual_seed(4))

    vae, judge = reference.networks["vae"], reference.networks["discriminator"]
    assert isinstance(vae, VAE)
    scatter, prior = torch.randn(2, 8, settings.z_dim, generator=torch.Generator().manual_seed(4))
    posterior = Posterior(*vae.encode(images))
    copies = vae(posterior.mu + (0.5 * posterior.logvar).exp() * scatter)
    samples = vae(prior)

    def likelihood(wanted: Tensor, found: Tensor) -> Tensor:
        scale = (wanted - found).detach().square().mean().sqrt()
        return -torch.distributions.Normal(found, scale).log_prob(wanted).sum() / len(wanted)

    similarity = likelihood(judge(images)[1].detach(), judge(copies)[1])
    similarity = similarity + settings.pixels * likelihood(images, copies)
    game = -torch.sigmoid(torch.cat([judge(copies)[0], judge(samples)[0]])).log().mean()
    numel = images[0].numel()
    kl = kl_to_prior(*posterior).sum(1).mean()
    encoder = [weight for name, weight in vae.named_parameters() if name.startswith(("encoder", "to_"))]
    decoder = [weight for name, weight in vae.named_parameters() if name.startswith("layers")]
    wanted = [
        *torch.autograd.grad((similarity + 2.0 * kl) / numel, encoder, retain_graph=True),
        *torch.autograd.grad(3.0 * similarity / numel + game, decoder),
    ]
    own = dict(system.networks["vae"].named_parameters())
    names = {id(weight): name for name, weight in vae.named_parameters()}
    for weight, gradient in zip([*encoder, *decoder], wanted, strict=True):
        torch.testing.assert_close(own[names[id(weight)]].grad, gradient, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("real", "fake", "learns"),
    [
        (0.68, 0.68, (True, True)),
        (0.2, 0.5, (False, True)),  # the discriminator is far ahead: it waits
        (0.5, 1.2, (True, False)),  # the decoder is
        (0.1, 1.2, (True, True)),  # both would wait
    ],
)
def test_who_wins_by_too_much_waits(real: float, fake: float, learns: tuple[bool, bool]) -> None:
    assert who_learns(real, fake, equilibrium=0.68, margin=0.35) == learns


def test_a_discriminator_far_ahead_does_not_move(
    shapes: tuple[Tensor, tuple[str, ...]],  # noqa: F811
) -> None:
    system = VAEGANSystem(
        SETTINGS.model_copy(update={"equilibrium": 5.0, "margin": 0.1}), Setup(SHAPE, 10, 8)
    )
    before = {key: value.clone() for key, value in system.networks["discriminator"].state_dict().items()}
    losses = system.train_step(Batch(shapes[0][:8]), 0, torch.Generator().manual_seed(0))
    assert losses["trains/discriminator"] == 0.0
    after = system.networks["discriminator"].state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())
