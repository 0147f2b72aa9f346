"""A discriminator whose features measure how alike two pictures are (Larsen et al. 2016, arXiv:1512.09300)."""

from __future__ import annotations

from torch import Tensor, nn


class SimilarityDiscriminator(nn.Module):
    """Scores pictures, and shows the features of one layer on the way.

    Without normalisation: no score depends on another picture, so a batch may be shared by processes.
    """

    def __init__(
        self,
        resolution: int,
        image_channels: int,
        *,
        width: int = 32,
        max_width: int = 192,
        halvings: int = 2,
    ) -> None:
        """Build an untrained one.

        Args:
            resolution: a power of two, 16 and above.
            image_channels: 1 or 3.
            width: channels at half the resolution; doubled at every halving.
            max_width: what the doubling stops at.
            halvings: how many halvings of the size lie before the features that are compared.
        """
        super().__init__()
        stages: list[nn.Module] = []
        before, side = image_channels, resolution
        while side > 4:
            side //= 2
            after = min(max_width, width * resolution // (2 * side))
            stages.append(nn.Sequential(nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2)))
            before = after
        cut = min(halvings, len(stages))
        self.early = nn.Sequential(*stages[:cut])
        self.late = nn.Sequential(
            *stages[cut:],
            nn.Flatten(),
            nn.Linear(16 * before, 128),
            nn.LeakyReLU(0.2),
            nn.Linear(128, 1),
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W) in [-1, 1] to scores (N,) and features (N, K, h, w)."""
        features = self.early(images)
        return self.late(features)[:, 0].float(), features.float()
