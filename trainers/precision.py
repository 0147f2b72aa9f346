"""In which numbers networks compute."""

from __future__ import annotations

from typing import Literal, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)

Precision = Literal["float32", "bfloat16", "auto"]


def autocast(device: str, precision: Precision) -> torch.autocast:
    """A context in which matrix products and convolutions run in `precision`; weights stay in float32.

    Args:
        device: "cpu", "cuda:0".
        precision: "auto" is bfloat16 where the device is quick at it.
    """
    kind = torch.device(device).type
    low = precision == "bfloat16" or (precision == "auto" and _quick_at_bfloat16(kind))
    return torch.autocast(kind, torch.bfloat16, enabled=low)


def lay_out(network: Network) -> Network:
    """Give the weights the layout in memory that convolutions are quickest in; returns the same network."""
    for weight in network.parameters():
        if weight.ndim == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    return network


def _quick_at_bfloat16(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.get_device_capability()[0] >= 8
    # On a Zen 4 core (AVX-512 BF16, no AMX) convolutions and their gradients took 0.53 to 0.65 of the time.
    return kind == "cpu" and (torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())
