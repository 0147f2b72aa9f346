"""All keys on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .chip import paint_key

_LINE = 24
_COLUMN = 300
_BETWEEN = 28
_MOST_COLUMNS = 3
_KEY = 17
"""What a key takes beside its name."""
_BESIDE = 60
"""What a window's frame and a task bar may take of the screen."""


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """Keys that belong together: (what they do, keys). Several keys are parted by two spaces."""

    title: str
    keys: tuple[tuple[str, str], ...]


class ShortcutSheet(QDialog):
    """Groups in columns of even length, as many as the screen is wide for; what is too long scrolls."""

    def __init__(self, groups: Sequence[ShortcutGroup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        room = self.screen().availableGeometry().size() - QSize(_BESIDE, _BESIDE)
        page = QWidget()
        lines = QHBoxLayout(page)
        lines.setContentsMargins(20, 16, 20, 20)
        lines.setSpacing(_BETWEEN)
        widest = max(_KeyLine(*line).sizeHint().width() for group in groups for line in group.keys)
        for several in _columns(groups, min(max(room.width() // (widest + _BETWEEN), 1), _MOST_COLUMNS)):
            lines.addLayout(_column(several), 1)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        bar = scroll.verticalScrollBar().sizeHint().width()
        self.resize((page.sizeHint() + QSize(bar, 0)).boundedTo(room))


def _columns(groups: Sequence[ShortcutGroup], count: int) -> list[Sequence[ShortcutGroup]]:
    """The groups in their order, in at most `count` columns, the longest as short as it can be, then the next."""
    cuts = min(
        combinations(range(1, len(groups)), min(count, len(groups)) - 1),
        key=lambda cuts: sorted(
            (_length(groups[a:b]) for a, b in pairwise((0, *cuts, len(groups)))), reverse=True
        ),
    )
    return [groups[a:b] for a, b in pairwise((0, *cuts, len(groups)))]


def _length(groups: Sequence[ShortcutGroup]) -> int:
    """In lines, with a title and a gap for each group."""
    return sum(len(group.keys) + 2 for group in groups)


def _column(groups: Sequence[ShortcutGroup]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    for group in groups:
        if column.count():
            column.addSpacing(14)
        title = QLabel(group.title)
        title.setFont(font(TextRole.TITLE))
        column.addWidget(title)
        column.addSpacing(4)
        for text, keys in group.keys:
            column.addWidget(_KeyLine(text, keys))
    column.addStretch(1)
    return column


class _KeyLine(QWidget):
    def __init__(self, text: str, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._keys = [_native(part) for part in keys.split("  ")]
        self.setFixedHeight(_LINE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{text}: {', '.join(self._keys)}")

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(TextRole.BODY))
        keys = sum(metrics.horizontalAdvance(keys) + _KEY for keys in self._keys)
        return QSize(max(_COLUMN, metrics.horizontalAdvance(self._text) + keys + _LINE), _LINE)

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
