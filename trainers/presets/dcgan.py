"""Presets of DCGAN, as published and in its modern form."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, DrawnSource
from trainers.systems.dcgan import DCGANTraining

_FACES = About(
    title="Faces",
    description="Drawn heads with hair, glasses and beards. A small convolutional GAN: fine parts may melt.",
    data=(
        "Pictures drawn with the DiceBear style “Open Peeps” by Pablo Stanley (CC0 1.0, "
        "https://www.dicebear.com). No photographs."
    ),
    licence="CC0 1.0",
)
_PEEPS = DrawnSource(style="open-peeps", count=16_000)

DCGAN_CLASSIC_64 = RunConfig(
    name="dcgan-classic-64",
    summary="DCGAN as published: batch normalisation, Adam 2e-4 with beta1 0.5. For a GPU.",
    system="dcgan",
    about=_FACES,
    settings=DCGANTraining(
        form="classic",
        first_weights="small",
        objective="non_saturating",
        r1_gamma=0.0,
        r2_gamma=0.0,
        learning_rate=2e-4,
        beta1=0.5,
        beta2=0.999,
        schedule="constant",
        precision="auto",
    ),
    data=DataSettings(source=_PEEPS, resolution=64, colour="rgb"),
    loop=LoopSettings(steps=25_000, batch_size=128),
)

DCGAN_MODERN_64 = RunConfig(
    name="dcgan-modern-64",
    summary="DCGAN without normalisation, relativistic, with both slope penalties. For a GPU, or a night.",
    system="dcgan",
    about=_FACES,
    settings=DCGANTraining(
        form="modern",
        first_weights="small",
        width=32,
        max_width=256,
        r1_gamma=10.0,
        r2_gamma=10.0,
        penalty_every=4,
        learning_rate=5e-4,
        steady=0.4,
        precision="auto",
    ),
    data=DataSettings(source=_PEEPS, resolution=64, colour="rgb"),
    loop=LoopSettings(steps=25_000, batch_size=64),
)

DCGAN_32 = RunConfig(
    name="dcgan-32",
    summary="A small modern DCGAN at 32 px: about ten minutes on two cores.",
    system="dcgan",
    about=_FACES,
    settings=DCGANTraining(
        form="modern",
        z_dim=64,
        width=16,
        max_width=96,
        r1_gamma=3.0,
        r2_gamma=3.0,
        penalty_every=4,
        learning_rate=1e-3,
        steady=0.3,
        ema_half_life=300,
        precision="auto",
    ),
    data=DataSettings(source=_PEEPS, resolution=32, colour="rgb"),
    loop=LoopSettings(steps=8_000, batch_size=32),
)

LIGHT = DCGANTraining(
    form="classic",
    z_dim=64,
    width=32,
    max_width=192,
    objective="non_saturating",
    r1_gamma=0.5,
    r2_gamma=0.0,
    penalty_every=8,
    learning_rate=6e-4,
    beta1=0.5,
    steady=0.5,
    warm_steps=200,
    precision="auto",
)
"""Light enough for one core: strided convolutions, and one penalty now and then."""

DCGAN_LANDSCAPES_64 = RunConfig(
    name="dcgan-landscapes-64",
    summary="Drawn hills under a sun or a moon at 64 px, by a DCGAN: half an hour on one core.",
    system="dcgan",
    about=About(
        title="Landscapes, by a DCGAN",
        description=(
            "Hills under a sun or a moon, from clear day to night: sharper than the VAE of the same pictures, "
            "and without a way back from a picture to its latent."
        ),
        data=(
            "16,000 pictures drawn for this model with the DiceBear style “Landscape” by DiceBear (CC0 1.0, "
            "https://www.dicebear.com), under skies and colours of our own. No photographs."
        ),
        licence="CC0 1.0",
    ),
    settings=LIGHT,
    data=DataSettings(
        source=DrawnSource(style="landscape", count=16_000), resolution=64, colour="rgb", mirror=True
    ),
    loop=LoopSettings(steps=4_500, batch_size=32, sample_every=500, checkpoint_every=500),
)

PRESETS = (DCGAN_CLASSIC_64, DCGAN_MODERN_64, DCGAN_LANDSCAPES_64, DCGAN_32)
