"""Presets of the VAE/GAN."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, FolderSource
from trainers.presets.text_to_image import PEEPS
from trainers.systems.vae_gan import VAEGANSettings

FACES_VAE_GAN_64 = RunConfig(
    name="vae-gan-faces-64",
    summary="Drawn heads at 64 px, sharper than a VAE's: it can find the latent of a picture.",
    system="vae_gan",
    about=About(
        title="Faces, with an encoder",
        description=(
            "Drawn heads from a VAE whose pictures are judged by a discriminator: sharper than a VAE alone, "
            "and it can find the latent of a picture."
        ),
        data=(
            "20,000 pictures drawn for this model with the DiceBear style “Open Peeps” (a remix of “Open Peeps” "
            "by Pablo Stanley, CC0 1.0). No photographs."
        ),
        licence="CC0 1.0",
    ),
    settings=VAEGANSettings(
        z_dim=64,
        width=32,
        max_width=160,
        beta=8.0,
        r1_gamma=0.2,
        r1_every=8,
        pixels=0.2,
        learning_rate=5e-4,
        discriminator_learning_rate=2e-4,
        warm_steps=200,
        steady=0.5,
        gradient_clip=2.0,
        ema_half_life=300.0,
        flow_steps=6000,
        precision="auto",
    ),
    data=DataSettings(source=PEEPS, resolution=64),
    loop=LoopSettings(steps=14_000, batch_size=16, sample_every=500, checkpoint_every=500),
)

VAE_GAN_64 = RunConfig(
    name="vae-gan-64",
    summary="A folder of pictures of your own at 64 px, with an encoder.",
    system="vae_gan",
    settings=VAEGANSettings(
        z_dim=128,
        beta=8.0,
        r1_gamma=0.5,
        r1_every=8,
        pixels=0.2,
        learning_rate=5e-4,
        discriminator_learning_rate=2e-4,
        warm_steps=200,
        steady=0.5,
        gradient_clip=2.0,
        precision="auto",
    ),
    data=DataSettings(source=FolderSource(), resolution=64),
    loop=LoopSettings(steps=20_000, batch_size=32),
)

PRESETS = (FACES_VAE_GAN_64, VAE_GAN_64)
