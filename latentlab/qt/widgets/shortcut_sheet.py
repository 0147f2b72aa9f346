"""All keys on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .chip import paint_key

_LINE = 24
_COLUMN = 300


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """Keys that belong together: (what they do, keys). Several keys are parted by two spaces."""

    title: str
    keys: tuple[tuple[str, str], ...]


class ShortcutSheet(QDialog):
    """Groups in columns of even length. Esc or any click outside closes it."""

    def __init__(
        self, groups: Sequence[ShortcutGroup], parent: QWidget | None = None, *, columns: int = 2
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 20)
        layout.setSpacing(28)
        lines = sum(len(group.keys) + 2 for group in groups)
        column: QVBoxLayout | None = None
        used = 0
        made = 0
        for group in groups:
            if column is None or (used >= lines / columns and made < columns):
                column = QVBoxLayout()
                column.setSpacing(0)
                layout.addLayout(column, 1)
                made += 1
                used = 0
            elif used:
                column.addSpacing(14)
            title = QLabel(group.title, self)
            title.setFont(font(TextRole.TITLE))
            column.addWidget(title)
            column.addSpacing(4)
            for text, keys in group.keys:
                column.addWidget(_KeyLine(text, keys, self))
            used += len(group.keys) + 2
        for index in range(layout.count()):
            inner = layout.itemAt(index)
            if inner is not None and isinstance(inner.layout(), QVBoxLayout):
                inner.layout().addStretch(1)  # type: ignore[union-attr]


class _KeyLine(QWidget):
    def __init__(self, text: str, keys: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._keys = [_native(part) for part in keys.split("  ")]
        self.setFixedHeight(_LINE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{text}: {', '.join(self._keys)}")

    def sizeHint(self) -> QSize:
        return QSize(_COLUMN, _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        right = float(self.width())
        for keys in reversed(self._keys):
            right = paint_key(painter, right, self.height() / 2, keys.replace("+", " "), tokens) - 5
        painter.setFont(font(TextRole.BODY))
        paint.text(
            painter,
            QRectF(0, 0, right - 8, self.height()),
            self._text,
            tokens.text_2,
            Qt.AlignmentFlag.AlignLeft,
        )


def _native(keys: str) -> str:
    """The platform's way to write a key sequence; other texts ("Wheel") stay as they are."""
    sequence = QKeySequence(keys)
    return sequence.toString(QKeySequence.SequenceFormat.NativeText) or keys
