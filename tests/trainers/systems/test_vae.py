"""The VAE: its loss against torch.distributions, and a real training."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch.distributions import Laplace, Normal, kl_divergence

from latentlab.errors import TrainingError
from latentlab.models.generator import Posterior
from latentlab.models.vae import mlp_vae
from trainers.batch import Batch, DataShape
from trainers.data import batch_indices
from trainers.systems.system import Setup
from trainers.systems.vae import Pass, VAESystem, VAETraining, network_of, vae_losses

_NETWORK = mlp_vae(8, z_dim=8, image_channels=1, hidden=(256,))


def _system(config: VAETraining, steps: int, seed: int = 0, batch_size: int = 128) -> VAESystem:
    return VAESystem(config, Setup(DataShape("pictures", 8, 1, 1437), steps, batch_size, seed))


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _digits() -> tuple[torch.Tensor, torch.Tensor]:
    """Training and test digits, (N, 1, 8, 8), black -1 and white 1."""
    pictures = torch.from_numpy(load_digits().images).float()[:, None]
    order = np.random.default_rng(0).permutation(len(pictures))
    images = torch.where(pictures / 16 > 0.5, 1.0, -1.0)[torch.from_numpy(order)]
    cut = len(images) * 8 // 10
    return images[:cut], images[cut:]


def test_the_loss_is_the_negative_elbo_in_nats() -> None:
    config = VAETraining(network=_NETWORK, likelihood="laplace", scale=0.2)
    images = torch.rand(6, 1, 8, 8, generator=_noise(0)) * 2 - 1
    pictures = torch.rand(6, 1, 8, 8, generator=_noise(1)) * 2 - 1
    mu, logvar, z = (torch.randn(6, 8, generator=_noise(seed)) for seed in (2, 3, 4))
    for beta in (0.0, 1.0, 4.0):
        losses = vae_losses(config, images, Pass(Posterior(mu, logvar), z, pictures), beta, z)
        likelihood = Laplace(pictures, 0.2).log_prob(images).flatten(1).sum(1).mean()
        kl = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0)).sum(1).mean()
        torch.testing.assert_close(losses.reconstruction, -likelihood)
        torch.testing.assert_close(losses.kl, kl)
        torch.testing.assert_close(losses.loss, beta * kl - likelihood)


def test_digits_are_learned_to_18_5_nats() -> None:
    train, test = _digits()
    steps = 150 * len(train) // 128
    config = VAETraining(
        network=_NETWORK,
        likelihood="bernoulli",
        learning_rate=3e-3,
        steady=0.3,
        warm_steps=10,
        ema_half_life=50,
    )
    system = _system(config, steps)
    for step in range(steps):
        images = train[torch.from_numpy(batch_indices(step, 128, len(train), seed=0))]
        system.train_step(Batch(images), step, _noise(step))
    system.finished(Batch(train))
    measures = [system.measure(Batch(test), _noise(seed)) for seed in range(5)]  # z is sampled
    assert -np.mean([found["elbo"] for found in measures]) <= 18.5
    assert 5 < measures[0]["kl"] < 8
    assert measures[0]["active_units"] == 8


def test_a_large_beta_collapses_the_posterior() -> None:
    train, test = _digits()
    config = VAETraining(
        network=_NETWORK, likelihood="bernoulli", beta=20, warm_up=0, warm_steps=1, ema_half_life=5
    )
    system = _system(config, 150)
    for step in range(150):
        images = train[torch.from_numpy(batch_indices(step, 128, len(train), seed=0))]
        system.train_step(Batch(images), step, _noise(step))
    measures = system.measure(Batch(test), _noise(0))
    assert measures["kl"] < 0.5
    assert measures["used_units"] <= 1


def test_the_kl_of_each_dimension_is_that_of_torch() -> None:
    _, test = _digits()
    system = _system(VAETraining(network=_NETWORK, likelihood="bernoulli"), 10)
    with torch.no_grad():
        mu, logvar = system.generator().encode(test)
    wanted = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0)).mean(0)
    torch.testing.assert_close(system.code_kl(Batch(test)), wanted)


def test_nan_is_an_error_with_a_name() -> None:
    system = _system(VAETraining(network=_NETWORK, likelihood="bernoulli"), 10, batch_size=4)
    images = torch.ones(4, 1, 8, 8)
    with torch.no_grad():
        system.network.get_parameter("to_mu.bias")[0] = float("nan")
    with pytest.raises(TrainingError, match=r"NaN in the output 'mu' at step 3.*lower learning rate"):
        system.train_step(Batch(images), 3, _noise(0))


def test_a_gradient_that_is_not_finite_names_its_layer() -> None:
    system = _system(VAETraining(network=_NETWORK, likelihood="gaussian", scale=1.0), 10, batch_size=4)
    weight = system.network.get_parameter("to_logvar.weight")
    weight.register_hook(lambda gradient: gradient * float("inf"))
    with pytest.raises(TrainingError, match=r"in the gradient 'vae\.to_logvar\.weight' at step 0"):
        system.train_step(Batch(torch.ones(4, 1, 8, 8)), 0, _noise(0))


def test_the_same_seed_gives_the_same_network_and_leaves_other_randomness_alone() -> None:
    torch.manual_seed(5)
    first = _system(VAETraining(network=_NETWORK), 10, seed=1)
    drawn = torch.rand(3)
    second = _system(VAETraining(network=_NETWORK), 10, seed=1)
    for ours, theirs in zip(first.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(3), drawn)


@pytest.mark.parametrize("kind", ["light", "convolutional", "mlp"])
def test_a_class_is_told_to_encoder_and_decoder(kind: str) -> None:
    """Bars that are up or across: the class alone says which, so z need not."""
    images = -torch.ones(64, 1, 16, 16)
    labels = torch.arange(64) % 2
    images[0::2, :, 6:10, :] = 1.0
    images[1::2, :, :, 6:10] = 1.0
    config = VAETraining(
        kind=kind,  # type: ignore[arg-type]
        z_dim=2,
        width=8,
        max_width=16,
        hidden=(32,),
        conditional=True,
        likelihood="gaussian",
        scale=0.3,
        learning_rate=2e-2 if kind == "mlp" else 5e-3,
        warm_steps=1,
        ema_half_life=2,
    )
    shape = DataShape("pictures", 16, 1, 64, class_names=("across", "up"))
    system = VAESystem(config, Setup(shape, 80, 32))
    for step in range(80):
        rows = torch.randint(64, (32,), generator=_noise(step))
        system.train_step(Batch(images[rows], labels[rows]), step, _noise(step))
    network = system.finished(Batch(images, labels))
    assert network.capabilities.num_classes == 2
    drawn = system.draw(network, torch.zeros(2, 2), Batch(images[:2], labels[:2]))
    right, wrong = (drawn - images[:2]).abs().mean(), (drawn - images[:2].flip(0)).abs().mean()
    assert right < 0.6 * wrong
    with pytest.raises(TrainingError, match="conditional"):
        system.measure(Batch(images), _noise(0))


def test_settings_that_cannot_be_trained_are_refused() -> None:
    pictures = DataShape("pictures", 8, 1, 100)
    for config, shape, reason in (
        (VAETraining(network=_NETWORK), DataShape("pictures", 16, 1, 100), "resolution"),
        (VAETraining(network=_NETWORK, conditional=True), pictures, "classes"),
        (VAETraining(network=_NETWORK), DataShape("points", 0, 2, 100), "points"),
        (VAETraining(kind="light"), pictures, "mlp"),
        (VAETraining(likelihood="bernoulli"), DataShape("pictures", 16, 1, 100), "tanh or sigmoid"),
    ):
        with pytest.raises(TrainingError, match=reason):
            network_of(config, shape)


def test_binarised_pictures_are_black_and_white_to_the_network() -> None:
    config = VAETraining(network=_NETWORK, likelihood="bernoulli", binarise=True)
    grey = torch.tensor([-1.0, -0.1, 0.1, 1.0]).repeat(4, 16).view(4, 1, 8, 8)
    plain = torch.where(grey > 0, 1.0, -1.0)
    first, second = (_system(config, 10, batch_size=4) for _ in range(2))
    assert first.train_step(Batch(grey), 0, _noise(0)) == second.train_step(Batch(plain), 0, _noise(0))
    assert first.measure(Batch(grey), _noise(1)) == second.measure(Batch(plain), _noise(1))
