"""What is chosen, the same in all views: pictures of the data, generated ones, bins and classes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Chosen:
    """One choice, as every view sees it."""

    text: str = ""
    """What was chosen: "Bin 12", "Pair 3", "48 pictures"."""
    real: tuple[int, ...] = ()
    """Numbers of training pictures."""
    generated: tuple[int, ...] = ()
    """Numbers of generated pictures."""
    bins: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.real or self.generated or self.bins or self.classes)


class Selection(QObject):
    """Its one owner."""

    changed = Signal(object)
    """Chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = Chosen()

    def choose(self, chosen: Chosen) -> None:
        """Let this be chosen everywhere."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.changed.emit(chosen)

    def clear(self) -> None:
        self.choose(Chosen())
