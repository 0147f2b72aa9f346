"""The probability that follows overfitting, and whose random numbers are whose."""

from __future__ import annotations

from typing import Literal

import pytest
import torch

from trainers.augment.augmenter import Augmenter, AugmentSettings
from trainers.augment.strength import Strength, StrengthSettings
from trainers.team import ALONE, Team


def _strength() -> Strength:
    return Strength(StrengthSettings(ada_target=0.6, ada_images=4000), batch_size=10)


def test_overfitting_raises_the_probability_and_its_end_lowers_it() -> None:
    strength = _strength()
    for _ in range(40):
        strength.update(0.9)
    assert strength.p == pytest.approx(0.1)  # 400 images of 4000
    for _ in range(20):
        strength.update(0.1)
    assert strength.p == pytest.approx(0.05)


def test_the_probability_stays_between_0_and_1() -> None:
    strength = _strength()
    for _ in range(8):
        strength.update(-1.0)
    assert strength.p == 0
    for _ in range(1000):
        strength.update(1.0)
    assert strength.p == 1


def test_a_resumed_probability_goes_on_in_the_middle_of_its_count() -> None:
    first, second = _strength(), _strength()
    for sign in (0.9, 0.9, 0.9, 0.9, 0.9, 0.2):
        first.update(sign)
    second.load_state_dict(first.state_dict())
    for sign in (0.9, 0.9, 0.0):
        first.update(sign)
        second.update(sign)
    assert first.state_dict() == second.state_dict()
    assert first.p > 0


@pytest.mark.parametrize("kind", ["diffaugment", "ada"])
def test_two_processes_augment_as_one_does(kind: Literal["diffaugment", "ada"]) -> None:
    config = AugmentSettings(augment=kind)
    images = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    teams = [ALONE, Team(0, 2), Team(1, 2)]
    made = []
    for team in teams:
        augmenter = Augmenter(config, 6, team)
        augmenter.load_state_dict({"p": 0.9, "seen": []})
        numbers = augmenter.numbers(torch.Generator().manual_seed(5), "cpu")
        made.append(augmenter(team.part(images), numbers))
    torch.testing.assert_close(torch.cat(made[1:]), made[0])
    assert not torch.allclose(made[0], images)


def test_nothing_is_augmented_unless_asked() -> None:
    augmenter = Augmenter(AugmentSettings(), 4, ALONE)
    images = torch.rand(4, 3, 8, 8)
    noise = torch.Generator().manual_seed(0)
    before = noise.get_state()
    assert augmenter(images, augmenter.numbers(noise, "cpu")) is images
    assert torch.equal(noise.get_state(), before)


def test_following_counts_against_the_boundary() -> None:
    augmenter = Augmenter(AugmentSettings(augment="ada", ada_images=1, ada_target=0.3), 4, ALONE)
    for _ in range(4):
        augmenter.follow(torch.tensor([5.0, 6.0, 7.0, 1.0]), torch.tensor(4.0))  # mean sign 1/2
    assert augmenter.p == 1
    for _ in range(4):
        augmenter.follow(torch.tensor([5.0, 6.0, 7.0, 1.0]), torch.tensor(6.5))  # mean sign -1/2
    assert augmenter.p == 0
