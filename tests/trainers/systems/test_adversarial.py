"""One step of the game: what it reports, what it moves, and what stops it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import torch

from latentlab.errors import TrainingError
from trainers.batch import Batch, DataShape
from trainers.objectives.adversarial import Objective
from trainers.regularisers import squared_gradient
from trainers.systems.gan import GANSystem, GANTraining
from trainers.systems.system import Setup

_SMALL: dict[str, Any] = {"z_dim": 2, "hidden": (16,), "discriminator_hidden": (16,)}
_POINTS = DataShape("points", 0, 2, 100)


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _system(steps: int = 10, shape: DataShape = _POINTS, **settings: Any) -> GANSystem:
    return GANSystem(GANTraining(**(_SMALL | settings)), Setup(shape, steps, 8))


def _batch(seed: int = 0) -> Batch:
    return Batch(torch.randn(8, 2, generator=_noise(seed)))


@pytest.mark.parametrize("objective", get_args(Objective))
def test_every_objective_moves_both_networks(objective: Objective) -> None:
    system = _system(objective=objective)
    before = {name: [w.clone() for w in n.parameters()] for name, n in system.networks.items()}
    losses = system.train_step(_batch(), 0, _noise(0))
    assert set(losses) == {
        *("generator", "discriminator", "real", "fake", "r1", "r2"),
        *("norm/generator", "norm/discriminator"),
    }
    for name, network in system.networks.items():
        moved = [not torch.equal(a, b) for a, b in zip(before[name], network.parameters(), strict=True)]
        assert all(moved[:-1])  # hinge does not move the last bias while every score is within 1


def test_the_reported_slopes_and_scores_are_those_of_the_discriminator() -> None:
    system = _system(r1_gamma=0.7, r2_gamma=0.3)
    twin = _system(r1_gamma=0.7, r2_gamma=0.3)
    batch, z = _batch(), torch.randn(8, 2, generator=_noise(5))
    losses = system.train_step(batch, 0, _noise(5))
    judge = twin.networks["discriminator"]
    with torch.no_grad():
        drawn = twin.paint(twin.networks["generator"], z, None)  # type: ignore[arg-type]
    found = {}
    for name, items in (("real", batch.images), ("fake", drawn)):
        items = items.clone().requires_grad_()
        scores = judge(items)
        found[name] = scores, squared_gradient(scores, items).mean()
    assert losses["real"] == pytest.approx(found["real"][0].mean().item(), abs=1e-5)
    assert losses["r1"] == pytest.approx(found["real"][1].item(), rel=1e-4)
    assert losses["r2"] == pytest.approx(found["fake"][1].item(), rel=1e-4)
    played = torch.nn.functional.softplus(found["fake"][0] - found["real"][0]).mean()
    penalties = 0.35 * found["real"][1] + 0.15 * found["fake"][1]
    assert losses["discriminator"] == pytest.approx((played + penalties).item(), rel=1e-5)


def test_lazy_penalties_come_every_few_steps() -> None:
    system = _system(penalty_every=3)
    reported = ["r1" in system.train_step(_batch(), step, _noise(step)) for step in range(6)]
    assert reported == [True, False, False, True, False, False]


def test_the_generator_may_move_less_often() -> None:
    system = _system(objective="wasserstein", r1_gamma=0, r2_gamma=0, gradient_penalty=10, generator_every=3)
    reported = [system.train_step(_batch(), step, _noise(step)) for step in range(3)]
    assert ["generator" in losses for losses in reported] == [False, False, True]
    assert all("gradient_penalty" in losses for losses in reported)


def test_rates_follow_the_schedule() -> None:
    system = _system(learning_rate=0.1, discriminator_learning_rate=0.2, schedule="linear")
    for step in (0, 5):
        system.train_step(_batch(), step, _noise(step))
        rates = [optimiser.param_groups[0]["lr"] for optimiser in system._optimisers.values()]
        assert rates == pytest.approx([0.1 * (1 - step / 10), 0.2 * (1 - step / 10)])


def test_packs_are_scored_with_the_items_that_follow() -> None:
    system = _system(pack=2)
    batch = _batch()
    scores = system.scores(batch)
    assert scores is not None
    judge = system.networks["discriminator"]
    pair = torch.cat([batch.images[7], batch.images[0]])[None]
    torch.testing.assert_close(scores[7:], judge(pair).detach())


def test_scoring_and_measuring_change_nothing() -> None:
    system = _system(spectral_norm=True)
    system.train_step(_batch(), 0, _noise(0))
    before = {name: value.clone() for name, value in system.networks["discriminator"].state_dict().items()}
    system.scores(_batch())
    assert system.measure(_batch(), _noise(1))["diversity"] > 0
    after = system.networks["discriminator"].state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_nan_has_a_name() -> None:
    system = _system()
    with torch.no_grad():
        system.networks["generator"].get_parameter("layers.fc0.linear.bias")[0] = float("nan")
    with pytest.raises(TrainingError, match=r"NaN in the output 'generator' at step 4"):
        system.train_step(_batch(), 4, _noise(0))


def test_batches_that_cannot_be_packed_are_refused() -> None:
    with pytest.raises(TrainingError, match="batch size"):
        _system(pack=3)
    with pytest.raises(TrainingError, match="augment"):
        _system(augment="ada")


def test_mode_seeking_spreads_the_samples() -> None:
    diversity = []
    for weight in (0.0, 1.0):
        system = _system(30, mode_seeking=weight, objective="non_saturating")
        for step in range(30):
            system.train_step(_batch(step), step, _noise(step))
        diversity.append(system.measure(_batch(), _noise(99))["diversity"])
    assert diversity[1] > 1.2 * diversity[0]
