"""How a VAE uses its code."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from torch import Tensor

from latentlab.diagnosis.codes import latent_use
from latentlab.diagnosis.data import Data
from latentlab.diagnosis.estimate import mean_with_interval
from latentlab.diagnosis.frechet import kernel_distance
from latentlab.diagnosis.progress import Watch, stretch
from latentlab.diagnosis.sampling import as_images, draw_z, to_pictures
from latentlab.diagnosis.session import Session
from latentlab.models.generator import Encodes, Generator

_ENCODED = 1000
_TRAVERSED, _PLACES, _REACH = 8, 9, 3.0
_SHOWN = 16
_BATCH = 64


def posterior(generator: Generator, data: Data, most: int = _ENCODED) -> tuple[Tensor, Tensor]:
    """mu and logvar (n, z_dim) of the first items."""
    parts = []
    for begin in range(0, min(most, len(data.items)), _BATCH):
        end = min(begin + _BATCH, most)
        images, condition = _inputs(generator, data, begin, end)
        parts.append(cast(Encodes, generator).encode(images, condition))
    return torch.cat([part.mu for part in parts]), torch.cat([part.logvar for part in parts])


@torch.no_grad()
def code(session: Session, watch: Watch) -> None:
    """KL per dimension, the aggregated posterior, traversals, reconstructions."""
    generator, data, writer = session.model.generator, session.data, session.writer
    if not generator.capabilities.has_encoder or data.is_points:
        return
    mu, logvar = posterior(generator, data)
    watch(0.2)
    use = latent_use(mu, logvar)
    order = np.argsort(-use.kl, kind="stable")
    writer.put("code_kl", use.kl)
    writer.put("code_variance", use.variance)
    writer.put("code_mean", use.mean)
    writer.put("code_deviation", use.deviation)
    writer.put("code_order", order)
    noise = torch.randn(mu.shape, generator=torch.Generator().manual_seed(0))
    z = (mu + noise * (0.5 * logvar).exp()).double().numpy()
    edges = np.linspace(-4, 4, 41)
    writer.put(
        "code_histogram",
        np.stack([np.histogram(column.clip(-3.999, 3.999), edges)[0] for column in z.T]).astype(np.int64),
    )
    width = len(use.kl)
    session.figure(
        "used_units",
        "code",
        "Dimensions of the code in use",
        "dimensions with a KL above 0.1 nats",
        float(use.used_units),
        f"{use.used_units} of {width} dimensions carry something; {use.active_units} move with the picture at all "
        "(active units, Burda et al. 2016).",
        better="",
        of=width,
    )
    session.figure(
        "active_units",
        "code",
        "Active units",
        "dimensions with Var(E[z|x]) > 0.01, Burda et al. 2016",
        float(use.active_units),
        f"The mean of {use.active_units} of {width} dimensions moves with the picture.",
        of=width,
    )
    session.figure(
        "code_kl",
        "code",
        "What the code says about a picture",
        "KL to the prior, nats per picture",
        float(use.kl.sum()),
        f"{use.kl.sum():.1f} nats per picture; near 0 the decoder ignores the code.",
        unit="nats",
    )
    used = use.kl > 0.1
    misfit = float(np.abs(use.deviation[used] - 1).max(initial=0.0))
    session.figure(
        "prior_misfit",
        "code",
        "Codes of the data beside the prior",
        "largest |1 - standard deviation| of the aggregated posterior over used dimensions",
        misfit,
        "0 where codes of the data are spread as those that are drawn; a gap makes samples worse than "
        "reconstructions.",
        data=0.0,
        better="lower",
    )
    _traversals(session, order, watch)
    _reconstructions(session, stretch(watch, 0.5, 1.0))


def _traversals(session: Session, order: np.ndarray, watch: Watch) -> None:
    generator = session.model.generator
    values = np.linspace(-_REACH, _REACH, _PLACES)
    chosen = order[:_TRAVERSED]
    z = torch.zeros(len(chosen), _PLACES, generator.capabilities.z_dim)
    for row, dimension in enumerate(chosen):
        z[row, :, dimension] = torch.from_numpy(values).float()
    condition = _middle(generator, len(chosen) * _PLACES)
    drawn = to_pictures(draw_z(generator, z.flatten(0, 1), condition))
    session.writer.put("traversal_values", values)
    session.writer.put("traversal_pictures", drawn.reshape(len(chosen), _PLACES, *drawn.shape[1:]))
    watch(0.5)


def _reconstructions(session: Session, watch: Watch) -> None:
    generator, data = session.model.generator, session.data
    count = min(_ENCODED, len(data.items))
    errors, made = [], []
    for begin in range(0, count, _BATCH):
        end = min(begin + _BATCH, count)
        images, condition = _inputs(generator, data, begin, end)
        mu = cast(Encodes, generator).encode(images, condition).mu
        drawn = draw_z(generator, mu, condition)
        target = images if images.shape == drawn.shape else images.mean(1, keepdim=True).expand_as(drawn)
        errors.append((drawn.clamp(-1, 1) - target).square().flatten(1).mean(1).numpy())
        made.append(to_pictures(drawn))
        watch(0.5 * end / count)
    error, pictures = np.concatenate(errors), np.concatenate(made)
    session.writer.put("reconstruction_error", error)
    rows = np.linspace(0, count - 1, min(_SHOWN, count)).astype(int)
    items = np.asarray(data.items[rows])
    if items.shape == pictures[rows].shape:
        session.writer.put("reconstruction_pairs", np.stack([items, pictures[rows]], 1))
        session.writer.put("reconstruction_items", rows)
    session.figure(
        "reconstruction",
        "code",
        "Error of reconstructions",
        "mean square error on the scale of -1 ... 1",
        mean_with_interval(error),
        "How far a picture is from what the VAE makes of its own code.",
        better="lower",
    )
    features = session.features(pictures, stretch(watch, 0.5, 1.0))
    back = kernel_distance(session.raw_real[:count], features, subsets=30, size=400)
    free = kernel_distance(session.raw_real, session.raw_fake, subsets=30, size=400)
    session.figure(
        "sample_gap",
        "code",
        "Samples beside reconstructions",
        "KD of samples to the data minus KD of reconstructions",
        free.value - back.value,
        f"Reconstructions are {back.value:.3g} from the data, samples {free.value:.3g}: what lies between is lost "
        "because codes are drawn where no picture's code lies.",
        data=0.0,
        better="lower",
    )


def _inputs(generator: Generator, data: Data, begin: int, end: int) -> tuple[Tensor, Tensor | None]:
    can = generator.capabilities
    channels = can.photo_channels or can.image_channels
    images = as_images(np.asarray(data.items[begin:end]), channels, can.resolution)
    if not can.num_classes:
        return images, None
    if data.labels is not None and len(data.class_names) == can.num_classes:
        rows = torch.from_numpy(np.array(data.labels[begin:end]))
        return images, torch.nn.functional.one_hot(rows, can.num_classes).float()
    return images, _middle(generator, len(images))


def _middle(generator: Generator, count: int) -> Tensor | None:
    """All classes alike."""
    classes = generator.capabilities.num_classes
    return torch.full((count, classes), 1 / classes) if classes else None
