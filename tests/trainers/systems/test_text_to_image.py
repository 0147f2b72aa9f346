"""The text-to-image GAN learns to draw what a caption says."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from latentlab.errors import TrainingError
from tests.trainers.toys.text_to_image import SETTINGS, SHAPES
from trainers.batch import Batch, DataShape
from trainers.systems.system import Setup
from trainers.systems.text_to_image import TextToImageSettings, TextToImageSystem, cut_short

COLOURS = {"red": (220, 40, 40), "green": (40, 170, 60), "blue": (50, 80, 220)}
STEPS = 220


@pytest.fixture(scope="module")
def shapes() -> tuple[Tensor, tuple[str, ...]]:
    """Pictures (N, 3, 16, 16) and their captions."""
    with SHAPES.open() as file:
        rows = list(csv.DictReader(file))
    pixels = np.stack([np.asarray(Image.open(SHAPES.parent / row["file_name"])) for row in rows])
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    return images, tuple(row["caption"] for row in rows)


def shape_of(captions: tuple[str, ...]) -> DataShape:
    return DataShape("pictures", 16, 3, len(captions), captions=tuple(sorted(set(captions))))


def system_of(settings: TextToImageSettings, captions: tuple[str, ...], steps: int) -> TextToImageSystem:
    return TextToImageSystem(settings, Setup(shape_of(captions), steps, 16))


@pytest.fixture(scope="module")
def trained(shapes: tuple[Tensor, tuple[str, ...]]) -> TextToImageSystem:
    images, captions = shapes
    settings = TextToImageSettings(
        z_dim=4,
        width=12,
        max_width=32,
        discriminator_width=16,
        word_dim=8,
        hidden=16,
        caption_dim=16,
        ema_half_life=20,
        learning_rate=4e-3,
        discriminator_learning_rate=4e-3,
        r1_gamma=0.3,
    )
    system = system_of(settings, captions, STEPS)
    for step in range(STEPS):
        noise = torch.Generator().manual_seed(step)
        rows = torch.randint(len(images), (16,), generator=noise).tolist()
        system.train_step(Batch(images[rows], captions=tuple(captions[row] for row in rows)), step, noise)
    return system


def colours_of(images: Tensor) -> list[str]:
    """The nearest colour to the middle of each picture."""
    middle = images[:, :, 6:10, 6:10].mean((2, 3))
    known = torch.tensor(list(COLOURS.values())) / 127.5 - 1
    return [list(COLOURS)[index] for index in torch.cdist(middle, known).argmin(1).tolist()]


def test_the_colour_that_the_caption_names_is_drawn(trained: TextToImageSystem) -> None:
    captions = [f"a {colour} {form}" for colour in COLOURS for form in ("circle", "square")] * 8
    generator = trained.generator()
    z = torch.randn(len(captions), 4, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        drawn = colours_of(generator(z, generator.read(captions)))
        short = colours_of(generator(z, generator.read([caption.split()[1] for caption in captions])))
    wanted = [caption.split()[1] for caption in captions]
    assert np.mean(np.array(drawn) == wanted) > 0.85
    assert np.mean(np.array(short) == wanted) > 0.55  # a word alone is understood too


def test_one_caption_has_more_than_one_picture(trained: TextToImageSystem) -> None:
    generator = trained.generator()
    z = torch.randn(16, 4, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        drawn = generator(z, generator.read(["a red circle"] * 16))
    assert drawn.std(0).mean() > 0.02


def test_measures_say_that_the_caption_is_heeded(
    trained: TextToImageSystem, shapes: tuple[Tensor, tuple[str, ...]]
) -> None:
    images, captions = shapes
    rows = list(range(0, len(captions), 8))  # neighbours differ in colour
    batch = Batch(images[rows], captions=tuple(captions[row] for row in rows))
    measures = trained.measure(batch, torch.Generator().manual_seed(3))
    assert measures["fitting"] > 0.7
    assert measures["heeded"] > 0.3
    assert trained.scores(batch).shape == (len(rows),)
    wrong = Batch(batch.images, captions=(*batch.captions[1:], batch.captions[0]))
    assert trained.scores(batch).mean() > trained.scores(wrong).mean()


def test_an_untrained_system_heeds_no_caption(shapes: tuple[Tensor, tuple[str, ...]]) -> None:
    images, captions = shapes
    measures = system_of(SETTINGS, captions, 10).measure(
        Batch(images, captions=captions), torch.Generator().manual_seed(3)
    )
    assert 0.3 < measures["fitting"] < 0.7


@pytest.mark.parametrize("objective", ["non_saturating", "least_squares", "hinge"])
def test_the_loss_weighs_the_three_pairs_as_published(
    objective: str, shapes: tuple[Tensor, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reed et al. 2016, algorithm 1: real and right counts 1, real and wrong and fake and right a half each."""
    images, captions = shapes
    settings = SETTINGS.model_copy(
        update={"objective": objective, "r1_gamma": 0.0, "withheld": 0.0, "shortened": 0.0}
    )
    system = system_of(settings, captions, 10)
    calls: list[Tensor] = []
    judge = system.networks["discriminator"].judge

    def remembered(features: Tensor, said: list[str]) -> Tensor:
        calls.append(judge(features, said))
        return calls[-1]

    monkeypatch.setattr(system.networks["discriminator"], "judge", remembered)
    losses = system.train_step(
        Batch(images[:16], captions=captions[:16]), 1, torch.Generator().manual_seed(0)
    )
    fake, right, wrong = (scores.detach() for scores in calls[:3])
    on_real, on_fake = {
        "non_saturating": (lambda x: (-x).exp().log1p(), lambda x: x.exp().log1p()),
        "least_squares": (lambda x: 0.5 * (x - 1) ** 2, lambda x: 0.5 * x**2),
        "hinge": (lambda x: (1 - x).clamp_min(0), lambda x: (1 + x).clamp_min(0)),
    }[objective]
    expected = on_real(right).mean() + 0.5 * on_fake(wrong).mean() + 0.5 * on_fake(fake).mean()
    assert losses["discriminator"] == pytest.approx(float(expected), rel=1e-4)


def test_the_wrong_caption_is_never_the_right_one(shapes: tuple[Tensor, tuple[str, ...]]) -> None:
    captions = shapes[1]
    system = system_of(SETTINGS, captions, 10)
    for caption in set(captions):
        others = {system._other(caption, shift) for shift in range(1, len(set(captions)))}
        assert others == set(captions) - {caption}


def test_captions_are_shown_whole_in_part_or_not_at_all() -> None:
    def cut(which: float, share: float) -> str:
        return cut_short("A red, small circle", 0.1, 0.2, [which, share], [0.0, 0.5, 0.2, 0.9])

    assert cut(0.05, 1.0) == ""
    assert cut(0.2, 0.4) == "a small"
    assert cut(0.5, 0.0) == "A red, small circle"


def test_data_without_captions_are_refused() -> None:
    with pytest.raises(TrainingError, match="CSV"):
        TextToImageSystem(SETTINGS, Setup(replace(shape_of(("a",)), captions=()), 10, 4))


def test_the_set_of_the_toy_is_there() -> None:
    assert len(list(Path(SHAPES).parent.glob("*.png"))) == 96
