"""Presets of the VAE. `landscape-vae-64` is the bundled model."""

from __future__ import annotations

from latentlab.models.steps import Activation, Conv, Linear, Reshape, Skip, Step, Transposed
from latentlab.models.vae import VAEConfig
from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import (
    DataSettings,
    DrawnSource,
    FolderSource,
    RenderedDigitsSource,
    SmallDigitsSource,
)
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
        precision="bfloat16",
    ),
    data=DataSettings(
        source=DrawnSource(style="landscape", count=16_000, seed=0), resolution=64, mirror=True
    ),
    loop=LoopSettings(steps=14_000, batch_size=16),
)

DIGITS_VAE = RunConfig(
    name="vae-digits",
    summary="Handwritten digits of 8x8 in black and white: the reference task of DIAGNOSIS, in seconds.",
    system="vae",
    settings=VAETraining(
        kind="mlp",
        z_dim=8,
        hidden=(256, 256),
        likelihood="bernoulli",
        binarise=True,
        learning_rate=3e-3,
        steady=0.3,
        warm_steps=10,
        ema_half_life=50.0,
    ),
    data=DataSettings(source=SmallDigitsSource(), resolution=8, held_out=0.2),
    loop=LoopSettings(steps=1_700, batch_size=128, sample_every=850, checkpoint_every=850),
)

PLANE_VAE = RunConfig(
    name="vae-digits-plane",
    summary="Digits laid out over a plane of two numbers: its samples are the plane, and fill as one watches.",
    system="vae",
    about=About(
        title="Plane of digits",
        description=(
            "Digits of several typefaces by a small variational autoencoder whose latent has two numbers alone, "
            "so that all that it knows is one picture: the plane of its latents."
        ),
        licence="CC0 1.0",
    ),
    settings=VAETraining(
        kind="mlp",
        z_dim=2,
        hidden=(256, 256),
        likelihood="bernoulli",
        warm_up=0.1,
        learning_rate=2e-3,
        steady=0.5,
        warm_steps=20,
        ema_half_life=20.0,
    ),
    data=DataSettings(
        source=RenderedDigitsSource(count=4000, tilt=12, variety=0.15),
        resolution=16,
        colour="grey",
        fit="pad",
        background="black",
    ),
    loop=LoopSettings(
        steps=4000,
        batch_size=64,
        report_every=20,
        sample_every=50,
        checkpoint_every=1000,
        samples=144,
        threads=1,
    ),
)

COLLAPSED_DIGITS_VAE = DIGITS_VAE.model_copy(
    update={
        "name": "vae-digits-collapsed",
        "summary": "The same digits with beta 4 and no warm-up: a demonstration of posterior collapse.",
        "settings": DIGITS_VAE.settings.model_copy(update={"z_dim": 16, "beta": 4.0, "warm_up": 0.0}),
    }
)

VAE_64 = RunConfig(
    name="vae-64",
    summary="A folder of pictures of your own at 64 px: soft pictures, a latent that is smooth to walk through.",
    system="vae",
    settings=VAETraining(
        z_dim=64,
        beta=10.0,
        warm_up=0.3,
        details=1.0,
        pyramid_levels=2,
        gradient_clip=2.0,
        steady=0.3,
        fit_prior=True,
        precision="auto",
    ),
    data=DataSettings(source=FolderSource(), resolution=64),
    loop=LoopSettings(steps=14_000, batch_size=32),
)

PRESETS = (LANDSCAPE_VAE_64, DIGITS_VAE, COLLAPSED_DIGITS_VAE, PLANE_VAE, VAE_64)
