"""Rules that look at samples: each is given what it looks for, and healthy samples it must be quiet at."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist, pdist

from tests.trainers.watching.sights import config, feed, look, pictures, sight
from trainers.watching import RULES
from trainers.watching.collapse import ModeCollapse
from trainers.watching.discriminator import DiscriminatorTooWeak
from trainers.watching.leaking import AugmentationLeaking, empty_edges, uprightness
from trainers.watching.memorisation import Memorisation
from trainers.watching.posterior import PosteriorCollapse
from trainers.watching.samples import Seen


def test_good_samples_raise_no_warning() -> None:
    for kind in RULES:
        rule = kind(config(augment="ada"))
        assert look(rule, *(sight(pictures(60, seed), step=300 + seed) for seed in range(3, 9))) == []


def test_figures_against_scipy() -> None:
    drawn, train, held_out = pictures(40, 5) * 0.5 + 0.3, pictures(50, 6), pictures(30, 7)
    seen = Seen(sight(drawn, train=train, held_out=held_out))
    flat = [images.flatten(1).numpy() for images in (drawn, train, held_out)]
    assert seen.diversity == pytest.approx(pdist(flat[0]).mean() / pdist(flat[1]).mean(), rel=1e-4)
    between = cdist(flat[0], flat[2]).mean()
    energy = 2 * between - pdist(flat[0]).mean() - pdist(flat[2]).mean()
    assert seen.apart == pytest.approx(energy / (2 * between), rel=1e-3)


def test_a_network_that_grows_is_held_against_data_of_its_size() -> None:
    drawn, train, held_out = pictures(60, 5), pictures(60, 6, side=32), pictures(60, 7, side=32)
    grown = Seen(sight(drawn, train=train, held_out=held_out))
    small = [torch.nn.functional.adaptive_avg_pool2d(images, 8) for images in (train, held_out)]
    assert grown.apart == pytest.approx(Seen(sight(drawn, train=small[0], held_out=small[1])).apart)
    for kind in RULES:
        rule = kind(config(augment="ada"))
        grows = (sight(pictures(60, step), train=train, held_out=held_out, step=step) for step in (300, 400))
        assert look(rule, *grows) == []


def test_samples_that_resemble_each_other() -> None:
    alike = pictures(1, 3) + 0.05 * torch.randn(60, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    warned = look(ModeCollapse(config()), *(sight(alike, step=step) for step in (300, 400, 500)))
    assert {each.kind for each in warned} == {"mode_collapse"}
    assert warned[0].step == 400  # the second sheet in a row
    assert warned[0].evidence["diversity"] < 0.3
    assert (
        look(ModeCollapse(config()), *(sight(alike, step=step) for step in (10, 20, 30))) == []
    )  # has just begun


def test_points_that_leave_out_modes() -> None:
    noise = torch.Generator().manual_seed(0)

    def ring(count: int, modes: list[int]) -> torch.Tensor:
        angles = torch.tensor(modes)[torch.randint(len(modes), (count,), generator=noise)] * (np.pi / 4)
        return torch.stack([angles.cos(), angles.sin()], 1) + 0.01 * torch.randn(count, 2, generator=noise)

    data = {"train": ring(400, list(range(8))), "held_out": ring(300, list(range(8)))}
    lost = [sight(ring(300, [0, 3, 6]), step=step, **data) for step in (300, 400)]
    (warned,) = look(ModeCollapse(config()), *lost)
    assert warned.evidence["lost_share"] == pytest.approx(5 / 8, abs=0.1)
    all_there = [sight(ring(300, list(range(8))), step=step, **data) for step in (300, 400)]
    assert look(ModeCollapse(config()), *all_there) == []


def test_a_class_that_has_collapsed_is_named() -> None:
    labels = torch.arange(60) % 3
    drawn = pictures(60, 4)
    drawn[labels == 2] = drawn[2].clone()
    sights = [
        sight(drawn, step=step, labels=labels, train_labels=torch.arange(200) % 3) for step in (300, 400)
    ]
    (warned,) = look(ModeCollapse(config()), *sights)
    assert "number 2" in warned.text
    assert set(warned.evidence) == {"diversity_of_class_2"}


def test_a_discriminator_that_knows_nothing() -> None:
    noise = torch.Generator().manual_seed(0)
    guessing = {name: torch.randn(100, generator=noise) for name in ("train", "held_out", "drawn")}
    grey = 0.1 * pictures(60, 3) + 0.8
    sights = [sight(grey, step=step, scores=guessing) for step in (300, 400, 500)]
    (warned,) = look(DiscriminatorTooWeak(config()), *sights)
    assert 0.4 < warned.evidence["auc"] < 0.6
    good = [sight(pictures(60, 3), step=step, scores=guessing) for step in (300, 400, 500)]
    assert look(DiscriminatorTooWeak(config()), *good) == []  # samples as good as data are hard to tell
    told = [sight(grey, step=step) for step in (300, 400, 500)]
    assert look(DiscriminatorTooWeak(config()), *told) == []


def test_a_discriminator_whose_scores_say_nothing_to_the_generator() -> None:
    """A penalty that is far too strong leaves an order, and differences too small to learn from."""
    rule = DiscriminatorTooWeak(config())
    feed(rule, [{"real": 0.001, "fake": -0.001}] * 100)
    grey = 0.1 * pictures(60, 3) + 0.8
    (warned,) = look(rule, *(sight(grey, step=step) for step in (300, 400, 500)))
    assert warned.evidence["auc"] > 0.8
    assert warned.evidence["loss_left"] > 0.99


def test_samples_that_are_still_spreading_out_have_not_collapsed() -> None:
    slow = [sight(0.1 * step / 100 * pictures(60, 3), step=step) for step in (200, 240, 280, 320)]
    assert look(ModeCollapse(config()), *slow) == []


def test_a_discriminator_that_knows_its_pictures_by_heart() -> None:
    noise = torch.Generator().manual_seed(0)
    by_heart = {
        "train": torch.randn(200, generator=noise) + 5,
        "held_out": torch.randn(100, generator=noise) - 2,
        "drawn": torch.randn(60, generator=noise) - 3,
    }
    sights = [sight(pictures(60, 3), step=step, scores=by_heart) for step in (300, 400)]
    (warned,) = look(Memorisation(config()), *sights)
    assert warned.evidence["gap"] == pytest.approx(7 / 8, abs=0.1)
    assert warned.evidence["auc"] > 0.99


def test_samples_that_are_copies() -> None:
    train = pictures(200, 1)
    copies = train[:60] + 0.02 * torch.randn(60, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    (warned,) = look(Memorisation(config()), *(sight(copies, step=step, train=train) for step in (300, 400)))
    assert warned.severity == "serious"
    assert warned.evidence["copies"] > 0.9
    assert warned.evidence["copies_among_held_out"] < 0.1


def test_blurred_samples_are_no_copies() -> None:
    """The mean of two pictures is nearer to both than any held-out picture is."""
    train = pictures(200, 1)
    means = (train[:60] + train[60:120]) / 2
    assert look(Memorisation(config()), *(sight(means, step=step, train=train) for step in (300, 400))) == []


def test_units_that_say_nothing() -> None:
    idle = [sight(pictures(60, 3), step=step, measures={"used_units": 0.0}) for step in (300, 400)]
    (warned,) = look(PosteriorCollapse(config()), *idle)
    assert warned.evidence["units"] == 8
    busy = [sight(pictures(60, 3), step=step, measures={"used_units": 5.0}) for step in (300, 400)]
    assert look(PosteriorCollapse(config()), *busy) == []


def test_augmentation_that_shows() -> None:
    rule = config(augment="diffaugment")
    shifted = pictures(60, 3)
    shifted[::2, :, 0] = 0.0  # an empty edge, as a shift leaves it
    (warned,) = look(AugmentationLeaking(rule), *(sight(shifted, step=step) for step in (300, 400)))
    assert warned.evidence["empty_edges"] == pytest.approx(0.5, abs=0.05)
    light = pictures(60, 3) + 1.5 * torch.rand(60, 1, 1, 1, generator=torch.Generator().manual_seed(0))
    (warned,) = look(AugmentationLeaking(rule), *(sight(light, step=step) for step in (300, 400)))
    assert warned.evidence["spread_of_brightness"] > 1.6
    turned = pictures(60, 3)
    turned[::2] = turned[::2].flip(-1, -2)
    (warned,) = look(AugmentationLeaking(rule), *(sight(turned, step=step) for step in (300, 400)))
    assert warned.evidence["uprightness"] < 0.3
    assert look(AugmentationLeaking(config()), *(sight(turned, step=step) for step in (300, 400))) == []


def test_edges_and_uprightness() -> None:
    images = pictures(50, 3)
    before = empty_edges(images)
    assert before < 0.05
    images[:10, :, :, -1] = 0.7
    assert empty_edges(images) == pytest.approx(0.2, abs=before)
    assert uprightness(pictures(50, 4), pictures(50, 5)) == pytest.approx(1, abs=0.2)
    assert uprightness(pictures(50, 4).flip(-1, -2), pictures(50, 5)) < -0.5
    level = pictures(50, 4) - torch.linspace(0.4, -0.4, 8)[:, None]
    assert uprightness(level.flip(-1, -2), level) == 1  # no upper end, so nothing can be upside down
