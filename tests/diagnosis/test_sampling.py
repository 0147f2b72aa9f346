"""Samples are what Explore draws from the same seeds, classes and truncation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from latentlab.diagnosis.data import Data
from latentlab.diagnosis.sampling import draw, latents, wanted
from latentlab.diagnosis.store import Store
from latentlab.errors import Cancelled, DiagnosisError
from latentlab.latents.recipe import ClassWeight, Recipe, SeedSource
from latentlab.latents.resolve import codes
from latentlab.models.generator import Generator
from latentlab.models.mlp_gan import MLPGAN, mlp_gan
from latentlab.models.points import Points, PointsConfig
from latentlab.models.translator import Translator, resnet_translator


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    return MLPGAN(mlp_gan(8, z_dim=4, hidden=(16,), num_classes=3)).eval().requires_grad_(False)


@pytest.fixture
def data() -> Data:
    labels = np.repeat([0, 2], [30, 10]).astype(np.int64)
    return Data("d", "d", np.zeros((40, 8, 8, 1), np.uint8), np.zeros(40, bool), (), labels, ("a", "b", "c"))


def test_a_sample_is_its_recipe_drawn(generator: Generator, data: Data) -> None:
    asked = wanted(generator, data, 6, first_seed=100, psi=0.6)
    drawn = draw(generator, asked, batch=4)
    assert asked.classes is not None
    recipe = Recipe(SeedSource(104), classes=(ClassWeight(int(asked.classes[4])),), truncation_psi=0.6)
    image = generator.synthesize(codes(recipe, generator))[0, 0]
    expected = ((image.clamp(-1, 1) + 1) * 127.5).round().numpy()
    assert np.abs(drawn[4, ..., 0].astype(float) - expected).max() <= 1


def test_classes_are_asked_for_as_often_as_in_the_data(generator: Generator, data: Data) -> None:
    asked = wanted(generator, data, 2000)
    assert asked.classes is not None
    counts = np.bincount(asked.classes, minlength=3)
    assert counts[1] == 0
    assert counts[0] / 2000 == pytest.approx(0.75, abs=0.04)


def test_what_was_drawn_is_kept(generator: Generator, data: Data, tmp_path: object) -> None:
    from pathlib import Path

    store = Store(Path(str(tmp_path)))
    asked = wanted(generator, data, 5)
    first = draw(generator, asked, store=store, key="a")
    for weight in generator.parameters():
        weight.zero_()
    assert np.array_equal(draw(generator, asked, store=store, key="a"), first)
    assert not np.array_equal(draw(generator, asked, store=store, key="b"), first)
    assert not np.array_equal(draw(generator, asked), first)


def test_drawing_can_be_stopped(generator: Generator, data: Data) -> None:
    with pytest.raises(Cancelled):
        draw(generator, wanted(generator, data, 64), batch=8, watch=lambda share: share > 0.3)


def test_points_and_translations(data: Data) -> None:
    points = Points(PointsConfig((8,))).requires_grad_(False)
    asked = wanted(points, data, 5)
    assert np.allclose(draw(points, asked), points.points(latents(points, asked.seeds)).numpy())
    translator = Translator(resnet_translator(8, width=4, downsamplings=1, residuals=1)).requires_grad_(False)
    with pytest.raises(DiagnosisError, match="two folders"):
        wanted(translator, data, 5)
