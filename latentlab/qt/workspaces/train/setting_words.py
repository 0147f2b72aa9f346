"""Values of settings and names of systems, for people."""

from __future__ import annotations

from latentlab.qt.theme.numbers import format_number

_SYSTEMS = {
    "gan": "GAN",
    "cgan": "Conditional GAN",
    "dcgan": "DCGAN",
    "vae": "VAE",
    "vae_gan": "VAE/GAN",
    "stylegan": "StyleGAN",
    "stylegan2": "StyleGAN2",
    "cyclegan": "CycleGAN",
    "text_to_image": "Text to image",
}
_GROUPED = 1000.0
"""From here on thousands stand apart."""


def system_text(system: str) -> str:
    """What a system is called: "Text to image" for "text_to_image"."""
    return _SYSTEMS.get(system, system.replace("_", " "))


def setting_text(value: float) -> str:
    """A number as short as it can be said, with thousands apart: "0.0003", "500 000"."""
    whole = isinstance(value, int) or (abs(value) >= _GROUPED and value == int(value))
    return format_number(value, 0) if whole else f"{value:g}"
