"""Tests of `latentlab.latents`."""
