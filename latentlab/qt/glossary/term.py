"""One entry of the glossary."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class Term:
    """What a word means, for somebody who meets it for the first time."""

    key: str
    """What code calls it: "r1", "coverage"."""
    name: str
    text: str
    """One or two plain sentences."""
    formula: str = ""
    source: str = ""
    """Paper and section, where the field has one."""
    good: str = ""
    """What a good value looks like."""
    aliases: tuple[str, ...] = ()
    """What runs and results call it besides."""
    also: tuple[str, ...] = ()
    """Keys of terms to read next."""
    group: str = ""
    """Heading in the list; set by the book."""


def tr(text: str) -> str:
    """In the person's language."""
    return QCoreApplication.translate("Glossary", text)
