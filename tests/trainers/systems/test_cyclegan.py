"""CycleGAN, trained for real without pairs and measured with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from latentlab.errors import TrainingError
from latentlab.formats import open_model
from latentlab.formats.report import Card
from latentlab.models.translator import Translator
from trainers import checkpoint
from trainers.batch import Batch, DataShape
from trainers.image_pool import ImagePool
from trainers.systems.cyclegan import CycleGANSystem, CycleGANTraining
from trainers.systems.system import Setup

_SMALL: dict[str, Any] = {
    "width": 8, "residuals": 1, "discriminator_width": 8, "discriminator_levels": 1, "learning_rate": 2e-3,
    "ema_half_life": 10,
}  # fmt: skip
_SHAPE = DataShape("pictures", 16, 1, 500, has_targets=True)


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _boxes(count: int, seed: int) -> Tensor:
    """Bright boxes on dark paper, 16 px; the other set is their negative."""
    noise = _noise(seed)
    images = torch.full((count, 1, 16, 16), -0.8)
    for image in images[:, 0]:
        top, left = torch.randint(2, 9, (2,), generator=noise).tolist()
        image[top : top + 5, left : left + 5] = 0.3 + 0.5 * torch.rand((), generator=noise)
    return images


def test_swapped_colours_are_the_picture_s_own_in_every_order() -> None:
    shape = DataShape("pictures", 16, 3, 500, has_targets=True)
    plain, swapping = (
        CycleGANSystem(CycleGANTraining(**_SMALL, swap_colours=swaps), Setup(shape, 10, 64))
        for swaps in (False, True)
    )
    images = torch.rand(64, 3, 16, 16, generator=_noise(0))
    assert torch.equal(plain._recoloured(images, _noise(1)), images)
    swapped = swapping._recoloured(images, _noise(1))
    orders = [
        tuple(next(k for k in range(3) if torch.equal(plane, image[k])) for plane in other)
        for image, other in zip(images, swapped, strict=True)
    ]
    assert len(set(orders)) == 6
    assert all(sorted(order) == [0, 1, 2] for order in orders)


def test_generators_without_normalisation_see_how_strong_the_contrast_is() -> None:
    picture = torch.rand(1, 1, 16, 16, generator=_noise(0)) - 0.5
    for norm, tells in (("instance", False), ("none", True)):
        settings = CycleGANTraining(**_SMALL, norm=norm, halvings=1)  # type: ignore[arg-type]
        network = CycleGANSystem(settings, Setup(_SHAPE, 10, 8)).networks["generator"]
        assert isinstance(network, Translator)
        with torch.no_grad():
            weak, strong = (network.synthesize(torch.zeros(1, 0, 0), image=c * picture) for c in (1, 2))
        apart = float((weak - strong).abs().mean() / weak.abs().mean())
        assert (apart > 0.3) if tells else (apart < 0.1)


def test_the_penalty_keeps_the_discriminators_flat() -> None:
    slopes = []
    for gamma in (1e-6, 30.0):
        settings = CycleGANTraining(**_SMALL, r1_gamma=gamma, penalty_every=2)
        system = CycleGANSystem(settings, Setup(_SHAPE, 20, 8))
        for step in range(13):
            batch = Batch(_boxes(8, 2 * step), targets=-_boxes(8, 2 * step + 1))
            losses = system.train_step(batch, step, _noise(step))
            assert ("r1" in losses) is (step % 2 == 0)
        slopes.append(losses["r1"])
    assert slopes[1] < slopes[0] / 2


def test_a_run_from_before_there_was_augmentation_goes_on() -> None:
    system, other = (CycleGANSystem(CycleGANTraining(**_SMALL), Setup(_SHAPE, 10, 8)) for _ in range(2))
    system.train_step(Batch(_boxes(8, 0), targets=-_boxes(8, 1)), 0, _noise(0))
    state = system.state_dict()
    del state["augmentation"]
    other.load_state_dict(state)
    batch = Batch(_boxes(8, 2), targets=-_boxes(8, 3))
    assert other.train_step(batch, 1, _noise(1)) == system.train_step(batch, 1, _noise(1))


def test_augmentation_follows_how_sure_the_discriminators_are() -> None:
    settings = CycleGANTraining(**_SMALL, augment="ada", ada_images=100, ada_target=0.0)
    system = CycleGANSystem(settings, Setup(_SHAPE, 40, 8))
    for step in range(24):
        batch = Batch(_boxes(8, 2 * step), targets=-_boxes(8, 2 * step + 1))
        losses = system.train_step(batch, step, _noise(step))
    assert losses["augment"] > 0, "they tell real from drawn"


def test_it_finds_the_partners_without_having_seen_a_pair() -> None:
    steps = 30
    settings = CycleGANTraining(**_SMALL, identity=0.0, partners=True)
    system = CycleGANSystem(settings, Setup(_SHAPE, steps, 8))
    held_out = _boxes(40, 10**6)
    pairs = Batch(held_out, targets=-held_out)
    before = system.measure(pairs, _noise(0))
    for step in range(steps):
        batch = Batch(_boxes(8, 2 * step), targets=-_boxes(8, 2 * step + 1))
        losses = system.train_step(batch, step, _noise(step))
    assert losses.keys() >= {"generator", "discriminator", "real", "fake", "cycle", "identity"}
    after = system.measure(pairs, _noise(0))
    assert before["partner_error"] > 0.4  # even grey is nearer than the picture itself
    assert after["partner_error"] < 0.25
    assert after["partner_error_back"] < 0.25
    assert after["cycle"] < before["cycle"] / 2
    words = dict(system.measures_in_words(after))
    assert words["Error to the true partner, held-out pictures"].startswith(
        f"{after['partner_error']:.2f} of"
    )
    assert words["Error after going there and back, held-out pictures"].endswith(" of 255")
    back = system.further_models()["back"]
    assert back.capabilities.is_translator
    drawn = back.synthesize(torch.zeros(40, 0, 0), image=-held_out)
    assert float((drawn - held_out).abs().mean() / (2 * held_out).abs().mean()) == pytest.approx(
        after["partner_error_back"], abs=0.02
    )
    scores = system.scores(pairs)
    assert scores is not None
    assert scores.shape == (40,)


def test_a_checkpoint_holds_both_directions(tmp_path: Path) -> None:
    system = CycleGANSystem(CycleGANTraining(**_SMALL), Setup(_SHAPE, 10, 4))
    card = Card(name="Boxes", family="ResNet translator")
    checkpoint.save(tmp_path, system, {}, system.generator(), card)
    images = _boxes(2, 0)
    for name, title, own in (
        ("model", "Boxes", system.generator()),
        ("model-back", "Boxes, back", system.further_models()["back"]),
    ):
        opened = open_model(tmp_path / f"{name}.safetensors")
        assert opened.card.name == title
        drawn = [each.synthesize(torch.zeros(2, 0, 0), image=images) for each in (opened.generator, own)]
        torch.testing.assert_close(drawn[0], drawn[1])


def test_the_pool_shows_every_other_picture_again() -> None:
    pool, noise = ImagePool(4), _noise(0)
    first = torch.arange(4.0).view(4, 1, 1, 1)
    assert torch.equal(pool.exchange(first, noise), first)  # until it is full
    fresh = 0
    seen = set(range(4))
    for start in range(4, 404, 4):
        new = torch.arange(start, start + 4.0).view(4, 1, 1, 1)
        shown = pool.exchange(new, noise).flatten().tolist()
        fresh += sum(value >= start for value in shown)
        seen |= set(range(start, start + 4))
        assert set(shown) <= seen
        assert pool.pictures is not None
        assert len(pool.pictures) == 4
    # Half are shown at once; a picture can also come back within its own batch.
    assert 180 < fresh < 300


def test_no_pool_shows_the_newest() -> None:
    images = torch.randn(3, 1, 2, 2)
    assert ImagePool(0).exchange(images, _noise(0)) is images


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (DataShape("pictures", 16, 1, 500), "two folders"),
        (DataShape("pictures", 18, 1, 500, has_targets=True), "18"),
        (DataShape("pictures", 8, 1, 500, has_targets=True), "at least 16"),
    ],
)
def test_data_it_cannot_learn_are_refused(shape: DataShape, words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        CycleGANSystem(CycleGANTraining(**_SMALL), Setup(shape, 10, 4))


def test_a_bad_number_is_named() -> None:
    system = CycleGANSystem(CycleGANTraining(**_SMALL), Setup(_SHAPE, 10, 4))
    targets = -_boxes(4, 0)
    targets[0, 0, 0, 0] = torch.nan
    with pytest.raises(TrainingError, match="NaN in the output 'back' at step 3"):
        system.train_step(Batch(_boxes(4, 1), targets=targets), 3, _noise(3))
    with pytest.raises(TrainingError, match="second set"):
        system.train_step(Batch(_boxes(4, 1)), 0, _noise(0))
