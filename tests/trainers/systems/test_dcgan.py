"""DCGAN and the conditional GAN, trained for real on small pictures."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from latentlab.errors import TrainingError
from latentlab.models.layered import LayeredGAN
from latentlab.models.steps import Norm
from trainers.batch import Batch, DataShape
from trainers.systems.cgan import CGANSystem, CGANTraining
from trainers.systems.dcgan import DCGANSystem, DCGANTraining
from trainers.systems.system import Setup


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _halves(count: int, seed: int) -> Batch:
    """Pictures of 16 px, dark on one side and bright on the other, at some level: 0 left dark, 1 top dark."""
    noise = _noise(seed)
    labels = torch.randint(2, (count,), generator=noise)
    level = 0.5 + 0.4 * torch.rand(count, 1, 1, 1, generator=noise)
    slope = torch.cat([-torch.ones(8), torch.ones(8)])
    across, down = slope.expand(16, 16), slope[:, None].expand(16, 16)
    return Batch(level * torch.where(labels[:, None, None, None] == 0, across, down), labels)


def _sides(images: Tensor) -> Tensor:
    """How much brighter each picture is on the right and at the bottom, (N, 2)."""
    right = images[..., 8:].mean((1, 2, 3)) - images[..., :8].mean((1, 2, 3))
    down = images[:, :, 8:].mean((1, 2, 3)) - images[:, :, :8].mean((1, 2, 3))
    return torch.stack([right, down], 1)


_FAST: dict[str, Any] = {
    "z_dim": 4, "width": 8, "max_width": 16, "learning_rate": 3e-3, "r1_gamma": 0.3, "r2_gamma": 0.3,
    "penalty_every": 2, "ema_half_life": 20, "steady": 0.5,
}  # fmt: skip
_CLASSIC: dict[str, Any] = _FAST | {
    "form": "classic", "first_weights": "small", "objective": "non_saturating", "r1_gamma": 0,
    "r2_gamma": 0, "beta1": 0.5, "beta2": 0.999, "learning_rate": 2e-3,
}  # fmt: skip


_LAYERED: dict[str, Any] = _FAST | {"form": "layered"}


@pytest.mark.parametrize("settings", [_FAST, _CLASSIC, _LAYERED], ids=["modern", "classic", "layered"])
def test_every_form_learns_both_kinds_of_picture(settings: dict[str, Any]) -> None:
    steps = 80
    system = DCGANSystem(DCGANTraining(**settings), Setup(DataShape("pictures", 16, 1, 500), steps, 16))
    for step in range(steps):
        system.train_step(Batch(_halves(16, step).images), step, _noise(step))
    z = torch.randn(200, 4, generator=_noise(1))
    sides = _sides(system.draw(system.generator(), z, _halves(200, 0)))
    one, other = sides.max(1).values, sides.min(1).values
    assert one.mean() > 0.7  # real ones: 1.4
    assert other.abs().mean() < 0.5
    share = (sides[:, 0] > sides[:, 1]).float().mean().item()
    assert 0.1 < share < 0.9


@pytest.mark.parametrize("settings", [_FAST, _LAYERED], ids=["modern", "layered"])
def test_the_label_decides_what_is_drawn(settings: dict[str, Any]) -> None:
    steps = 60
    shape = DataShape("pictures", 16, 1, 500, ("across", "down"))
    system = CGANSystem(CGANTraining(**settings, embedding=4), Setup(shape, steps, 16))
    for step in range(steps):
        system.train_step(_halves(16, step), step, _noise(step))
    batch = _halves(200, 10**6)
    assert batch.labels is not None
    sides = _sides(system.draw(system.generator(), torch.randn(200, 4, generator=_noise(1)), batch))
    assert (sides.argmax(1) == batch.labels).float().mean() > 0.9
    assert system.generator().capabilities.class_names == ("across", "down")
    assert system.measure(batch, _noise(0))["diversity_within"] > 0


def test_the_forms_are_what_they_say() -> None:
    shape = DataShape("pictures", 32, 3, 100)
    classic, modern = (
        DCGANSystem(DCGANTraining(form=form, width=8, first_weights="small"), Setup(shape, 10, 8))  # type: ignore[arg-type]
        for form in ("classic", "modern")
    )
    for system, normed in ((classic, True), (modern, False)):
        assert any(isinstance(step, Norm) for step in system.generator().config.layers) is normed
        judge = system.networks["discriminator"]
        assert any(isinstance(module, nn.BatchNorm2d) for module in judge.modules()) is normed
    layered = DCGANSystem(DCGANTraining(form="layered", width=8, first_weights="small"), Setup(shape, 10, 8))
    assert isinstance(layered.generator(), LayeredGAN)
    assert not any(
        isinstance(module, nn.BatchNorm2d) for module in layered.networks["discriminator"].modules()
    )
    for system in (classic, modern, layered):
        weight = next(w for w in system.networks["discriminator"].parameters() if w.ndim == 4)
        assert weight.std().item() == pytest.approx(0.02, rel=0.2)


def test_bfloat16_learns_nearly_the_same() -> None:
    shape = DataShape("pictures", 16, 1, 500)
    losses = []
    for precision in ("float32", "bfloat16"):
        settings = DCGANTraining(**(_FAST | {"precision": precision}))
        system = DCGANSystem(settings, Setup(shape, 10, 32))
        losses.append([system.train_step(_halves(32, step), step, _noise(step)) for step in range(3)][-1])
    assert losses[0]["discriminator"] == pytest.approx(losses[1]["discriminator"], abs=0.02)
    assert losses[0]["generator"] != losses[1]["generator"]


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        (DataShape("pictures", 24, 1, 10, ("a", "b")), "resolution"),
        (DataShape("pictures", 16, 1, 10), "classes"),
    ],
)
def test_data_that_do_not_fit_are_refused(shape: DataShape, match: str) -> None:
    with pytest.raises(TrainingError, match=match):
        CGANSystem(CGANTraining(), Setup(shape, 10, 8))
