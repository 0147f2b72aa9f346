"""A collapsible part of the inspector: header with title, note and actions, and a body."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.glossary import explain
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.motion import SECTION_MS, duration
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .icon_button import IconButton

_MOST = 16777215  # Qt's own "no limit" for sizes
_TITLE_X = 28


class Section(QWidget):
    """Rows go in with `add`; a click on the header, Space, or Left and Right fold it."""

    toggled = Signal(bool)

    def __init__(
        self, title: str, note: str = "", *, expanded: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._header = _Header(title, note, self)
        self._header.setChecked(expanded)
        self._header.toggled.connect(self._on_toggled)
        self._body = QWidget(self)
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 0, 0, 8)
        self._rows.setSpacing(0)
        self._clip = QWidget(self)
        clip = QVBoxLayout(self._clip)
        clip.setContentsMargins(0, 0, 0, 0)
        clip.setAlignment(Qt.AlignmentFlag.AlignTop)
        clip.addWidget(self._body)
        self._clip.setVisible(expanded)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 1)
        layout.setSpacing(0)
        layout.addWidget(self._header)
        layout.addWidget(self._clip)
        # Not "Maximum": lines that wrap need more height in a narrow pane than any size hint knows.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._animation = QPropertyAnimation(self._clip, b"maximumHeight", self)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.finished.connect(self._on_moved)

    def set_term(self, key: str) -> None:
        """Let the header explain what this part is about, by a key of the glossary."""
        explain(self._header, key)

    def add(self, widget: QWidget) -> None:
        """Append a row, full width."""
        self._rows.addWidget(widget)

    def add_inset(self, widget: QWidget, *, top: int = 0, bottom: int = 0) -> None:
        """Append a widget that keeps the pane's padding on both sides."""
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING, top, Size.PADDING, bottom)
        line.addWidget(widget)
        self._rows.addLayout(line)

    def add_action(self, icon_name: str, tooltip: str) -> IconButton:
        """An icon at the right end of the header."""
        return self._header.add_action(icon_name, tooltip)

    def title(self) -> str:
        return self._header.text()

    def set_title(self, title: str) -> None:
        self._header.setText(title)
        self._header.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        self._header.note = note
        self._header.update()

    def set_available(self, available: bool, note: str = "") -> None:
        """A section that does not apply stays folded and says why in its note."""
        self.set_note(note)
        self._header.setEnabled(available)
        if not available:
            self.set_expanded(False, animated=False)

    def is_expanded(self) -> bool:
        return self._header.isChecked()

    def set_expanded(self, expanded: bool, *, animated: bool = True) -> None:
        """Fold or unfold; emits nothing."""
        self._header.blockSignals(True)
        self._header.setChecked(expanded)
        self._header.blockSignals(False)
        self._move(expanded, animated=animated)

    def _on_toggled(self, expanded: bool) -> None:
        self._move(expanded, animated=True)
        self.toggled.emit(expanded)

    def _move(self, expanded: bool, *, animated: bool) -> None:
        milliseconds = duration(SECTION_MS) if animated and self.isVisible() else 0
        self._animation.stop()
        if not milliseconds:
            self._on_moved()
            return
        start = self._clip.height() if self._clip.isVisible() else 0
        self._clip.setMaximumHeight(start)
        self._clip.setVisible(True)
        self._animation.setDuration(milliseconds)
        self._animation.setStartValue(start)
        self._animation.setEndValue(self._body.sizeHint().height() if expanded else 0)
        self._animation.start()

    def _on_moved(self) -> None:
        self._clip.setVisible(self.is_expanded())
        self._clip.setMaximumHeight(_MOST)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, current_tokens().window)


class _Header(QAbstractButton):
    def __init__(self, title: str, note: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.note = note
        self.setText(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(Size.SECTION_HEADER)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(self.tr("Fold or unfold"))
        self.setAccessibleName(title)
        self._actions = QHBoxLayout(self)
        self._actions.setContentsMargins(_TITLE_X, 0, Size.PADDING - 4, 0)
        self._actions.setSpacing(0)
        self._actions.addStretch(1)
        self._buttons: list[IconButton] = []

    def add_action(self, icon_name: str, tooltip: str) -> IconButton:
        button = IconButton(icon_name, tooltip, parent=self)
        self._buttons.append(button)
        self._actions.addWidget(button)
        return button

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR, Size.SECTION_HEADER)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Left:
            self.setChecked(False)
        elif event.key() == Qt.Key.Key_Right:
            self.setChecked(True)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        hovered = self.underMouse() and self.isEnabled()
        bright = hovered or self.isChecked()
        chevron = "chevron-down" if self.isChecked() else "chevron-right"
        paint_icon(
            painter, QRectF(8, 0, 14, self.height()), chevron, tokens.text_2 if bright else tokens.text_3, 14
        )
        painter.setFont(font(TextRole.TITLE))
        title = QRectF(_TITLE_X, 0, painter.fontMetrics().horizontalAdvance(self.text()) + 2, self.height())
        paint.text(painter, title, self.text(), tokens.text if bright else tokens.text_2)
        right = self._buttons[0].x() - 4 if self._buttons else self.width() - Size.PADDING
        painter.setFont(font(TextRole.HINT))
        room = QRectF(title.right() + 12, 0, right - title.right() - 12, self.height())
        if room.width() > 16:
            paint.text(painter, room, self.note, tokens.text_3, Qt.AlignmentFlag.AlignRight)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), 3, tokens)
