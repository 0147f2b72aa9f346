"""Recipes (what a picture is made of), their history, and vector arithmetic in latent spaces.

Values, their JSON, history and paths need no torch. Codes (`resolve`), ways between latents (`interpolation`) and
the search for directions do. No model files, no pictures, no devices.
"""
