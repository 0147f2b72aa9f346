"""Which model a recipe was made with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelRef:
    """Names a model by its content: a moved file is recognised, a changed one is noticed."""

    fingerprint: str
    """Hash of architecture and weights (`latentlab.formats`)."""
    name: str
    path: str = ""
    """Where it was last seen; a hint only. "bundled:<name>" for a model that ships with LatentLab."""
