"""What a grid of crossings shows, and where."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QPixmap


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Row and column of a crossing."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """A source: at the top or at the side, and which."""

    at_top: bool
    number: int


Place = CellPlace | SourcePlace


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """What is shown of a source."""

    label: str
    pixmap: QPixmap | None = None
    short: str = ""
    """Shown where the label has no room."""
    locked: bool = False
    problem: str = ""
    """Why it cannot be drawn."""


@dataclass(frozen=True, slots=True)
class CellPicture:
    """What is shown of a crossing."""

    label: str
    pixmap: QPixmap | None = None
    starred: bool = False
