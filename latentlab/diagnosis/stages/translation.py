"""There and back again: whether a translator keeps what it is given, and whether it hides it.

Chu et al. 2017, "CycleGAN, a Master of Steganography" (arXiv:1712.02950): a translation may carry the picture in
a pattern too faint to be seen. Faint noise then breaks the way back, more than it changes the way back of real
pictures.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from latentlab.diagnosis.estimate import mean_with_interval
from latentlab.diagnosis.features.extractor import as_rgb, resized
from latentlab.diagnosis.progress import Watch
from latentlab.diagnosis.sampling import as_images, to_pictures, translate
from latentlab.diagnosis.session import Session
from latentlab.errors import Cancelled
from latentlab.models.generator import Generator

_MOST, _SHOWN, _BATCH = 200, 12, 16
_NOISE = (0.0, 0.01, 0.02, 0.04, 0.08, 0.16)
_FAINT = 0.04
"""Noise that nobody sees: about 5 of 255 steps."""


@torch.no_grad()
def cycles(session: Session, watch: Watch) -> None:
    """Identity error, cycle error, and noise in the translation."""
    there, back, data = session.model.generator, session.model.back, session.data
    if not there.capabilities.is_translator or data.origin is None:
        return
    origin = np.asarray(data.origin[:_MOST])
    target = np.asarray(data.items[:_MOST], np.uint8)
    own = np.concatenate([_difference(there, target[i : i + _BATCH]) for i in range(0, len(target), _BATCH)])
    session.writer.put("identity_error", own)
    session.figure(
        "identity_error",
        "translation",
        "Change of what needs none",
        "mean |G(y) - y| of pictures of the target style, on the scale of -1 ... 1",
        mean_with_interval(own),
        "How much it changes pictures that are in the target style already.",
        better="lower",
    )
    if back is None:
        session.writer.notes.append(
            "The way back is not there: name a run, or keep model-back beside the model."
        )
        return
    rows, errors, worse = [], [], []
    noise = torch.Generator().manual_seed(0)
    broken, usual = np.zeros((len(_NOISE), 2)), np.zeros((len(_NOISE), 2))
    for begin in range(0, len(origin), _BATCH):
        if watch(begin / len(origin)):
            raise Cancelled
        part = origin[begin : begin + _BATCH]
        given = _as(back, part)
        made = translate(there, part).clamp(-1, 1)
        real = _as(there, target[begin : begin + _BATCH])
        plain, plain_real = _run(back, made), _run(back, real) if len(real) else made[:0]
        errors.append((plain - given).abs().flatten(1).mean(1).numpy())
        for place, sigma in enumerate(_NOISE):
            disturbed = _run(back, made + sigma * torch.randn(made.shape, generator=noise))
            off = (disturbed - given).abs().flatten(1).mean(1)
            broken[place] += float(off.sum()), len(made)
            if sigma == _FAINT:
                worse.append((off - (plain - given).abs().flatten(1).mean(1)).numpy())
            if len(real):
                other = _run(back, real + sigma * torch.randn(real.shape, generator=noise))
                usual[place] += float((other - plain_real).abs().flatten(1).mean(1).sum()), len(real)
            if sigma == _FAINT and begin < _SHOWN:
                rows.append(np.stack([to_pictures(as_rgb(x)) for x in (given, made, plain, disturbed)], 1))
    error = np.concatenate(errors)
    curve, yardstick = broken[:, 0] / broken[:, 1].clip(1), usual[:, 0] / usual[:, 1].clip(1)
    writer = session.writer
    writer.columns = ("given", "translated", "and back", "back, with faint noise")
    writer.put("translation_rows", np.concatenate(rows)[:_SHOWN])
    writer.put("cycle_error", error)
    writer.put("translation_noise", np.array(_NOISE))
    writer.put("translation_back", curve)
    writer.put("translation_usual", yardstick)
    session.figure(
        "cycle_error",
        "translation",
        "Error there and back",
        "mean |F(G(x)) - x| on the scale of -1 ... 1",
        mean_with_interval(error),
        "How far a picture is from itself after the way there and back.",
        better="lower",
    )
    faint = _NOISE.index(_FAINT)
    added = mean_with_interval(np.concatenate(worse))
    breaks = (
        f"makes the way back {added.value:.3f} worse"
        if added.low > 0
        else "does not make the way back surely worse"
    )
    session.figure(
        "hidden_message",
        "translation",
        "What faint noise breaks",
        "error that noise of 0.04 in the translation adds to the way back, Chu et al. 2017",
        added,
        f"Noise too faint to see {breaks} (error {curve[0]:.3f}); the same noise changes the way back of real "
        f"pictures by {yardstick[faint]:.3f}.",
        data=float(yardstick[faint]),
        better="lower",
    )


def _difference(generator: Generator, pictures: np.ndarray) -> np.ndarray:
    target = _as(generator, pictures)
    found: np.ndarray = (
        (translate(generator, pictures).clamp(-1, 1) - target).abs().flatten(1).mean(1).numpy()
    )
    return found


def _as(generator: Generator, pictures: np.ndarray) -> Tensor:
    """Pictures as `generator` draws them: what its results are compared with."""
    can = generator.capabilities
    return as_images(pictures, can.image_channels, can.resolution)


def _run(generator: Generator, images: Tensor) -> Tensor:
    can = generator.capabilities
    channels = can.photo_channels or can.image_channels
    images = as_rgb(images) if channels == 3 else images.mean(1, keepdim=True)
    images = resized(images.clamp(-1, 1), can.resolution)
    return generator.synthesize(images.new_zeros(len(images), 0, 0), image=images).clamp(-1, 1)
