"""Random directions at right angles to each other: a fair comparison for those that were found."""

from __future__ import annotations

import torch

from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.pca import padded
from latentlab.latents.sampling import Cancelled, Progress, code_moments
from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed

_SAMPLES = 4096


def random_directions(
    generator: Generator,
    seed: int,
    count: int = 16,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> DirectionSet | None:
    """Directions "random:<seed>:0", ...; at most as many as a code has latent numbers. None when cancelled.

    A direction does not depend on how many are asked for.
    """
    model = generator.capabilities
    if not model.num_codes:
        return DirectionSet()
    moments = code_moments(generator, _SAMPLES, progress=progress, cancelled=cancelled)
    if moments is None:
        return None
    drawn = normal_from_seed(seed, min(count, model.latent_dims), model.latent_dims).double()
    columns, triangle = torch.linalg.qr(drawn.T)  # Gram-Schmidt: a column depends on those before it alone
    vectors = (columns * triangle.diagonal().sign()).T
    return DirectionSet(
        Direction(
            id=f"random:{seed}:{index}",
            name=f"Random {index + 1}",
            vector=padded(generator, vector).numpy(),
            sigma=moments.sigma(vector),
            explained=moments.share(vector),
            about=f"random direction {index + 1} of seed {seed}, at right angles to those before it",
        )
        for index, vector in enumerate(vectors)
    )
