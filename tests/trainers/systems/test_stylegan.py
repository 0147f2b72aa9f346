"""StyleGAN: how it grows, and a real training on small pictures."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from latentlab.errors import TrainingError
from latentlab.formats import open_model
from latentlab.formats.native import save_model
from latentlab.formats.report import Card
from trainers.batch import Batch, DataShape
from trainers.systems.stylegan import Growth, StyleGANSystem, StyleGANTraining, growth
from trainers.systems.system import Setup

_SMALL: dict[str, Any] = {
    "z_dim": 4, "w_dim": 8, "mapping_layers": 2, "channel_base": 128, "channel_max": 16,
    "learning_rate": 5e-3, "r1_gamma": 0.1, "start_resolution": 4, "ema_images": 200,
}  # fmt: skip


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _halves(count: int, seed: int, side: int = 8) -> Batch:
    """Pictures that are bright on the right or at the bottom, at some level."""
    noise = _noise(seed)
    is_down = torch.rand(count, 1, 1, 1, generator=noise) < 0.5
    level = 0.5 + 0.4 * torch.rand(count, 1, 1, 1, generator=noise)
    across = torch.cat([-torch.ones(side // 2), torch.ones(side // 2)]).expand(side, side)
    return Batch(level * torch.where(is_down, across.T, across))


def _sides(images: torch.Tensor) -> torch.Tensor:
    """How much brighter each picture of 8 px is on the right and at the bottom, (N, 2)."""
    right = images[..., 4:].mean((1, 2, 3)) - images[..., :4].mean((1, 2, 3))
    down = images[:, :, 4:].mean((1, 2, 3)) - images[:, :, :4].mean((1, 2, 3))
    return torch.stack([right, down], 1)


def test_growing_takes_its_share_of_the_steps() -> None:
    way = [growth(step, 1000, 0, 2, 0.8) for step in range(1000)]
    assert way[0] == Growth(0, 1.0)
    assert way[199] == Growth(0, 1.0)
    assert way[300] == Growth(1, pytest.approx(0.5))
    assert way[500] == Growth(1, 1.0)
    assert way[700] == Growth(2, pytest.approx(0.5))
    assert set(way[800:]) == {Growth(2, 1.0)}
    sizes = [state.level - 1 + state.alpha for state in way]  # no jumps: a new block starts at 0
    assert all(0 <= after - before <= 0.0051 for before, after in pairwise(sizes))


def test_without_growing_all_of_it_is_there_from_the_start() -> None:
    assert growth(0, 10, 0, 3, 0.0) == Growth(3, 1.0)
    assert growth(0, 10, 3, 3, 0.5) == Growth(3, 1.0)


def test_it_grows_learns_and_can_be_opened_on_the_way(tmp_path: Path) -> None:
    steps = 90
    system = StyleGANSystem(
        StyleGANTraining(**_SMALL, growing=0.5), Setup(DataShape("pictures", 8, 1, 500), steps, 16)
    )
    z = torch.randn(200, 4, generator=_noise(1))
    seen = []
    for step in range(steps):
        system.train_step(_halves(16, step), step, _noise(step))
        if step % 10 == 5:
            seen.append(system.generator().capabilities.resolution)
        if step == 30:  # 8 px are being faded in
            generator, path = system.generator(), tmp_path / "model.safetensors"
            save_model(path, generator, Card(name="growing", family="StyleGAN"))
            again = open_model(path).generator
            with torch.no_grad():
                assert torch.equal(again(z), generator(z))
    assert seen == [4, 4, 8, 8, 8, 8, 8, 8, 8]
    sides = _sides(system.draw(system.generator(), z, _halves(200, 0)))
    one, other = sides.max(1).values, sides.min(1).values
    assert one.mean() > 0.7  # real ones: 1.4
    assert other.abs().mean() < 0.5
    assert 0.1 < (sides[:, 0] > sides[:, 1]).float().mean() < 0.9
    found = system.scores(_halves(8, 0))
    assert found is not None
    assert found.shape == (8,)


def test_larger_pictures_can_come_in_smaller_batches() -> None:
    setup = Setup(DataShape("pictures", 16, 1, 500), 10, 16)
    settings = StyleGANTraining(**_SMALL, growing=0.0, whole_batches=8)
    images, _ = StyleGANSystem(settings, setup).prepare(_halves(16, 0, 16), 0)
    assert images.shape == (8, 1, 16, 16)
    with pytest.raises(TrainingError, match="halved"):
        StyleGANSystem(settings, Setup(setup.shape, 10, 4))


@pytest.mark.parametrize("start", [12, 32])
def test_it_cannot_start_anywhere(start: int) -> None:
    settings = StyleGANTraining(**(_SMALL | {"start_resolution": start}))
    with pytest.raises(TrainingError, match=f"start at {start}"):
        StyleGANSystem(settings, Setup(DataShape("pictures", 16, 1, 500), 10, 16))
