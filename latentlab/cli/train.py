"""Train a generative model on pictures of your own, in a folder that any viewer can follow."""

from __future__ import annotations

from trainers.command import add_arguments, run

__all__ = ["add_arguments", "run"]
