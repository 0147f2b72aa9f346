"""Presets of StyleGAN2."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, DrawnSource
from trainers.presets.text_to_image import BY_HAIR
from trainers.systems.stylegan2 import StyleGAN2Training

PEEPS = About(
    title="Faces",
    description="Drawn heads with hair, glasses, masks and beards, in a few bright colours.",
    data=(
        "Pictures drawn with the DiceBear style “Open Peeps” by Pablo Stanley (CC0 1.0, "
        "https://www.dicebear.com). No photographs."
    ),
    licence="CC0 1.0",
)
_DRAWN = DrawnSource(style="open-peeps", count=16_000)

STYLEGAN2_64 = RunConfig(
    name="stylegan2-64",
    summary="StyleGAN2 with adaptive augmentation at 64 px, for a thousand pictures and more. For a GPU.",
    system="stylegan2",
    about=PEEPS,
    settings=StyleGAN2Training(
        z_dim=512, w_dim=512, channel_base=16_384, channel_max=512, augment="ada", precision="auto"
    ),
    data=DataSettings(source=_DRAWN, resolution=64, colour="rgb"),
    loop=LoopSettings(steps=60_000, batch_size=32),
)

STYLEGAN2_64_FEW = RunConfig(
    name="stylegan2-64-few",
    summary="The same with DiffAugment, for a hundred to a thousand pictures. For a GPU.",
    system="stylegan2",
    about=PEEPS,
    settings=StyleGAN2Training(channel_base=8192, channel_max=256, augment="diffaugment", precision="auto"),
    data=DataSettings(
        source=DrawnSource(style="open-peeps", count=500), resolution=64, colour="rgb", mirror=True
    ),
    loop=LoopSettings(steps=20_000, batch_size=32),
)

PEEPS_STYLEGAN2_64 = RunConfig(
    name="peeps-stylegan2-64",
    summary="Drawn faces at 64 px by a StyleGAN2 with a light discriminator: two hours on one core.",
    system="stylegan2",
    about=PEEPS.model_copy(
        update={
            "title": "Faces in layers",
            "description": "Drawn heads with the hair or hat that is asked for. Every layer has a style of its "
            "own: take the shape of one and the colours of another.",
        }
    ),
    settings=StyleGAN2Training(
        channel_base=1536,
        channel_max=192,
        light_discriminator=True,
        conditional=True,
        mixing=0.3,
        mode_seeking=0.5,
        ema_images=5_000,
        r1_gamma=3.0,
        r1_every=8,
        path_every=16,
        learning_rate=8e-3,
        discriminator_learning_rate=6e-4,
        warm_steps=200,
        schedule="cosine",
        steady=0.5,
        precision="auto",
    ),
    data=DataSettings(source=BY_HAIR, resolution=64),
    loop=LoopSettings(steps=18_000, batch_size=16, checkpoint_every=500, sample_every=500),
)

PRESETS = (STYLEGAN2_64, STYLEGAN2_64_FEW, PEEPS_STYLEGAN2_64)
