"""Toys of the VAE/GAN."""

from __future__ import annotations

from tests.trainers.toys import Toy
from tests.trainers.toys.text_to_image import DATA
from trainers.systems.vae_gan import VAEGANSettings

SETTINGS = VAEGANSettings(z_dim=4, width=8, max_width=16, r1_gamma=0.1, r1_every=2, pixels=0.5)

TOYS = (Toy("vae_gan", SETTINGS, DATA),)
