"""Presets of the conditional GAN."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, RenderedDigitsSource
from trainers.presets.text_to_image import BY_HAIR
from trainers.systems.cgan import CGANTraining

CGAN_DIGITS = RunConfig(
    name="cgan-digits",
    summary="The ten digits by their label at 32 px: about ten minutes on two cores.",
    system="cgan",
    about=About(
        title="Digits by class", description="The digits 0 to 9, each on demand and in endless variants."
    ),
    settings=CGANTraining(
        z_dim=32,
        width=16,
        max_width=64,
        embedding=32,
        r1_gamma=3.0,
        r2_gamma=3.0,
        penalty_every=4,
        learning_rate=1e-3,
        steady=0.2,
        ema_half_life=300,
        precision="auto",
    ),
    data=DataSettings(
        source=RenderedDigitsSource(), resolution=32, colour="grey", fit="pad", background="black"
    ),
    loop=LoopSettings(steps=8_000, batch_size=32),
)

CGAN_FACES_64 = RunConfig(
    name="cgan-faces-64",
    summary="Drawn heads by their hair or hat at 64 px: an hour on one core.",
    system="cgan",
    about=About(
        title="Faces by hair",
        description=(
            "Drawn heads with the hair or hat that is asked for. Skin, clothes, glasses and mood are left to the "
            "latent."
        ),
        data=(
            "20,000 pictures drawn for this model with the DiceBear style “Open Peeps” (a remix of “Open Peeps” "
            "by Pablo Stanley, CC0 1.0). No photographs."
        ),
        licence="CC0 1.0",
    ),
    settings=CGANTraining(
        form="layered",
        first_weights="small",
        z_dim=64,
        width=32,
        max_width=192,
        embedding=32,
        objective="non_saturating",
        r1_gamma=1.0,
        r2_gamma=0.0,
        penalty_every=8,
        mode_seeking=0.1,
        learning_rate=6e-4,
        gradient_clip=10.0,
        steady=0.5,
        warm_steps=200,
        precision="auto",
    ),
    data=DataSettings(source=BY_HAIR, resolution=64),
    loop=LoopSettings(steps=8_000, batch_size=16, sample_every=500, checkpoint_every=500),
)

PRESETS = (CGAN_DIGITS, CGAN_FACES_64)
