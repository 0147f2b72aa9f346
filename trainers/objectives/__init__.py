"""Losses as pure functions, freely combined: `likelihoods` of reconstructions and codes, `adversarial` games.

Penalties on gradients and weights are in `trainers.regularisers`, schedules in `trainers.schedules`.
"""

from trainers.objectives.likelihoods import (
    Likelihood,
    active_units,
    free_bits,
    laplacian_pyramid,
    mmd_to_normal,
    negative_log_likelihood,
    pyramid_loss,
)

__all__ = [
    "Likelihood",
    "active_units",
    "free_bits",
    "laplacian_pyramid",
    "mmd_to_normal",
    "negative_log_likelihood",
    "pyramid_loss",
]
