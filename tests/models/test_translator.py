"""The image translator: the published layer list, sizes, and what it starts from."""

from __future__ import annotations

import json
from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from latentlab.errors import ShapeError
from latentlab.models import catalogue
from latentlab.models.seeds import normal_from_seed
from latentlab.models.translator import Translator, resnet_translator


class PublishedBlock(nn.Module):
    """x + conv block, with reflection padding as layers of its own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU()),
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.conv_block(x)
        return out


def published(width: int = 4) -> nn.Sequential:
    wide = 4 * width
    return nn.Sequential(
        *(nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), nn.InstanceNorm2d(width), nn.ReLU()),
        *(nn.Conv2d(width, 2 * width, 3, 2, 1), nn.InstanceNorm2d(2 * width), nn.ReLU()),
        *(nn.Conv2d(2 * width, wide, 3, 2, 1), nn.InstanceNorm2d(wide), nn.ReLU()),
        *(PublishedBlock(wide) for _ in range(6)),
        *(nn.ConvTranspose2d(wide, 2 * width, 3, 2, 1, 1), nn.InstanceNorm2d(2 * width), nn.ReLU()),
        *(nn.ConvTranspose2d(2 * width, width, 3, 2, 1, 1), nn.InstanceNorm2d(width), nn.ReLU()),
        *(nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()),
    )


@pytest.mark.parametrize("sides", [(64, 64), (48, 80)])
def test_draws_what_the_published_layer_list_draws(sides: tuple[int, int]) -> None:
    torch.manual_seed(0)
    theirs = published()
    ours = Translator(resnet_translator(64, width=4, residuals=6)).eval()
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    image = normal_from_seed(0, 1, 3, *sides).tanh()
    drawn = ours.synthesize(torch.zeros(1, 0, 0), image=image)
    torch.testing.assert_close(drawn, theirs(image), rtol=0, atol=1e-6)


@pytest.mark.parametrize("norm", ["instance", "batch"])
@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
def test_variants_survive_json_and_keep_the_size(
    norm: Literal["instance", "batch"], upsampling: Literal["transposed", "resize"]
) -> None:
    config = resnet_translator(32, width=4, residuals=2, norm=norm, upsampling=upsampling, input_channels=1)
    ours = catalogue.build("translator", json.loads(json.dumps(catalogue.config_to_json(config)))).eval()
    codes = ours.map(torch.zeros(2, 0))
    assert ours.synthesize(codes, image=torch.zeros(2, 1, 32, 32)).shape == (2, 3, 32, 32)
    names = [block.info.name for block in ours.blocks]
    assert names == ["conv32", "down16", "down8", "res1", "res2", "up16", "up32", "conv32_2"]
    assert all(block.info.codes == () and block.code_weights() == () for block in ours.blocks)


def test_says_that_it_needs_a_picture() -> None:
    ours = Translator(resnet_translator(32, width=4, residuals=1))
    assert ours.capabilities.is_translator
    with pytest.raises(ShapeError, match="choose one"):
        ours.start()
    with pytest.raises(ShapeError, match="3-channel"):
        ours.start(torch.zeros(1, 1, 32, 32))
