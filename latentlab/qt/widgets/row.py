"""One line of the inspector: changed dot, label, and icons that appear where room is kept for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .icon_button import IconButton

_DOT = 4.0
_DOT_X = 6.0


class RowIcon(IconButton):
    """An icon that shows while its row is hovered, while it holds a state, or when the keyboard is on it."""

    def __init__(
        self, icon_name: str, tooltip: str, *, checked_icon: str = "", resting: bool = False, parent: QWidget
    ) -> None:
        super().__init__(
            icon_name, tooltip, checked_icon=checked_icon, width=Size.ROW_ICON, icon_size=14, parent=parent
        )
        self._resting = resting
        self._revealed = False

    def set_revealed(self, revealed: bool) -> None:
        self._revealed = revealed
        self.update()

    def is_shown(self) -> bool:
        return self._resting or self._revealed or self.isChecked() or self.hasFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_shown():
            super().paintEvent(event)


class Row(QWidget):
    """Label and state of one parameter; what edits it is added by the kinds of row."""

    lock_toggled = Signal(bool)
    randomise_requested = Signal()

    def __init__(self, label: str, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._icons: list[RowIcon] = []
        self._lock: RowIcon | None = None
        self._hovered = False
        self.setToolTip(tooltip)
        self.setAccessibleName(label)
        self.setFont(font(TextRole.BODY))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(Size.ROW)
        self.setProperty("changed", False)
        self.setProperty("locked", False)

    def label(self) -> str:
        return self._label

    def set_label(self, label: str) -> None:
        self._label = label
        self.setAccessibleName(label)
        self.update()

    def is_changed(self) -> bool:
        """Whether the value differs from its default."""
        return False

    def is_locked(self) -> bool:
        return bool(self.property("locked"))

    def set_locked(self, locked: bool) -> None:
        """A locked row shows its value and takes no edit; emits nothing."""
        if self._lock is not None:
            with QSignalBlocker(self._lock):
                self._lock.setChecked(locked)
        self._apply_lock(locked)

    # For the kinds of row.

    def _add_icon(
        self, icon_name: str, tooltip: str, *, checked_icon: str = "", resting: bool = False
    ) -> RowIcon:
        button = RowIcon(icon_name, tooltip, checked_icon=checked_icon, resting=resting, parent=self)
        button.setAccessibleName(f"{tooltip}: {self._label}")
        self._icons.append(button)
        return button

    def _add_lock(self, *, resting: bool) -> RowIcon:
        lock = self._add_icon(
            "unlock", self.tr("Lock: random leaves it alone"), checked_icon="lock", resting=resting
        )
        lock.setCheckable(True)
        lock.toggled.connect(self._on_lock_toggled)
        self._lock = lock
        return lock

    def _on_lock_toggled(self, locked: bool) -> None:
        self._apply_lock(locked)
        self.lock_toggled.emit(locked)

    def _apply_lock(self, locked: bool) -> None:
        self.setProperty("locked", locked)
        self._show_state()

    def _show_state(self) -> None:
        self.setProperty("changed", self.is_changed())
        self.update()

    def _label_rect(self) -> QRect:
        right = Size.PADDING + Size.LABEL_COLUMN
        shown = [
            icon.x() for icon in self._icons if icon.isVisible() and icon.is_shown() and icon.x() < right
        ]
        return QRect(Size.PADDING, 0, min([right, *shown]) - Size.PADDING - 2, Size.ROW)

    def _label_colour(self) -> QColor:
        tokens = current_tokens()
        if not self.isEnabled():
            return tokens.text_off
        return tokens.text if self._hovered else tokens.text_2

    def words(self) -> str:
        """What the tooltip says: all of a label that is cut short comes first."""
        cut = self.fontMetrics().horizontalAdvance(self._label) > self._label_rect().width()
        return "\n".join(part for part in (self._label if cut else "", self.toolTip()) if part)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words(), self)
            return True
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._hovered = event.type() == QEvent.Type.Enter and self.isEnabled()
            for icon in self._icons:
                icon.set_revealed(self._hovered)
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        if self._hovered:
            painter.fillRect(self.rect(), tokens.raised)
        area = self._label_rect()
        if self.is_changed() and self.isEnabled():
            paint.dot(painter, QPointF(_DOT_X, area.center().y() + 1), _DOT, tokens.accent)
        paint.text(painter, area, self._label, self._label_colour(), Qt.AlignmentFlag.AlignLeft)
