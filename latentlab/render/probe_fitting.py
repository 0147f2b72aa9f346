"""Fitting probes on a model's own samples, in small steps that can be given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed
from latentlab.render.engine import Engine
from latentlab.render.probe import FLAT_SIDE, NormalEquations, Probe, ProbeSet, without_margin

_EQUATIONS_PER_CHANNEL = 6
_LEAST_SAMPLES, _MOST_SAMPLES = 12, 4096
_FIRST_GUESS = 2
"""Samples after which a first guess is offered, where one more sample takes long."""
_PIXELS_AT_ONCE = 1 << 21
"""Samples run together while their pictures have no more pixels than this."""

Progress = Callable[[float, str], None]


class _Gathered:
    """The equations of one block."""

    def __init__(self, features: Tensor, side: int, channels: int) -> None:
        self.side = side
        self.flat = features.ndim == 2
        outputs = channels * side * side if self.flat else channels
        self.equations = NormalEquations(features.shape[1], outputs)

    def add(self, features: Tensor, pictures: Tensor, seed: int, most: int) -> None:
        """Add a batch; of features in place at most `most` pixels, spread at random."""
        target = functional.interpolate(pictures, size=(self.side, self.side), mode="area")
        if self.flat:
            self.equations.add(features, target.flatten(1))
            return
        inputs = without_margin(features, self.side).movedim(1, -1).flatten(0, 2)
        outputs = target.movedim(1, -1).flatten(0, 2)
        if len(inputs) > most:
            chosen = torch.from_numpy(np.random.RandomState(seed).permutation(len(inputs))[:most])
            inputs, outputs = inputs[chosen.to(inputs.device)], outputs[chosen.to(outputs.device)]
        self.equations.add(inputs, outputs)

    def probe(self) -> Probe:
        """The best map for what was gathered so far."""
        weight, bias = self.equations.solve()
        return Probe(weight.float(), bias.float(), self.side)


@torch.inference_mode()
def fit_probes(
    generator: Generator,
    engine: Engine,
    *,
    progress: Progress,
    cancelled: Callable[[], bool],
    first_guess: Callable[[ProbeSet], None] = lambda probes: None,
) -> ProbeSet | None:
    """Fit a probe for every block that has no picture of its own. Deterministic.

    Args:
        generator: draws the codes, and noise maps as stored. Nobody else may move its pose meanwhile.
        engine: runs its blocks.
        progress: called with the share done and what is being done.
        cancelled: asked between blocks.
        first_guess: given a rough set early.

    Returns:
        The probes; None when cancelled.
    """
    gathered: dict[int, _Gathered] = {}
    needed, done = _LEAST_SAMPLES, 0
    while done < needed:
        batch = _batch(generator, min(needed - done, 64) if done else 1)
        seeds = range(done, done + batch)
        features = _run(generator, engine, seeds, cancelled)
        if features is None:
            return None
        pictures = features.pop(len(generator.blocks) - 1).float().clamp(-1, 1)
        for index, values in features.items():
            info = generator.blocks[index].info
            if index not in gathered:
                side = (
                    min(info.resolution, FLAT_SIDE)
                    if values.ndim == 2
                    else min(info.resolution, values.shape[2])
                )
                gathered[index] = _Gathered(values, side, pictures.shape[1])
                needed = max(needed, _samples_for(info.channels, 1 if values.ndim == 2 else side * side))
            most = batch * -(-2 * _EQUATIONS_PER_CHANNEL * info.channels // _LEAST_SAMPLES)
            gathered[index].add(values.float(), pictures, done, most)
            if cancelled():
                return None
        if not gathered:
            return ProbeSet({})
        done += batch
        progress(done / needed, "Learning to show every layer")
        if done == _FIRST_GUESS:
            first_guess(_solved(gathered, complete=False))
    return _solved(gathered, complete=True)


def _solved(gathered: dict[int, _Gathered], *, complete: bool) -> ProbeSet:
    return ProbeSet({index: block.probe() for index, block in gathered.items()}, complete=complete)


def _samples_for(channels: int, equations_per_sample: int) -> int:
    wanted = -(-_EQUATIONS_PER_CHANNEL * channels // equations_per_sample)
    return max(_LEAST_SAMPLES, min(_MOST_SAMPLES, wanted))


def _batch(generator: Generator, wanted: int) -> int:
    pixels = generator.capabilities.resolution**2 * max(block.info.channels for block in generator.blocks)
    return max(1, min(wanted, _PIXELS_AT_ONCE // pixels))


def _run(
    generator: Generator, engine: Engine, seeds: range, cancelled: Callable[[], bool]
) -> dict[int, Tensor] | None:
    """Features after each block without a picture, and the picture after the last; None when cancelled."""
    codes, image = samples(generator, seeds)
    noise = generator.noise_maps()
    pose = torch.eye(3) if generator.capabilities.has_transform else None
    state: Any = engine.start(image, pose)
    last = len(generator.blocks) - 1
    found: dict[int, Tensor] = {}
    for index in range(last + 1):
        if cancelled():
            return None
        state = engine.run(index, state, codes, noise[index])
        if index == last:
            picture = engine.picture(index, state)
            assert picture is not None
            found[index] = picture
        elif engine.picture(index, state) is None:
            features = engine.to_state(index, state).features
            if features is not None:
                found[index] = features
    return found


def samples(generator: Generator, seeds: range) -> tuple[Tensor, Tensor | None]:
    """Codes (N, num_codes, code_dim) of seeds, classes taken in turn; for a translator also its pictures."""
    can = generator.capabilities
    device = generator.code_mean.device
    if can.is_translator:
        pictures = [_clouds(seed, can.photo_channels or can.image_channels, can.resolution) for seed in seeds]
        return torch.zeros(len(seeds), 0, 0, device=device), torch.stack(pictures).to(device)
    z = torch.cat([normal_from_seed(seed, 1, can.z_dim) for seed in seeds]).to(device)
    condition = None
    if can.num_classes:
        labels = torch.tensor([seed % can.num_classes for seed in seeds])
        condition = functional.one_hot(labels, can.num_classes).float().to(device)
    return generator.map(z, condition), None


def _clouds(seed: int, channels: int, side: int) -> Tensor:
    """A random picture (channels, side, side) in [-1, 1] with the spectrum of natural ones, 1/f."""
    noise = normal_from_seed(seed, channels, side, side)
    rows, columns = torch.fft.fftfreq(side)[:, None], torch.fft.rfftfreq(side)[None]
    frequency = (rows.square() + columns.square()).sqrt().clamp(min=1 / side)
    picture = torch.fft.irfft2(torch.fft.rfft2(noise) / frequency, s=(side, side))
    return torch.tanh(picture / picture.std())
