"""What a block hands on, channel by channel: pictures of it, figures about it, and what is usual for the model.

Usual figures are measured once per block on pictures of the model's own (`measure_usual`) and kept. A channel of
one picture is compared with them: how far its mean lies from what it is in other pictures.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from latentlab import places
from latentlab.atomic import keep_for_next_time
from latentlab.models.generator import Generator
from latentlab.render.probe import without_margin
from latentlab.render.probe_fitting import samples
from latentlab.render.torch_engine import TorchEngine

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]

BINS = 32
"""Of a histogram."""
MAP_SIDE = 96
"""Largest side of a channel's picture; larger maps are averaged down."""
SAMPLES = 32
"""Pictures that the usual figures are measured on."""
_REACH = 4.0
"""Histograms reach this many standard deviations to both sides of the usual mean; what lies beyond counts in the
outermost bins."""
_HISTOGRAM_SIDE = 128
"""Of larger maps every second, third ... row and column is counted."""
_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """How the channels of one block usually are. Arrays have one row per channel (C)."""

    samples: int
    mean: Floats
    """Of all values."""
    mean_spread: Floats
    """Standard deviation of the mean from picture to picture."""
    std: Floats
    """Typical standard deviation within one picture."""
    zeros: Floats
    """Share of values that are exactly 0."""
    low: Floats
    high: Floats
    """Ends of the histogram."""
    histogram: Floats
    """(C, BINS), shares that sum to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """One block's features of one picture."""

    block: str
    maps: NDArray[np.uint8]
    """(C, h, w), h and w at most MAP_SIDE: 128 is 0, 1 is `-scale` and 255 is `scale`. Flat ones are 1 x 1."""
    scale: Floats
    """(C,): the largest absolute value of each channel."""
    is_flat: bool
    """Fully connected: channels are single numbers without a place."""
    mean: Floats
    std: Floats
    zeros: Floats
    low: Floats
    high: Floats
    histogram: Floats
    """As in `Usual`, of this picture, with the same ends where these were given."""


def feature_maps(block: str, features: Tensor, side: int, usual: Usual | None = None) -> FeatureMaps:
    """Pictures and figures of one picture's features.

    Args:
        features: (1, C, H, W) or (1, C).
        side: of the picture that they show; a margin around it (StyleGAN3) is left out.
        usual: gives the ends of the histograms; without it they are those of this picture.
    """
    values = _in_place(features, side)[0]
    scale = values.abs().amax(dim=(1, 2))
    small = values
    if max(values.shape[1:]) > MAP_SIDE:
        height, width = (
            max(1, round(length * MAP_SIDE / max(values.shape[1:]))) for length in values.shape[1:]
        )
        small = functional.adaptive_avg_pool2d(values[None], (height, width))[0]
    coded = 128 + 127 * small / scale.clamp(min=1e-12)[:, None, None]
    mean, std, zeros = _moments(values)
    low, high = (
        (torch.from_numpy(usual.low), torch.from_numpy(usual.high))
        if usual is not None
        else (values.amin(dim=(1, 2)).cpu(), values.amax(dim=(1, 2)).cpu())
    )
    return FeatureMaps(
        block,
        coded.round().clamp(1, 255).to(torch.uint8).cpu().numpy(),
        _array(scale),
        features.ndim == 2,
        _array(mean),
        _array(std),
        _array(zeros),
        _array(low),
        _array(high),
        _array(_counted(values, low, high)),
    )


def unusualness(maps: FeatureMaps, usual: Usual) -> Floats:
    """How many standard deviations each channel's mean lies from where it is in other pictures, (C,)."""
    spread = np.maximum(usual.mean_spread, 1e-6 + 1e-3 * usual.std)
    return np.asarray((maps.mean - usual.mean) / spread, dtype=np.float32)


@torch.inference_mode()
def measure_usual(
    generator: Generator, index: int, *, cancelled: Callable[[], bool], count: int = SAMPLES
) -> Usual | None:
    """Measure block `index` on pictures of seeds 0, 1, ...; a translator's start from random clouds.

    `cancelled` is asked between blocks and may render. None when it said so, or the block has no features.
    """
    side = generator.blocks[index].info.resolution
    gathered: _Gathered | None = None
    for seed in range(count):
        features = _features_of_seed(generator, index, seed, cancelled)
        if features is None:
            return None
        values = _in_place(features, side)[0]
        gathered = gathered or _Gathered(values)
        gathered.add(values)
    return gathered.usual() if gathered is not None else None


def load_usual(fingerprint: str, block: str) -> Usual | None:
    """What was measured before; None where nothing usable was kept."""
    path = _path(fingerprint, block)
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            usual = Usual(int(arrays["samples"]), *(arrays[field.name] for field in fields(Usual)[1:]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        logger.warning("The figures in %s are not usable and will be measured again: %s", path, error)
        return None
    return usual


def save_usual(fingerprint: str, block: str, usual: Usual) -> None:
    """Keep them for the next time."""
    buffer = io.BytesIO()
    np.savez(buffer, **{field.name: getattr(usual, field.name) for field in fields(Usual)})
    keep_for_next_time(_path(fingerprint, block), buffer.getvalue())


class _Gathered:
    """Moments and histograms over pictures; the first one gives the histograms' ends."""

    def __init__(self, first: Tensor) -> None:
        mean, std, _ = _moments(first)
        reach = (_REACH * std).clamp(min=1e-6)
        self._low, self._high = (mean - reach).cpu(), (mean + reach).cpu()
        self._rows: list[tuple[Tensor, Tensor, Tensor]] = []
        self._histogram = torch.zeros(len(first), BINS)

    def add(self, values: Tensor) -> None:
        mean, std, zeros = _moments(values)
        self._rows.append((mean.cpu(), std.cpu(), zeros.cpu()))
        self._histogram += _counted(values, self._low, self._high)

    def usual(self) -> Usual:
        means, stds, zeros = (torch.stack(column) for column in zip(*self._rows, strict=True))
        return Usual(
            len(self._rows),
            _array(means.mean(0)),
            _array(means.std(0, correction=0)),
            _array(stds.mean(0)),
            _array(zeros.mean(0)),
            _array(self._low),
            _array(self._high),
            _array(self._histogram / len(self._rows)),
        )


def _features_of_seed(
    generator: Generator, index: int, seed: int, cancelled: Callable[[], bool]
) -> Tensor | None:
    """Features after block `index`, computed beside the renderer's own engine: that one may be exchanged."""
    engine = TorchEngine(generator)
    codes, image = samples(generator, range(seed, seed + 1))
    pose = torch.eye(3) if generator.capabilities.has_transform else None
    noise = generator.noise_maps()
    state = engine.start(image, pose)
    for number in range(index + 1):
        state = engine.run(number, state, codes, noise[number])
        if cancelled():
            return None
    return state.features


def _in_place(features: Tensor, side: int) -> Tensor:
    """(N, C, H, W): flat features as maps of one number, without a margin."""
    if features.ndim == 2:
        return features[:, :, None, None].float()
    inner = without_margin(features, side) if features.shape[2] > side else features
    return inner.float()


def _moments(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean, standard deviation and share of zeros of each channel of (C, H, W)."""
    flat = values.flatten(1)
    return flat.mean(1), flat.std(1, correction=0), (flat == 0).float().mean(1)


def _counted(values: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Histograms (C, BINS) of (C, H, W), as shares."""
    stride = max(1, -(-max(values.shape[1:]) // _HISTOGRAM_SIDE))
    flat = values[:, ::stride, ::stride].flatten(1).cpu()
    width = (high - low).clamp(min=1e-12)[:, None]
    bins = ((flat - low[:, None]) / width * BINS).long().clamp(0, BINS - 1)
    counts = torch.zeros(len(flat), BINS)
    counts.scatter_add_(1, bins, torch.ones_like(flat))
    return counts / flat.shape[1]


def _array(values: Tensor) -> Floats:
    return np.asarray(values.float().cpu().numpy())


def _path(fingerprint: str, block: str) -> Path:
    name = hashlib.sha256(f"{_VERSION} {fingerprint} {block}".encode()).hexdigest()[:32]
    return places.cache_dir() / "features" / f"{name}.npz"
