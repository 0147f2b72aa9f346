"""StyleGAN2, trained for real on small pictures."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from latentlab.errors import TrainingError
from trainers.batch import Batch, DataShape
from trainers.styles import partners
from trainers.systems.stylegan2 import StyleGAN2System, StyleGAN2Training
from trainers.systems.system import Setup

_SMALL: dict[str, Any] = {
    "z_dim": 4, "w_dim": 8, "channel_base": 128, "channel_max": 16, "learning_rate": 5e-3, "r1_gamma": 0.1,
    "r1_every": 4, "ema_images": 200,
}  # fmt: skip


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _halves(count: int, seed: int) -> Batch:
    """Pictures of 8 px, bright on the right (0) or at the bottom (1), at some level."""
    noise = _noise(seed)
    labels = torch.randint(2, (count,), generator=noise)
    level = 0.5 + 0.4 * torch.rand(count, 1, 1, 1, generator=noise)
    slope = torch.cat([-torch.ones(4), torch.ones(4)])
    across, down = slope.expand(8, 8), slope[:, None].expand(8, 8)
    return Batch(level * torch.where(labels[:, None, None, None] == 0, across, down), labels)


def _sides(images: Tensor) -> Tensor:
    """How much brighter each picture is on the right and at the bottom, (N, 2)."""
    right = images[..., 4:].mean((1, 2, 3)) - images[..., :4].mean((1, 2, 3))
    down = images[:, :, 4:].mean((1, 2, 3)) - images[:, :, :4].mean((1, 2, 3))
    return torch.stack([right, down], 1)


def _system(shape: DataShape, **settings: object) -> StyleGAN2System:
    return StyleGAN2System(StyleGAN2Training(**{**_SMALL, **settings}), Setup(shape, 60, 16))


@pytest.mark.parametrize("extra", [{}, {"precision": "bfloat16", "objective": "relativistic"}])
def test_the_class_decides_what_is_drawn(extra: dict[str, Any]) -> None:
    system = _system(DataShape("pictures", 8, 1, 500, ("across", "down")), conditional=True, **extra)
    for step in range(60):
        losses = system.train_step(_halves(16, step), step, _noise(step))
    assert losses.keys() >= {"generator", "discriminator", "real", "fake", "norm/generator"}
    batch = _halves(200, 10**6)
    assert batch.labels is not None
    generator = system.generator()
    assert generator.capabilities.class_names == ("across", "down")
    sides = _sides(system.draw(generator, torch.randn(200, 4, generator=_noise(1)), batch))
    assert (sides.argmax(1) == batch.labels).float().mean() > 0.95
    assert sides.max(1).values.mean() > 0.9  # real ones: 1.4
    assert not torch.equal(generator.code_mean, torch.zeros(8))
    found = system.scores(batch)
    assert found is not None
    assert found.shape == (200,)


def test_the_reward_for_variety_compares_pictures_of_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    system = _system(DataShape("pictures", 8, 1, 500, ("across", "down")), conditional=True, mode_seeking=0.1)
    asked: list[Tensor] = []
    draw_batch = system.draw_batch

    def noting(count: int, condition: Tensor, *rest: Any, **more: Any) -> tuple[Tensor, Tensor]:
        asked.append(condition)
        return draw_batch(count, condition, *rest, **more)

    monkeypatch.setattr(system, "draw_batch", noting)
    batch = _halves(16, 0)
    losses = system.train_step(batch, 1, _noise(0))
    assert losses["mode_seeking"] > 0
    assert batch.labels is not None
    classes = torch.nn.functional.one_hot(batch.labels, 2).float()
    first, second = partners(16, 4)
    torch.testing.assert_close(asked[0][first], classes[first])
    torch.testing.assert_close(asked[0][second], classes[first])


def test_it_learns_to_draw_one_class_in_different_ways() -> None:
    apart = []
    for weight in (0.0, 2.0):
        system = _system(
            DataShape("pictures", 8, 1, 500, ("across", "down")), conditional=True, mode_seeking=weight
        )
        for step in range(60):
            system.train_step(_halves(16, step), step, _noise(step))
        same = Batch(torch.zeros(100, 1, 8, 8), torch.zeros(100, dtype=torch.long))
        drawn = system.draw(system.generator(), torch.randn(100, 4, generator=_noise(1)), same)
        apart.append(float(drawn.std(0).mean()))
    assert apart[1] > 1.5 * apart[0]


def test_penalties_come_when_they_are_due() -> None:
    system = _system(DataShape("pictures", 8, 1, 500), path_every=3, r1_every=2)
    for step in range(6):
        losses = system.train_step(Batch(_halves(16, step).images), step, _noise(step))
        assert ("path_length" in losses) == (step % 3 == 0)
        assert ("r1" in losses) == (step % 2 == 0)
    off = _system(DataShape("pictures", 8, 1, 500), path_weight=0.0, r1_gamma=0.0)
    assert not {"r1", "path_length"} & off.train_step(_halves(16, 0), 0, _noise(0)).keys()


def test_the_penalty_follows_the_rule_of_thumb() -> None:
    system = StyleGAN2System(StyleGAN2Training(channel_max=4), Setup(DataShape("pictures", 256, 3), 10, 64))
    assert system.r1_gamma() == pytest.approx(0.2048)


@pytest.mark.parametrize(
    ("shape", "settings", "words"),
    [
        (DataShape("pictures", 24, 3, 10), {}, "24"),
        (DataShape("points", 0, 2, 10), {}, "points"),
        (DataShape("pictures", 8, 3, 10), {"conditional": True}, "two classes"),
    ],
)
def test_data_it_cannot_learn_are_refused(shape: DataShape, settings: dict[str, object], words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        _system(shape, **settings)


def test_a_bad_number_is_named() -> None:
    system = _system(DataShape("pictures", 8, 1, 500))
    images = _halves(16, 0).images
    images[3, 0, 2, 2] = torch.nan
    with pytest.raises(TrainingError, match="NaN in the loss 'discriminator' at step 5"):
        system.train_step(Batch(images), 5, _noise(5))
    system = _system(DataShape("pictures", 8, 1, 500))
    next(system.networks["generator"].parameters()).data.fill_(torch.inf)
    with pytest.raises(TrainingError, match="output"):
        system.train_step(_halves(16, 0), 0, _noise(0))
