"""A small random network through every kind of operation that the models use, on a device and on the CPU."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from latentlab.models.seeds import normal_from_seed


@torch.inference_mode()
def worst_error(device: str) -> float:
    """Largest difference between `device` and the CPU over all stages, relative to each stage's largest value.

    Raises:
        RuntimeError: the device cannot run an operation.
    """
    there = [stage.float().cpu() for stage in _stages(torch.device(device))]
    here = _stages(torch.device("cpu"))
    errors = [(a - b).abs().max() / b.abs().max() for a, b in zip(there, here, strict=True)]
    return float(torch.stack(errors).max())


def _stages(device: torch.device) -> list[Tensor]:
    """What the network computes, stage by stage; each stage stands for what some family needs."""

    def numbers(seed: int, *shape: int) -> Tensor:
        return normal_from_seed(seed, *shape).to(device)

    z = numbers(0, 2, 64)
    z = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
    w = functional.leaky_relu(
        functional.linear(z, numbers(1, 64, 64) / 8, numbers(2, 64)), 0.2
    )  # mapping network
    grid = functional.affine_grid(numbers(3, 2, 2, 3) / 2, [2, 1, 16, 16], align_corners=False)
    fourier = torch.sin(grid @ numbers(4, 2, 32) * 3.0).permute(0, 3, 1, 2)  # StyleGAN3's input
    x = torch.cat([fourier, numbers(5, 1, 32, 16, 16).expand(2, -1, -1, -1)], dim=1)
    styles = functional.linear(w, numbers(6, 64, 64) / 8) + 1.0
    weight = numbers(7, 48, 64, 3, 3) / 24
    demodulation = (styles.square() @ weight.square().sum(dim=(2, 3)).t() + 1e-8).rsqrt()
    modulated = (
        functional.conv2d(x * styles[:, :, None, None], weight, padding=1) * demodulation[:, :, None, None]
    )
    modulated = functional.leaky_relu(modulated + numbers(8, 1, 1, 16, 16), 0.2).clamp(-256.0, 256.0)
    raised = functional.conv_transpose2d(
        modulated, numbers(9, 48, 32, 3, 3) / 21, stride=2
    )  # StyleGAN2's upsampling
    blurred = functional.conv2d(functional.pad(raised, (1, 1, 1, 1)), numbers(10, 32, 1, 4, 4) / 4, groups=32)
    normal = functional.instance_norm(blurred) * 0.5 + functional.group_norm(blurred, 8) * 0.5  # AdaIN, VAE
    padded = functional.conv2d(
        functional.pad(normal, (1, 1, 1, 1), mode="reflect"), numbers(11, 16, 32, 3, 3) / 17
    )  # translator
    resized = functional.interpolate(padded, scale_factor=2.0, mode="bilinear", align_corners=False)
    shuffled = functional.pixel_shuffle(resized, 2)
    picture = torch.tanh(functional.conv2d(functional.silu(shuffled), numbers(12, 3, 4, 1, 1)))
    return [w, fourier, modulated, blurred, normal, padded, shuffled, picture]
