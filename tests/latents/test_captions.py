"""Captions in recipes: what they stand for, blends of two, and models that read none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from latentlab.latents import paths, recipe_json, resolve
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.editable import editables
from latentlab.latents.recipe import DirectionWeight, Nearby, Recipe, SeedSource
from latentlab.models.caption_encoder import CaptionConfig
from latentlab.models.text_to_image import TextToImage, text_to_image
from tests.latents.test_resolve import close
from tests.toy_generator import toy_plain


def model() -> TextToImage:
    torch.manual_seed(0)
    words = CaptionConfig(("blue", "circle", "red", "square"), word_dim=6, hidden=8, caption_dim=5)
    return TextToImage(text_to_image(words, 16, z_dim=4, width=4, max_width=8)).eval()


MODEL = model()
RED, BLUE = Recipe(SeedSource(3), caption="a red circle"), Recipe(SeedSource(3), caption="blue square")


def test_the_caption_is_the_condition_of_the_map():
    z = torch.from_numpy(np.random.RandomState(3).randn(1, 4).astype(np.float32))
    close(resolve.codes(RED, MODEL), MODEL.map(z, MODEL.read(["red circle"])))
    close(resolve.codes(replace(RED, caption=""), MODEL), MODEL.map(z))
    assert not torch.allclose(resolve.codes(RED, MODEL), resolve.codes(BLUE, MODEL))


def test_a_blend_goes_straight_from_one_caption_to_the_other():
    between = replace(RED, second_caption=BLUE.caption, caption_blend=0.25)
    close(resolve.codes(between, MODEL), 0.75 * resolve.codes(RED, MODEL) + 0.25 * resolve.codes(BLUE, MODEL))
    close(resolve.codes(replace(between, caption_blend=1.0), MODEL), resolve.codes(BLUE, MODEL))
    close(resolve.codes(replace(between, caption_blend=0.0), MODEL), resolve.codes(RED, MODEL))


def test_nothing_else_moves_the_caption():
    code_dim = MODEL.capabilities.code_dim
    known = DirectionSet([Direction("all", "All", np.ones(code_dim), 1.0)])
    moved = replace(RED, nearby=Nearby(9, 0.7), truncation_psi=0.3, directions=(DirectionWeight("all", 2.0),))
    latent = MODEL.capabilities.latent_dims
    close(resolve.codes(moved, MODEL, known)[..., latent:], resolve.codes(RED, MODEL)[..., latent:])


def test_many_recipes_have_a_caption_each():
    both = resolve.codes_of_many([RED, BLUE], MODEL)
    close(both, torch.cat([resolve.codes(RED, MODEL), resolve.codes(BLUE, MODEL)]))


def test_a_model_that_reads_none_draws_as_without():
    plain = toy_plain()
    close(resolve.codes(RED, plain), resolve.codes(replace(RED, caption=""), plain))


def test_the_blend_can_be_edited_by_its_path():
    listed = {editable.path for editable in editables(MODEL.capabilities)}
    assert "caption_blend" in listed
    assert "caption_blend" not in {editable.path for editable in editables(toy_plain().capabilities)}
    recipe = paths.with_value(RED, "caption_blend", 0.5)
    assert recipe == replace(RED, caption_blend=0.5)
    assert paths.with_value(RED, "second_caption", "blue") == replace(RED, second_caption="blue")


def test_recipes_from_before_captions_were_blended_are_read():
    old = recipe_json.to_json(RED)
    del old["second_caption"], old["caption_blend"]
    assert recipe_json.from_json({**old, "version": 1}) == RED
