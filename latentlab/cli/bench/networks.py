"""Full-size networks with random weights whose pictures and activations are about as large as trained ones'."""

from __future__ import annotations

import torch

from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config, default_channels
from latentlab.models.stylegan3 import StyleGAN3
from latentlab.models.stylegan3_geometry import StyleGAN3Design, load_designed_filters, stylegan3_config


def full_stylegan2(resolution: int, *, channel_base: int = 32768, seed: int = 0) -> StyleGAN2:
    """The skip architecture with the channels of the releases (64 ... 1024 px)."""
    torch.manual_seed(seed)
    channels = default_channels(resolution, channel_base)
    generator = StyleGAN2(StyleGAN2Config(resolution, channels, conv_clamp=256.0))
    with torch.no_grad():
        for block in generator.blocks:
            for layer in block.layers:
                layer.noise_strength.fill_(0.1)
            # The picture is the sum of all blocks' colours.
            block.torgb.weight.mul_(1.2 / len(channels) ** 0.5)
    return generator.requires_grad_(False).eval()


def full_stylegan3(resolution: int, *, rotation: bool = False, seed: int = 0) -> StyleGAN3:
    """StyleGAN3-T, or -R with `rotation`."""
    torch.manual_seed(seed)
    design = StyleGAN3Design(
        resolution=resolution,
        channel_base=65536 if rotation else 32768,
        channel_max=1024 if rotation else 512,
        conv_kernel=1 if rotation else 3,
        use_radial_filters=rotation,
    )
    generator = StyleGAN3(stylegan3_config(design)).requires_grad_(False).eval()
    load_designed_filters(generator, design)
    return generator
