"""What the values of a recipe are called: an artist's word first or a researcher's, the other in the tooltip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from latentlab.latents.editable import Editable

Language = Literal["artist", "researcher"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names in the chosen language."""

    language: Language = "artist"

    def label(self, editable: Editable) -> str:
        """What stands beside the control."""
        return self._words(editable)[0]

    def tooltip(self, editable: Editable) -> str:
        """The other language's name, and what a short label leaves out."""
        return self._words(editable)[1]

    def _words(self, editable: Editable) -> tuple[str, str]:
        artist = QCoreApplication.translate("Editable", editable.label)
        researcher = _capital(editable.term)
        if self.language == "artist":
            return artist, researcher
        if editable.short:
            return _capital(editable.short), f"{researcher}: {artist}"
        return researcher, artist


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
