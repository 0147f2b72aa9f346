"""The renderer on every family of networks: nothing here knows which is which."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from latentlab.latents.recipe import (
    ActivationEdit,
    LayerSource,
    Noise,
    PhotoSource,
    Recipe,
    SeedSource,
    Transform,
)
from latentlab.models.dcgan import DCGAN, dcgan
from latentlab.models.generator import Generator
from latentlab.models.layered import LayeredGAN, layered_gan
from latentlab.models.points import Points, PointsConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.stylegan3 import StyleGAN3
from latentlab.models.stylegan3_geometry import StyleGAN3Design, load_designed_filters, stylegan3_config
from latentlab.models.translator import Translator, resnet_translator
from latentlab.models.vae import VAE, conv_vae, mlp_vae
from latentlab.render.photos import photo_source
from latentlab.render.pixels import to_pixels
from latentlab.render.probe_fitting import samples
from latentlab.render.renderer import Renderer
from tests.render.opened import opened, picture


def _stylegan2(architecture: str) -> StyleGAN2:
    config = StyleGAN2Config(
        resolution=32,
        channels=(16, 16, 12, 8),
        z_dim=24,
        w_dim=24,
        architecture=architecture,  # type: ignore[arg-type]
    )
    return StyleGAN2(config)


def _stylegan3(*, turns: bool = False) -> StyleGAN3:
    """The small R when it `turns`, otherwise T."""
    design = StyleGAN3Design(
        resolution=32,
        channel_base=512,
        channel_max=16,
        conv_kernel=1 if turns else 3,
        use_radial_filters=turns,
    )
    generator = StyleGAN3(stylegan3_config(design, z_dim=24, w_dim=24, output_scale=2.0))
    load_designed_filters(generator, design)
    return generator


_FAMILIES: dict[str, Callable[[], Generator]] = {
    "StyleGAN2 skip": lambda: _stylegan2("skip"),
    "StyleGAN2 resnet": lambda: _stylegan2("resnet"),
    "StyleGAN2 orig": lambda: _stylegan2("orig"),
    "StyleGAN3": _stylegan3,
    "DCGAN": lambda: DCGAN(dcgan(32, z_dim=10, width=8, max_width=16)),
    "Layered GAN": lambda: LayeredGAN(layered_gan(32, z_dim=10, width=8, max_width=16)),
    "VAE": lambda: VAE(conv_vae(32, z_dim=10, width=8, max_width=16)),
    "MLP VAE": lambda: VAE(mlp_vae(28, hidden=(40,))),
    "Points": lambda: Points(PointsConfig(hidden=(24, 24), resolution=64)),
    "Translator": lambda: Translator(resnet_translator(32, input_channels=1, width=4, residuals=2)),
}


@pytest.fixture(scope="module", params=_FAMILIES)
def generator(request: pytest.FixtureRequest) -> Generator:
    torch.manual_seed(0)
    made = _FAMILIES[request.param]()
    for block in made.blocks:
        for name, parameter in block.named_parameters():
            if name.endswith("noise_strength"):
                parameter.data.fill_(0.3)
    return made.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> PhotoSource:
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    Image.fromarray(np.random.RandomState(0).randint(0, 256, (50, 60, 3), np.uint8)).save(path)
    return photo_source(path)


def _recipe(generator: Generator, photo: PhotoSource, seed: int = 0) -> Recipe:
    return Recipe(photo if generator.capabilities.is_translator else SeedSource(seed))


def test_it_draws_what_the_generator_draws(generator: Generator) -> None:
    if generator.capabilities.is_translator:
        pytest.skip("starts from a photo")
    codes, _ = samples(generator, range(7, 8))
    with torch.inference_mode():
        wanted = to_pixels(generator.synthesize(codes))[0]
    drawn = picture(Renderer(opened(generator), device="cpu"), Recipe(SeedSource(7)))
    np.testing.assert_array_equal(drawn, wanted)


def test_every_block_shows_a_picture(generator: Generator, photo: PhotoSource) -> None:
    renderer = Renderer(opened(generator), device="cpu")
    final = picture(renderer, _recipe(generator, photo))
    for block in generator.blocks:
        info = block.info
        shown = picture(renderer, replace(_recipe(generator, photo), stop_after=info.name))
        assert shown.shape == (info.resolution, info.resolution, 3)
    np.testing.assert_array_equal(shown, final)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_sequence_of_edits_draws_what_a_fresh_renderer_draws(
    generator: Generator, photo: PhotoSource, data: st.DataObject
) -> None:
    can = generator.capabilities
    blocks = [block.info.name for block in generator.blocks]
    kept = Renderer(opened(generator), device="cpu", cache_bytes=200_000)
    recipe = _recipe(generator, photo)
    for _ in range(data.draw(st.integers(1, 6))):
        changes: list[Recipe] = [
            replace(recipe, edits=(ActivationEdit(data.draw(st.sampled_from(blocks)), "scale", 0.5),)),
            replace(recipe, noise=Noise("random", data.draw(st.integers(0, 1)))),
            replace(recipe, stop_after=data.draw(st.sampled_from(["", blocks[0], blocks[-2]]))),
        ]
        if can.num_codes:
            layer = data.draw(st.integers(0, can.num_codes - 1))
            changes += [
                replace(recipe, source=SeedSource(data.draw(st.integers(0, 1)))),
                replace(recipe, truncation_psi=0.5),
                replace(recipe, mix=(LayerSource(layer, layer, SeedSource(5)),)),
            ]
        if can.has_transform:
            changes.append(replace(recipe, transform=Transform(data.draw(st.integers(0, 1)) * 90.0)))
        recipe = data.draw(st.sampled_from(changes))
        fresh = Renderer(opened(generator), device="cpu")
        np.testing.assert_array_equal(picture(kept, recipe), picture(fresh, recipe))


def test_a_photo_goes_through_an_encoder(photo: PhotoSource) -> None:
    torch.manual_seed(0)
    vae = VAE(conv_vae(32, z_dim=10, width=8, max_width=16)).eval().requires_grad_(False)
    renderer = Renderer(opened(vae), device="cpu")
    encoded = picture(renderer, Recipe(photo))
    assert np.abs(encoded.astype(int) - picture(renderer, Recipe(SeedSource(0)))).max() > 0


def test_stylegan3s_picture_moves_the_way_the_recipe_says() -> None:
    """Shifted right by a quarter, down by an eighth; turned by a right angle counter-clockwise."""
    torch.manual_seed(1)
    renderer = Renderer(opened(_stylegan3(turns=True)), device="cpu")
    plain = picture(renderer, Recipe()).astype(float)
    shifted = picture(renderer, Recipe(transform=Transform(x=0.25, y=0.125))).astype(float)
    turned = picture(renderer, Recipe(transform=Transform(rotation=90.0))).astype(float)
    right = np.abs(shifted[4:, 8:] - plain[:-4, :-8]).mean()
    assert right < np.abs(shifted[:-4, :-8] - plain[4:, 8:]).mean() / 3
    assert np.abs(turned - np.rot90(plain)).mean() < np.abs(turned - np.rot90(plain, -1)).mean() / 3
