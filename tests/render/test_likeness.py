"""How alike pictures look, and what directions change together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from latentlab.cli.bench.rendering import opened
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.pca import pca
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.render.frame import Frame
from latentlab.render.likeness import look, unlike
from latentlab.render.overlap import overlaps
from latentlab.render.renderer import Renderer
from tests.toy_generator import toy_style


@pytest.mark.parametrize("side", [4, 12, 30, 64])
def test_a_look_has_the_means_of_areas(side: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    found = look(pixels)
    assert found.shape == (432,)
    if side % 12 == 0:
        step = side // 12
        blocks = pixels.reshape(12, step, 12, step, 3).mean((1, 3)) / 255
        assert np.allclose(found, blocks.reshape(-1), atol=1e-6)


def test_the_same_picture_is_least_unlike() -> None:
    random = np.random.default_rng(2)
    pictures = [random.integers(0, 256, (24, 24, 3), dtype=np.uint8) for _ in range(5)]
    looks = [look(picture) for picture in pictures]
    distances = unlike(looks[3], looks)
    assert distances[3] == 0.0
    assert min(distances[:3]) > 0.0
    assert unlike(looks[0], []) == []


def test_a_direction_overlaps_itself_and_its_opposite_wholly() -> None:
    generator = toy_style().eval()
    found = pca(generator)
    assert found is not None
    one = found["pca:0"]
    known = DirectionSet(
        [
            *found,
            Direction("same", "Same", one.vector, one.sigma),
            Direction("opposite", "Opposite", -one.vector, one.sigma),
        ]
    )
    renderer = Renderer(opened(generator, "overlap"), device="cpu", directions=known)

    def draw(recipes: Sequence[Recipe]) -> Iterator[Frame]:
        return renderer.render_batch(recipes)

    told = {
        item.direction: item
        for item in overlaps(draw, "pca:0", ["same", "opposite", "pca:1"], known, Recipe(SeedSource(0)))
    }
    renderer.close()
    assert told["same"].pictures == pytest.approx(1.0, abs=1e-3)
    assert told["opposite"].pictures == pytest.approx(-1.0, abs=1e-3)
    assert told["opposite"].codes == pytest.approx(-1.0, abs=1e-5)
    assert told["pca:1"].codes == pytest.approx(0.0, abs=1e-5)
    assert abs(told["pca:1"].pictures) < 0.95
