"""What the window knows of the open model: plain values, no network and no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from latentlab.formats.bundled import hint_of
from latentlab.formats.report import Candidate, Card, FileReport
from latentlab.latents.model_ref import ModelRef
from latentlab.models.capabilities import BlockInfo, Capabilities

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One open model."""

    path: str
    card: Card
    report: FileReport
    candidate: Candidate
    fingerprint: str
    capabilities: Capabilities
    blocks: tuple[BlockInfo, ...]

    @property
    def ref(self) -> ModelRef:
        """How recipes name this model."""
        return ModelRef(self.fingerprint, self.card.name, hint_of(Path(self.path)))


def describe(opened: OpenedModel) -> ModelInfo:
    """What the window may know of a model that was opened."""
    return ModelInfo(
        path=opened.report.path,
        card=opened.card,
        report=opened.report,
        candidate=opened.candidate,
        fingerprint=opened.fingerprint,
        capabilities=opened.generator.capabilities,
        blocks=tuple(block.info for block in opened.generator.blocks),
    )
