"""Presets of the VAE. `landscape-vae-64` is the bundled model."""

from __future__ import annotations

from latentlab.models.steps import Activation, Conv, Linear, Reshape, Skip, Step, Transposed
from latentlab.models.vae import VAEConfig
from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, DrawnSource
from trainers.systems.vae import VAETraining

_SILU = Activation("silu")


def _residual(channels: int) -> Skip:
    conv = Conv(channels, channels, padding=1)
    return Skip((_SILU, conv, _SILU, conv))


def _landscape_network(z_dim: int) -> VAEConfig:
    """64 px; most of the work at 4 to 16 px, where a CPU is quickest.

    No normalisation: with it, and noise in z, the decoder drew grey for several hundred steps.
    """
    encoder: tuple[Step, ...] = (
        *(Conv(3, 64, 8, stride=4, padding=2), _SILU),
        *(Conv(64, 128, 4, stride=2, padding=1), _residual(128), _SILU),
        *(Conv(128, 192, 4, stride=2, padding=1), _SILU, Reshape((3072,))),
    )
    decoder: tuple[Step, ...] = (
        *(Linear(z_dim, 256), _SILU, Linear(256, 3072), Reshape((192, 4, 4)), _SILU),
        *(Transposed(192, 128), _residual(128), _SILU),
        *(Transposed(128, 96), _residual(96), _SILU),
        *(Transposed(96, 48), _SILU, Transposed(48, 3)),
    )
    return VAEConfig(resolution=64, z_dim=z_dim, layers=decoder, encoder=encoder, head=Linear(3072, z_dim))


LANDSCAPE_VAE_64 = RunConfig(
    name="landscape-vae-64",
    summary="Drawn hills under a sun or a moon at 64 px: the bundled model.",
    system="vae",
    about=About(
        title="Landscapes",
        description=(
            "Hills under a sun or a moon, from clear day to night. A small variational autoencoder: smooth to "
            "walk through, and it can find the latent of a picture. It is soft at fine edges, as such models "
            "are, and knows nothing but these drawn hills."
        ),
        data=(
            "16,000 pictures drawn for this model with the DiceBear style “Landscape” by DiceBear (CC0 1.0, "
            "https://www.dicebear.com), under skies and colours of our own. No photographs."
        ),
        licence="CC0 1.0",
    ),
    settings=VAETraining(
        network=_landscape_network(32),
        likelihood="laplace",
        beta=40.0,
        warm_up=0.7,
        details=1.0,
        pyramid_levels=2,
        learning_rate=1e-3,
        warm_steps=100,
        steady=0.3,
        gradient_clip=2.0,
        ema_half_life=200.0,
        fit_prior=True,
        autocast=True,
    ),
    data=DataSettings(
        source=DrawnSource(style="landscape", count=16_000, seed=0), resolution=64, mirror=True
    ),
    loop=LoopSettings(steps=14_000, batch_size=16),
)

PRESETS = (LANDSCAPE_VAE_64,)
