"""The patch discriminator (Isola et al. 2017, arXiv:1611.07004, section 3.2.2): a logit per patch."""

from __future__ import annotations

from torch import Tensor, nn


class PatchDiscriminator(nn.Module):
    """Convolutions of stride 2, then two of stride 1: says of overlapping patches whether each looks real.

    A patch is 16, 34, 70 or 142 pixels wide with 1 ... 4 levels.
    """

    def __init__(self, image_channels: int, width: int, levels: int) -> None:
        """Make the network with weights from N(0, 0.02), as CycleGAN starts.

        Args:
            image_channels: 1 or 3.
            width: channels of the first layer; they double up to eightfold.
            levels: convolutions of stride 2.
        """
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(image_channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        channels = width
        for level in range(1, levels + 1):
            wider = width * min(2**level, 8)
            stride = 2 if level < levels else 1
            layers += [nn.Conv2d(channels, wider, 4, stride, 1), nn.InstanceNorm2d(wider), nn.LeakyReLU(0.2)]
            channels = wider
        layers.append(nn.Conv2d(channels, 1, 4, 1, 1))
        self.layers = nn.Sequential(*layers)
        self.apply(start_small)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to logits (N, h, w), one per patch."""
        logits: Tensor = self.layers(images)
        return logits.squeeze(1)


def start_small(module: nn.Module) -> None:
    """Weights of convolutions from N(0, 0.02), biases 0: DCGAN (arXiv:1511.06434), section 3."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def smallest_side(levels: int) -> int:
    """Smallest picture that leaves 2 x 2 patches."""
    return 4 << levels
