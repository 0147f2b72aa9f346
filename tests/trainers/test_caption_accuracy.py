"""Whether pictures show what their captions say, judged by classifiers of real pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from latentlab.errors import TrainingError
from latentlab.models.caption_encoder import CaptionConfig
from latentlab.models.text_to_image import TextToImage, text_to_image
from tests.toy_generator import toy_plain
from trainers.batch import DataShape
from trainers.caption_accuracy import clauses, heeding
from trainers.data import Dataset
from trainers.data.dataset import Items
from trainers.data.settings import DataSettings

SHADES = {"dark": 40, "bright": 220}
ATTRIBUTES = ("left", "right")


class Painter(TextToImage):
    """Draws the left half as the caption says, and the right half as it likes."""

    def __init__(self) -> None:
        words = CaptionConfig(("bright", "dark", "left", "right"), caption_dim=2, hidden=4, word_dim=4)
        super().__init__(text_to_image(words, 8, z_dim=2, image_channels=1, width=4))

    def read(self, captions: tuple[str, ...]) -> Tensor:
        return torch.tensor([[SHADES[clauses(caption)[0].split()[0]], 0.0] for caption in captions])

    def forward(self, z: Tensor, condition: Tensor | None = None, *, psi: float = 1.0) -> Tensor:
        assert condition is not None
        images = torch.full((len(z), 1, 8, 8), 220.0)
        images[:, :, :, :4] = condition[:, 0, None, None, None]
        return images / 127.5 - 1


@pytest.fixture(scope="module")
def halves() -> Dataset:
    """Pictures whose halves are dark or bright, with captions that say so."""
    rng = np.random.default_rng(0)
    words = [[str(word) for word in rng.choice(list(SHADES), 2)] for _ in range(400)]
    pixels = np.zeros((400, 8, 8, 1), np.uint8)
    for picture, (left, right) in zip(pixels, words, strict=True):
        picture[:, :4], picture[:, 4:] = SHADES[left], SHADES[right]
        picture += rng.integers(0, 20, picture.shape, np.uint8)
    captions = [f"halves with {left} left and {right} right" for left, right in words]
    train, held_out = (Items(pixels, rows, captions=captions) for rows in np.split(np.arange(400), [300]))
    shape = DataShape("pictures", 8, 1, 300, captions=tuple(sorted(set(captions))))
    return Dataset(DataSettings(), shape, train, held_out, "halves")


def test_what_is_heeded_and_what_is_not_are_told_apart(halves: Dataset) -> None:
    left, right = heeding(Painter(), halves, ATTRIBUTES)
    assert (left.attribute, left.values) == ("left", 2)
    assert left.drawn > 0.95
    assert 0.3 < right.drawn < 0.7  # always bright: right by chance
    assert min(left.real, right.real) > 0.95


def test_captions_are_taken_apart_as_they_are_made() -> None:
    from trainers.drawing import sentence

    attributes = {"head": "flatTopLong", "skinColor": "#ffdbb4"}
    caption = sentence("open-peeps", attributes, ("head", "accessories", "skinColor"))
    assert clauses(caption) == ("flat top long head", "no accessories", "peach skin")


def test_models_and_data_without_captions_are_refused(halves: Dataset) -> None:
    with pytest.raises(TrainingError, match="reads no captions"):
        heeding(toy_plain(), halves, ATTRIBUTES)
    with pytest.raises(TrainingError, match="one thing of each"):
        heeding(Painter(), halves, (*ATTRIBUTES, "middle"))
