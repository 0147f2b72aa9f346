"""What can be said of a picture without any network: how bright it is, how coloured, how even its ground.

A generator may draw every class well and still leave a trace in all of its pictures: a faint pattern on even
ground, a grey veil. Networks that see what is shown may not see that; one of these figures does.
"""

from __future__ import annotations

import numpy as np
import torch.nn.functional as F  # noqa: N812 - the field's name
from numpy.typing import NDArray

from latentlab.diagnosis.features.extractor import Pictures, as_rgb, as_tensor

LOOKS: dict[str, tuple[str, str]] = {
    "ground": ("a faint pattern on even ground", "ground that is too even"),
    "brightness": ("too bright", "too dark"),
    "contrast": ("too strong a contrast", "too weak a contrast"),
    "rim": ("too bright along the edges", "too dark along the edges"),
    "colour": ("too much colour", "too little colour"),
}
"""Every figure, and what more and less of it are called."""

_EVEN = 0.5
"""Quantile of the local deviations: half of a picture is its even part."""
_RIM = 16
"""The rim is this part of the side wide."""


def looks(pictures: Pictures) -> dict[str, NDArray[np.float64]]:
    """Figures of pictures (N, H, W, C), (N,) each, in steps of 8 bits; colour of colour pictures alone.

    `ground` is the median over places of the standard deviation within 3 x 3 pixels; `colour` the mean difference
    of the strongest and the weakest channel; `rim` the mean of the outermost sixteenth.
    """
    parts = [_looks(pictures[begin : begin + 250]) for begin in range(0, len(pictures), 250)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _looks(pictures: Pictures) -> dict[str, NDArray[np.float64]]:
    images = as_rgb(as_tensor(pictures)) * 255
    grey = images.mean(1, keepdim=True)
    flat = grey.flatten(1)
    padded = F.pad(grey, (1, 1, 1, 1), mode="replicate")
    mean = F.avg_pool2d(padded, 3, 1)
    deviation = (F.avg_pool2d(padded.square(), 3, 1) - mean.square()).clamp_min(0.0).sqrt().flatten(1)
    rim = max(1, grey.shape[-1] // _RIM)
    inner = F.pad(grey[..., rim:-rim, rim:-rim], (rim, rim, rim, rim)).flatten(1)
    outside = flat.shape[1] - (grey.shape[-2] - 2 * rim) * (grey.shape[-1] - 2 * rim)
    found = {
        "ground": deviation.quantile(_EVEN, dim=1),
        "brightness": flat.mean(1),
        "contrast": flat.std(1),
        "rim": (flat.sum(1) - inner.sum(1)) / outside,
    }
    if pictures.shape[3] >= 3:
        found["colour"] = (images.amax(1) - images.amin(1)).flatten(1).mean(1)
    return {name: values.double().numpy() for name, values in found.items()}
