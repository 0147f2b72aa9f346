"""Recipes (what a picture is made of), their history, and vector arithmetic in latent spaces."""
