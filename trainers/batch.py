"""What a training step sees, and what a system must know of the data to build its networks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from torch import Tensor


@dataclass(frozen=True, slots=True)
class DataShape:
    """The data as networks see it."""

    kind: Literal["pictures", "points"]
    """"points" are the two-dimensional tasks: images are (N, 2)."""
    resolution: int = 64
    """Side in pixels; 0 for points."""
    channels: int = 3
    """1 (grey) or 3 (RGB); 2 for points."""
    count: int = 0
    """Training items."""
    class_names: tuple[str, ...] = ()
    """Empty for data without labels."""
    captions: tuple[str, ...] = ()
    """Distinct captions of the training items, sorted; empty for data without captions."""
    has_targets: bool = False
    """There is a second, unpaired set of pictures."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One process's part of a batch."""

    images: Tensor
    """(N, C, H, W) float32 in [-1, 1]; (N, 2) for points."""
    labels: Tensor | None = None
    """(N,) int64, index into `DataShape.class_names`."""
    captions: tuple[str, ...] = ()
    """One per image."""
    targets: Tensor | None = None
    """(N, C, H, W), pictures of the second set: not partners of `images`."""

    def __len__(self) -> int:
        return len(self.images)

    def to(self, device: str) -> Batch:
        """The same batch with its tensors on a device."""
        return replace(
            self,
            images=self.images.to(device),
            labels=None if self.labels is None else self.labels.to(device),
            targets=None if self.targets is None else self.targets.to(device),
        )
