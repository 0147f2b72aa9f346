"""The text-to-image family: captions as words and vectors, and pictures that follow them."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import torch
from torch import nn

from latentlab.errors import CheckpointError, ShapeError
from latentlab.formats import open_model, save_model
from latentlab.formats.report import Card
from latentlab.models import catalogue
from latentlab.models.caption_encoder import CaptionConfig, CaptionEncoder
from latentlab.models.caption_words import unknown_words, vocabulary_of, words_of
from latentlab.models.seeds import normal_from_seed
from latentlab.models.text_to_image import TextToImage, TextToImageConfig, text_to_image

CAPTIONS = CaptionConfig(("a", "blue", "circle", "red", "square"), ("a red circle",), 6, 9, 7)
CONFIGS = {
    "16 grey": text_to_image(CAPTIONS, 16, z_dim=5, image_channels=1, width=6, max_width=12),
    "32": text_to_image(CAPTIONS, 32, z_dim=5, width=4, max_width=16),
}


@pytest.fixture(params=list(CONFIGS), scope="module")
def model(request: pytest.FixtureRequest) -> TextToImage:
    torch.manual_seed(0)
    return TextToImage(CONFIGS[request.param]).eval().requires_grad_(requires_grad=False)


def test_words_are_found_in_any_script_and_kept_whole() -> None:
    assert words_of("A grey-haired man, it’s SMILING (2)!") == [
        "a",
        "grey-haired",
        "man",
        "it's",
        "smiling",
        "2",
    ]
    assert words_of("Ein Größerer; 顔 — снег") == ["ein", "größerer", "顔", "снег"]
    assert words_of(" -- '' _ ") == []
    assert unknown_words("Red dragon, red wyvern, dragon", {"red"}) == ("dragon", "wyvern")


def test_the_vocabulary_holds_what_is_said_often() -> None:
    captions = ["a red cat", "a red dog", "a blue dog"]
    assert vocabulary_of(captions) == ("a", "dog", "red")
    assert vocabulary_of(captions, least=1) == ("a", "blue", "cat", "dog", "red")
    assert vocabulary_of(captions, least=1, most=3) == ("a", "dog", "red")


def test_reading_is_the_recurrence_of_torch_over_the_words() -> None:
    torch.manual_seed(1)
    encoder = CaptionEncoder(CAPTIONS)
    reference = nn.GRU(CAPTIONS.word_dim, CAPTIONS.hidden, batch_first=True)
    reference.load_state_dict({f"{name}_l0": weight for name, weight in encoder.cell.state_dict().items()})
    captions = ["a red circle", "Square, blue!", "a", ""]
    found = encoder(captions)
    for caption, row in zip(captions[:3], found, strict=False):
        words = [CAPTIONS.words.index(word) for word in words_of(caption)]
        state = reference(encoder.embedding[words][None])[1][0, 0]
        torch.testing.assert_close(row, encoder.project(state))
    torch.testing.assert_close(found[3], encoder.project.bias)


def test_unknown_words_and_what_lies_beyond_the_limit_are_passed_over() -> None:
    encoder = CaptionEncoder(CaptionConfig(("blue", "red"), longest=2))
    torch.testing.assert_close(encoder(["a red wyvern"]), encoder(["red"]))
    torch.testing.assert_close(encoder(["red blue red"]), encoder(["red blue"]))
    assert not torch.allclose(encoder(["red blue"]), encoder(["blue red"]))


def test_the_caption_and_z_both_change_the_picture(model: TextToImage) -> None:
    config = model.config
    z = normal_from_seed(1, 2, config.z_dim)
    said = model.read(["a red circle", "a blue square"])
    images = model(z, said)
    assert images.shape == (2, config.image_channels, config.resolution, config.resolution)
    assert 0.05 < float(images.std()) < 5
    assert (images - model(z, said.flip(0))).abs().mean() > 1e-3
    assert (images - model(z.flip(0), said)).abs().mean() > 1e-3
    torch.testing.assert_close(model(z), model(z, model.read(["", ""])))


def test_truncation_and_directions_leave_the_caption_alone(model: TextToImage) -> None:
    z = normal_from_seed(2, 1, model.config.z_dim)
    said = model.read(["a red circle"])
    codes = model.truncate(model.map(z, said), 0.0)
    assert model.capabilities.latent_dims == model.config.z_dim
    torch.testing.assert_close(codes, model.map(torch.zeros_like(z), said))


def test_every_block_shows_a_picture_of_its_own(model: TextToImage) -> None:
    codes = model.map(normal_from_seed(3, 2, model.config.z_dim))
    state = model.start()
    for block in model.blocks:
        state = block(state, codes[:, list(block.info.codes)])
        picture = block.rgb(state)
        assert picture is not None
        assert picture.shape[2:] == (block.info.resolution,) * 2
        assert state.features is not None
        assert state.features.shape[1:] == (block.info.channels, block.info.resolution, block.info.resolution)


def test_code_weights_act_on_each_code(model: TextToImage) -> None:
    for block in model.blocks:
        (matrix,) = block.code_weights()
        assert matrix.shape[1] == model.config.code_dim


def test_what_is_saved_opens_again_with_its_vocabulary(model: TextToImage, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, model, Card("Shapes"))
    opened = open_model(path)
    generator = opened.generator
    assert isinstance(generator, TextToImage)
    assert generator.capabilities == model.capabilities
    assert generator.capabilities.caption_words == CAPTIONS.words
    assert generator.capabilities.caption_examples == ("a red circle",)
    z = normal_from_seed(4, 1, model.config.z_dim)
    for caption in ("a red circle", "blue", ""):
        wanted = model(z, model.read([caption]))
        torch.testing.assert_close(generator(z, generator.read([caption])), wanted)
    torch.testing.assert_close(
        copy.deepcopy(generator)(z, generator.read(["red"])), model(z, model.read(["red"]))
    )


def test_architecture_survives_json(model: TextToImage) -> None:
    values = json.loads(json.dumps(catalogue.config_to_json(model.config)))
    assert catalogue.config_from_json(TextToImageConfig, values) == model.config


def test_impossible_architectures_are_refused() -> None:
    for change in ({"resolution": 20}, {"channels": (4,)}, {"z_dim": 0}, {"image_channels": 2}):
        values = {"resolution": 16, "channels": (4, 4, 4), "captions": CAPTIONS, **change}
        with pytest.raises(CheckpointError):
            TextToImageConfig(**values)
    for change in (
        {"words": ()},
        {"words": ("a", "a")},
        {"words": ("x" * 99,)},
        {"hidden": 0},
        {"longest": 0},
    ):
        with pytest.raises(CheckpointError):
            CaptionConfig(**{"words": ("a",), **change})


def test_a_code_of_another_width_is_refused(model: TextToImage) -> None:
    with pytest.raises(ShapeError, match="captions of width 7"):
        model.map(torch.zeros(1, 3))
    with pytest.raises(ShapeError):
        model.map(torch.zeros(1, model.config.z_dim), torch.zeros(1, 3))
