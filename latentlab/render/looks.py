"""Whether a faster engine's pictures look the same as plain float32 ones, measured on the model itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import torch
from torch import Tensor

from latentlab.errors import Cancelled
from latentlab.models.generator import Generator
from latentlab.render.engine import Engine, NoiseMaps
from latentlab.render.probe_fitting import samples

TRIALS = ((0, 1.0), (1, 1.0), (2, 1.0), (3, 0.7), (4, 0.4), (5, 1.3))
"""(seed, truncation psi) of the pictures that are compared."""
LEAST_GAIN = 1.1
"""An engine that is not this many times faster is not worth its memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Errors, in levels of 8 bits, up to which pictures count as looking the same."""

    mean: float
    """Over each picture."""
    most: float
    """Of the worst thousandth of each picture's numbers."""
    worst: float
    """Of any number."""


EXACT = Limits(mean=0.02, most=0.1, worst=1.0)
"""For float32 computed in another order: not even the last bit of a level moves, but for rounding."""
ALIKE = Limits(mean=1.5, most=16.0, worst=48.0)
"""For narrow numbers: about what JPEG of quality 95 does, which nobody sees. It moved a screen of this program by
0.7 on average, by 27 in the worst thousandth and by 80 at worst."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the comparison found; errors in levels of 8 bits, the worst picture's."""

    mean: float
    most: float
    worst: float
    gain: float
    """How many times faster a full picture is."""

    def fault(self, limits: Limits) -> str:
        """Why the engine is not used; empty when it is."""
        if not (self.mean <= limits.mean and self.most <= limits.most and self.worst <= limits.worst):
            return f"its pictures differ by {self.mean:.2g} levels of 255 on average and {self.worst:.2g} at worst"
        if self.gain < LEAST_GAIN:
            return f"it is not faster ({self.gain:.2g} times)"
        return ""


@torch.inference_mode()
def compare(
    generator: Generator,
    engine: Engine,
    reference: Engine,
    *,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Look:
    """Draw the same pictures with both engines.

    Raises:
        Cancelled: `cancelled` said so between two blocks.
    """
    noise = generator.noise_maps()
    errors: list[tuple[float, float, float]] = []
    gains: list[float] = []
    for number, (seed, psi) in enumerate(TRIALS):
        codes, image = samples(generator, range(seed, seed + 1))
        codes = generator.truncate(codes, psi)
        wanted, slow = _timed(generator, reference, codes, noise, image, cancelled)
        drawn, fast = _timed(generator, engine, codes, noise, image, cancelled)
        levels = ((wanted.clamp(-1, 1) - drawn.clamp(-1, 1)).abs() * 127.5).flatten()
        thousandth = torch.topk(levels, max(1, len(levels) // 1000)).values[-1]
        errors.append((float(levels.mean()), float(thousandth), float(levels.max())))
        if number:  # the first picture of an engine warms it up
            gains.append(slow / fast)
        progress((number + 1) / len(TRIALS))
    mean, most, worst = torch.tensor(errors).amax(dim=0).tolist()  # unlike max(), keeps NaN
    return Look(mean, most, worst, median(gains))


def _timed(
    generator: Generator,
    engine: Engine,
    codes: Tensor,
    noise: NoiseMaps,
    image: Tensor | None,
    cancelled: Callable[[], bool],
) -> tuple[Tensor, float]:
    """The picture on the CPU, and seconds without those spent in `cancelled`, which may do other work."""
    last = len(generator.blocks) - 1
    elsewhere = 0.0

    def asked() -> bool:
        nonlocal elsewhere
        begun = perf_counter()
        stop = cancelled()
        elsewhere += perf_counter() - begun
        return stop

    pose = torch.eye(3) if generator.capabilities.has_transform else None
    begun = perf_counter()
    states = engine.run_through(0, last, engine.start(image, pose), codes, noise, asked)
    if last not in states:
        raise Cancelled
    picture = engine.picture(last, states[last])
    assert picture is not None
    picture = picture.float().cpu()
    return picture, perf_counter() - begun - elsewhere
