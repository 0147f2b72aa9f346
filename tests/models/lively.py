"""Networks whose every weight matters: nothing is left at zero or one."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


def enliven(network: nn.Module, seed: int) -> dict[str, NDArray[np.float64]]:
    """Disturb all weights and buffers but the filters; returns them in double precision, by name."""
    stream = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith(("_filter", "transform", "freqs", "blur")):
                continue
            change = torch.randn(tensor.shape, generator=stream) * 0.3
            if name.endswith("magnitude_ema"):
                tensor.copy_(change.abs() + 0.5)
            else:
                tensor.add_(change)
    network.requires_grad_(False).eval()
    return {name: tensor.double().numpy() for name, tensor in network.state_dict().items()}
