"""Which of several readings of a file is right: the one whose samples look most natural.

A wrong activation, stride or order of inputs still draws something. What it draws is noisier, flatter or more
saturated than pictures are; and it contradicts what the file itself remembers of its training: the running
statistics of batch norms, and an encoder that should find z again in what the decoder drew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from numpy.typing import NDArray
from torch import Tensor, nn

from latentlab.formats.reading import Reading
from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed
from latentlab.models.translator import Translator
from latentlab.models.vae import VAE

_FEW, _MANY = 2, 8
"""Samples at 64 px; more of smaller pictures, fewer of larger ones."""
_FINALISTS = 4
_TASTE = 0.3
"""Weight of naturalness where the file holds evidence of its training: taste then settles what that leaves."""
_SHEET_SIDE = 96
_PREFERENCE = (0.006, 10)
"""Between readings that look alike the likelier one wins: each of so many places costs this share."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """How natural a model's samples look."""

    score: float
    """0 (noise, flat, or not finite) ... 1."""
    sheet: NDArray[np.uint8]
    """(H, W, 3): samples side by side."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A reading with its judgement; `reading.candidate.score` is filled in."""

    reading: Reading
    sheet: NDArray[np.uint8]


def rank(
    readings: Sequence[Reading],
    build: Callable[[Reading], Generator],
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Ranked]:
    """Order readings by how natural their samples look, best first; the same every time.

    All are looked at briefly, and the best few once more with more samples.

    Args:
        readings: likeliest first.
        build: makes the generator of a reading, with its weights, on the CPU. Called up to twice for each.
        cancelled: asked between readings; those not looked at keep their order, with a score of 0 and no sheet.
    """
    share, most = _PREFERENCE
    places = {reading.candidate.key: place for place, reading in enumerate(readings)}

    def look(reading: Reading, samples: int) -> Ranked:
        found = judge(build(reading), samples=samples)
        score = found.score * (1 - share * min(most, places[reading.candidate.key]))
        return Ranked(replace(reading, candidate=replace(reading.candidate, score=score)), found.sheet)

    looked: list[Ranked] = []
    for reading in readings:
        if cancelled():
            unseen = [Ranked(rest, np.zeros((1, 1, 3), np.uint8)) for rest in readings[len(looked) :]]
            return [*_ordered(looked), *unseen]
        looked.append(look(reading, _MANY if len(readings) <= _FINALISTS else _FEW))
    looked = _ordered(looked)
    if len(readings) <= _FINALISTS:
        return looked
    finalists = [item if cancelled() else look(item.reading, _MANY) for item in looked[:_FINALISTS]]
    return [*_ordered(finalists), *looked[_FINALISTS:]]


@torch.no_grad()
def judge(generator: Generator, *, samples: int = _MANY) -> Judgement:
    """Draw samples from fixed seeds and say how natural they look.

    Args:
        generator: in eval mode.
        samples: how many to draw at 64 px; more of smaller pictures, fewer of larger ones.
    """
    capabilities = generator.capabilities
    start = None
    if isinstance(generator, Translator):
        start = _landscape(2, generator.config.input_channels, min(capabilities.resolution, 128))
    count = 2 if start is not None else max(2, min(64, samples * 64**2 // capabilities.resolution**2))
    z = normal_from_seed(0, count, capabilities.z_dim)
    condition = None
    if capabilities.num_classes:
        condition = torch.eye(capabilities.num_classes)[torch.arange(count) % capabilities.num_classes]
    codes = generator.map(z, condition)
    images = generator.synthesize(codes, image=start)
    if not bool(images.isfinite().all()):
        return Judgement(0.0, _sheet(images.nan_to_num(0.0)))
    evidence = _fits_of_norms(generator, codes, start)
    if isinstance(generator, VAE):
        evidence.append(_round_trip(generator, images, condition))
    natural = naturalness(images)
    if start is not None:
        natural *= _weigh(_likeness(start, images))
        images = torch.stack([_rgb(start), _rgb(images)], 1).flatten(0, 1)
    if evidence:
        natural = natural**_TASTE * _weigh(sum(evidence) / len(evidence))
    return Judgement(natural, _sheet(images))


def naturalness(images: Tensor) -> float:
    """How far pictures (N, C, H, W) in [-1, 1] resemble pictures of anything, 0 ... 1.

    A product of five judgements. Pictures stay in range; have contrast; neighbouring pixels go together; power
    falls with spatial frequency, in photographs with its square (Field 1987, "Relations between the statistics
    of natural images and the response properties of cortical cells"); and samples differ from one another.
    """
    side = images.shape[-1]
    overshoot = float((images.abs() - 1).clamp(min=0).mean())
    images = images.clamp(-1, 1)
    deviation = float(images.std())
    if deviation < 1e-4:
        return 0.0
    saturated = float((images.abs() > 0.99).float().mean())
    together = _neighbour_correlation(images)
    slope = _spectrum_slope(images)
    spread = float(images.std(dim=0).mean()) / deviation
    usual = min(0.9, max(0.4, 1 - 6 / side))  # small pictures have few neighbours alike
    return (
        math.exp(-4 * overshoot)
        * math.exp(-0.5 * (math.log(deviation / 0.5) / 0.9) ** 2)
        * (1 - 0.4 * saturated**4)
        * min(1.0, max(0.0, together / usual)) ** 2
        * min(1.0, max(0.05, -slope / 1.5))
        * min(1.0, spread / 0.3)
    )


def _neighbour_correlation(images: Tensor) -> float:
    """Correlation of pixels with those right of and below them."""
    centred = images - images.mean()
    across = (centred[..., :-1] * centred[..., 1:]).mean()
    down = (centred[..., :-1, :] * centred[..., 1:, :]).mean()
    return float((across + down) / 2 / centred.square().mean())


def _spectrum_slope(images: Tensor) -> float:
    """Slope of log power over log frequency, averaged over directions."""
    side = images.shape[-1]
    grey = images.mean(dim=1)
    window = torch.hann_window(side, periodic=False)
    power = torch.fft.fft2((grey - grey.mean()) * window * window[:, None]).abs().square().mean(dim=0)
    frequency = torch.fft.fftfreq(side) * side
    radius = (frequency.square() + frequency[:, None].square()).sqrt().round().long()
    rings = torch.arange(1, side // 2)
    means = torch.stack([power[radius == ring].mean() for ring in rings])
    x, y = rings.double().log(), (means.double() + 1e-12).log()
    x = x - x.mean()
    return float((x * y).sum() / x.square().sum())


def _fits_of_norms(generator: Generator, codes: Tensor, start: Tensor | None) -> list[float]:
    """How well what reaches each batch norm agrees with its running statistics, 0 ... 1 each.

    The statistics were gathered in training, where every norm used those of its batch: so they are taken the same
    way here, or the error of one layer would be blamed on all that follow.
    """
    norms = [
        norm
        for norm in generator.modules()
        if isinstance(norm, nn.BatchNorm2d)
        and norm.running_mean is not None
        and bool(norm.running_mean.any())
    ]
    fits: list[float] = []

    def look(norm: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor]:
        features = inputs[0]
        axes = [axis for axis in range(features.ndim) if axis != 1]
        sides = [1, -1, *[1] * (features.ndim - 2)]
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        expected, variance = norm.running_mean.view(sides), norm.running_var.view(sides) + norm.eps
        mean = features.mean(dim=axes, keepdim=True)
        found = features.var(dim=axes, unbiased=False, keepdim=True) + norm.eps
        shift = (mean - expected).abs() / variance.sqrt()
        scale = (found / variance).log().abs() / 2
        fits.append(math.exp(-float((shift.clamp(max=3) + scale.clamp(max=3)).mean())))
        return ((features - mean) * (variance / found).sqrt() + expected,)

    if not norms:
        return fits
    handles = [norm.register_forward_pre_hook(look) for norm in norms]
    try:
        generator.synthesize(codes, image=start)
    finally:
        for handle in handles:
            handle.remove()
    return fits


def _round_trip(vae: VAE, images: Tensor, condition: Tensor | None) -> float:
    """How much of its own pictures an autoencoder finds again, 0 ... 1."""
    if not vae.capabilities.has_encoder:
        return 0.5
    again = vae(vae.encode(images, condition).mu, condition)
    lost = (again - images).square().mean() / (images - images.mean(dim=0)).square().mean().clamp(min=1e-8)
    return max(0.0, 1 - float(lost))


def _likeness(before: Tensor, after: Tensor) -> float:
    """How much of a picture's structure a translation keeps, 0 ... 1."""
    pair = torch.stack([before.mean(dim=1).flatten(), after.mean(dim=1).flatten()])
    return abs(float(torch.corrcoef(pair)[0, 1].nan_to_num(0.0)))


def _weigh(evidence: float) -> float:
    """Evidence alone never rules a reading out."""
    return 0.1 + 0.9 * evidence


def _landscape(count: int, channels: int, side: int) -> Tensor:
    """Pictures with the spectrum of photographs, for a translator to start from."""
    frequency = torch.fft.fftfreq(side) * side
    radius = (frequency.square() + frequency[:, None].square()).sqrt().clamp(min=1)
    noise = torch.fft.fft2(normal_from_seed(1, count, channels, side, side)) / radius**1.2
    images: Tensor = torch.fft.ifft2(noise).real
    return (images / images.std()).tanh()


def _rgb(images: Tensor) -> Tensor:
    return images.expand(-1, 3, -1, -1) if images.shape[1] == 1 else images


def _sheet(images: Tensor) -> NDArray[np.uint8]:
    """Up to eight pictures, four in a row, each at most 96 pixels wide."""
    images = _rgb(images[:8])
    if images.shape[-1] > _SHEET_SIDE:
        images = F.interpolate(images, size=(_SHEET_SIDE, _SHEET_SIDE), mode="area")
    pixels = ((images.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1)
    rows = [torch.cat(list(pixels[start : start + 4]), dim=1) for start in range(0, len(pixels) - 3, 4)]
    sheet: NDArray[np.uint8] = torch.cat(rows or [torch.cat(list(pixels), dim=1)]).numpy()
    return sheet


def _ordered(items: Sequence[Ranked]) -> list[Ranked]:
    return sorted(items, key=lambda item: -item.reading.candidate.score)
