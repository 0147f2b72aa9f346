"""What the fast ways are measured against gives the same pictures."""

import pytest
import torch

from latentlab.cli.bench.baselines import plain_stylegan2, plain_stylegan3
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.stylegan3 import StyleGAN3
from latentlab.models.stylegan3_geometry import StyleGAN3Design, load_designed_filters, stylegan3_config
from tests.models.lively import enliven
from tests.reference import assert_same


def test_stylegan2() -> None:
    generator = StyleGAN2(StyleGAN2Config(16, (8, 6, 5), z_dim=9, w_dim=11, conv_clamp=256.0))
    enliven(generator, seed=1)
    codes = torch.randn(2, 6, 11)
    noise = generator.noise_maps()
    assert_same(plain_stylegan2(generator, codes, noise), generator.synthesize(codes, noise), "image")


@pytest.mark.parametrize("rotation", [False, True])
def test_stylegan3(rotation: bool) -> None:
    design = StyleGAN3Design(
        16, 128, 7, conv_kernel=1 if rotation else 3, use_radial_filters=rotation, num_layers=4, margin_size=4
    )
    generator = StyleGAN3(stylegan3_config(design, z_dim=9, w_dim=11))
    load_designed_filters(generator, design)
    enliven(generator, seed=2)
    codes = torch.randn(2, generator.config.num_ws, 11)
    assert_same(plain_stylegan3(generator, codes), generator.synthesize(codes), "image")
