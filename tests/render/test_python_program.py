"""A recipe as a program: running it draws the same picture."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.errors import RecipeError
from latentlab.formats import open_model, save_model
from latentlab.formats.report import Card
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.recipe import (
    ActivationEdit,
    BlendSource,
    DirectionWeight,
    LayerSource,
    Noise,
    Recipe,
    SeedSource,
    VectorSource,
)
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.render.python_program import program
from latentlab.render.renderer import Renderer
from tests.render.opened import picture

_VECTOR = np.linspace(-1, 1, 16).astype(np.float32)
_KNOWN = DirectionSet(
    [
        Direction("file:abc", "Warmth", _VECTOR / np.linalg.norm(_VECTOR), 1.3),
        Direction("pca:0", "Other", _VECTOR, 2.0),
    ]
)
_RECIPE = Recipe(
    source=BlendSource((1, 2), (0.25, 0.75)),
    truncation_psi=0.7,
    mix=(
        LayerSource(2, 3, SeedSource(9), 0.5),
        LayerSource(4, 4, VectorSource("w", tuple(_VECTOR.tolist()))),
    ),
    directions=(DirectionWeight("file:abc", 1.5, 0, 3), DirectionWeight("pca:7")),
    noise=Noise("random", 4, 0.8, ((1, 0.5),), ((2, 6),)),
    edits=(ActivationEdit("b8", "scale", 1.5, (1, 3)), ActivationEdit("b16", "blur", muted=True)),
)


def test_the_program_draws_exactly_this_picture(tmp_path: Path) -> None:
    path = tmp_path / 'a "strange" name.safetensors'
    network = StyleGAN2(StyleGAN2Config(resolution=16, channels=(8, 8, 8), z_dim=16, w_dim=16)).eval()
    save_model(path, network, Card('"Style"\n'))
    code = program(_RECIPE, model_name='"Style"\n', model_path=str(path), known=_KNOWN)
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    expected = picture(Renderer(open_model(path), device="cpu", directions=_KNOWN), _RECIPE)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "picture.png")), expected)


def test_only_what_differs_from_the_default_is_written() -> None:
    code = program(Recipe(source=SeedSource(7)), model_name="Hills", model_path="bundled:hills")
    assert "recipe = Recipe(source=SeedSource(seed=7))" in code
    assert "path_of('bundled:hills')" in code
    assert "direction" not in code


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(RecipeError, match="pca:3"):
        program(
            Recipe(directions=(DirectionWeight("pca:3", 1.0),)), model_name="", model_path="x", known=_KNOWN
        )
