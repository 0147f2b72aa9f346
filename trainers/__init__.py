"""Trains the systems of `latentlab.models`. Needs no display; never imported by `latentlab.qt`."""
