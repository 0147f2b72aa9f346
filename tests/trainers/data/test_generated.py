"""Generated sets: DiceBear with attributes and captions, digits of typefaces and of scikit-learn."""

from __future__ import annotations

import numpy as np
import psutil
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from latentlab.errors import TrainingError
from tests.trainers.data.making import opened
from trainers.data import DrawnSource, RenderedDigitsSource, SmallDigitsSource


def test_attributes_are_classes_and_captions() -> None:
    pytest.importorskip("dicebear")
    source = DrawnSource(
        style="open-peeps",
        count=40,
        label="head",
        caption=("head", "skinColor", "mask"),
        only={"head": ("afro", "bun"), "mask": ("none", "medicalMask"), "skinColor": ("peach", "sienna")},
    )
    data = opened(source)
    assert data.shape.class_names == ("afro", "bun")
    assert data.stored is not None
    for label, caption in zip(data.stored.labels, data.stored.captions, strict=True):
        assert caption is not None
        assert f"with {label} head, " in caption
        assert ("peach skin" in caption) != ("sienna skin" in caption)
        assert ("no mask" in caption) != ("medical mask" in caption)
    assert data.licence == "CC0 1.0"


def test_what_the_caption_says_is_in_the_picture() -> None:
    """The mean colour of the pictures differs between skins as the skins do."""
    pytest.importorskip("dicebear")
    data = opened(DrawnSource(style="open-peeps", count=60, label="skinColor"), resolution=32)
    assert data.labels is not None
    assert data.stored is not None
    brightness = np.asarray(data.stored.pixels).mean((1, 2, 3))
    means = {
        name: brightness[data.labels == number].mean() for number, name in enumerate(data.shape.class_names)
    }
    assert means["peach"] > means["tan"] > means["bronze"] > means["sienna"] > means["umber"]


def test_unknown_attributes_and_values_are_named() -> None:
    pytest.importorskip("dicebear")
    with pytest.raises(TrainingError, match=r"no attribute 'hat'.*head"):
        opened(DrawnSource(style="open-peeps", label="hat"))
    with pytest.raises(TrainingError, match=r"'head'.*cannot be fez.*afro"):
        opened(DrawnSource(style="open-peeps", count=2, only={"head": ("fez",)}))


def test_a_process_that_draws_and_is_killed_is_an_error_and_no_endless_wait() -> None:
    pytest.importorskip("dicebear")
    from trainers import drawing

    drawn = drawing.draw_many("planets", 0, 2000, 16, workers=1)
    next(drawn)
    (worker,) = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
    worker.kill()
    with pytest.raises(TrainingError, match="was ended"):
        list(drawn)


def test_drawing_goes_on_in_the_middle_of_a_set() -> None:
    pytest.importorskip("dicebear")
    from trainers import drawing

    whole = [drawn.pixels for drawn in drawing.draw_many("planets", 0, 5, 16)]
    rest = [drawn.pixels for drawn in drawing.draw_many("planets", 0, 5, 16, first=3)]
    np.testing.assert_array_equal(whole[3:], rest)


def test_rendered_digits_can_be_told_apart() -> None:
    data = opened(RenderedDigitsSource(count=1200), resolution=16, held_out=0.25)
    train, test = data.train.batch(slice(None)), data.held_out.batch(slice(None))
    assert train.images.shape[1] == 1
    assert train.labels is not None
    assert test.labels is not None
    judge = KNeighborsClassifier(3).fit(train.images.flatten(1).numpy(), train.labels.numpy())
    assert judge.score(test.images.flatten(1).numpy(), test.labels.numpy()) > 0.8  # chance is 0.1
    assert data.card().near_duplicate_items < 40  # poses differ


def test_rendered_digits_depend_on_the_seed_alone() -> None:
    first = opened(RenderedDigitsSource(count=20)).stored
    again = opened(RenderedDigitsSource(count=30)).stored
    other = opened(RenderedDigitsSource(count=20, seed=1)).stored
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.digests == again.digests[:20]
    assert set(first.digests).isdisjoint(other.digests)


def test_the_digits_of_scikit_learn() -> None:
    data = opened(SmallDigitsSource(), resolution=8)
    reference = load_digits()
    assert data.stored is not None
    np.testing.assert_allclose(np.asarray(data.stored.pixels)[..., 0] / 255 * 16, reference.images, atol=0.05)
    assert data.stored.labels == [str(label) for label in reference.target]
