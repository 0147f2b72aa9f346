"""The vanilla GAN, trained for real on points and on digits."""

from __future__ import annotations

import math

import pytest
import torch
from sklearn.datasets import load_digits

from latentlab.errors import TrainingError
from latentlab.models.points import Points
from trainers.batch import Batch, DataShape
from trainers.systems.gan import GANSystem, GANTraining
from trainers.systems.system import Setup


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _ring(count: int, seed: int, modes: int = 4, sigma: float = 0.1) -> Batch:
    noise = _noise(seed)
    labels = torch.randint(modes, (count,), generator=noise)
    angle = labels * (2 * math.pi / modes)
    points = torch.stack([angle.cos(), angle.sin()], 1) + sigma * torch.randn(count, 2, generator=noise)
    return Batch(points, labels)


def test_four_modes_are_found_evenly() -> None:
    steps = 400
    config = GANTraining(
        z_dim=2, hidden=(48, 48), discriminator_hidden=(48, 48), learning_rate=3e-3, steady=0.4,
        r1_gamma=0.05, r2_gamma=0.05, last_gamma=0.1, frequency=2.0, ema_half_life=20,
    )  # fmt: skip
    shape = DataShape("points", 0, 2, 1000, tuple("abcd"))
    system = GANSystem(config, Setup(shape, steps, 128))
    held_out = _ring(1000, 10**6)
    before = system.measure(held_out, _noise(0))
    for step in range(steps):
        system.train_step(_ring(128, step), step, _noise(step))
    after = system.measure(held_out, _noise(0))
    assert before["balanced_modes"] < 4
    assert after["balanced_modes"] == 4
    assert after["high_quality"] > 0.7
    assert after["reverse_kl"] < 0.1
    assert isinstance(system.generator(), Points)


def test_digits_look_like_digits() -> None:
    """Samples come nearly as near to the training digits as other digits do."""
    digits = torch.from_numpy(load_digits().images).float()[:, None] / 8 - 1
    train, held_out = digits[:1500], digits[1500:]
    steps = 250
    config = GANTraining(
        z_dim=16, hidden=(96, 96), discriminator_hidden=(96, 96), learning_rate=2e-3, r1_gamma=0.3,
        r2_gamma=0.3, ema_half_life=20,
    )  # fmt: skip
    system = GANSystem(config, Setup(DataShape("pictures", 8, 1, 1500), steps, 64))
    z = torch.randn(200, 16, generator=_noise(1))

    def distance() -> float:
        drawn = system.draw(system.generator(), z, Batch(held_out))
        return torch.cdist(drawn.flatten(1), train.flatten(1)).amin(1).mean().item()

    untrained = distance()
    for step in range(steps):
        rows = torch.randint(1500, (64,), generator=_noise(10**6 + step))
        system.train_step(Batch(train[rows]), step, _noise(step))
    real = torch.cdist(held_out.flatten(1), train.flatten(1)).amin(1).mean().item()
    assert untrained > 2 * real
    assert distance() < 1.6 * real
    assert system.measure(Batch(held_out), _noise(0))["diversity"] > 0.6


def test_points_without_labels_have_no_modes_to_count() -> None:
    shape = DataShape("points", 0, 2, 100)
    system = GANSystem(GANTraining(z_dim=2, hidden=(8,), discriminator_hidden=(8,)), Setup(shape, 10, 8))
    assert set(system.measure(Batch(torch.randn(20, 2)), _noise(0))) == {"diversity"}


def test_modes_are_measured_against_the_mixture_of_the_labels() -> None:
    """An untrained generator that is made to draw the first centre alone."""
    shape = DataShape("points", 0, 2, 100, tuple("abcd"))
    system = GANSystem(GANTraining(z_dim=2, hidden=(8,), discriminator_hidden=(8,)), Setup(shape, 10, 8))
    with torch.no_grad():
        for weight in system.generator().parameters():
            weight.zero_()
        system.generator().get_parameter("layers.plane.linear.bias")[0] = 1.0
    found = system.measure(_ring(2000, 0), _noise(0))
    assert (found["modes"], found["balanced_modes"], found["high_quality"]) == (1, 1, 1)
    assert found["reverse_kl"] == pytest.approx(math.log(4))


def test_dcgan_sends_points_elsewhere() -> None:
    from trainers.systems.dcgan import DCGANSystem, DCGANTraining

    with pytest.raises(TrainingError, match="system gan"):
        DCGANSystem(DCGANTraining(), Setup(DataShape("points", 0, 2, 100), 10, 8))
