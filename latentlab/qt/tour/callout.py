"""A note that points at something in the window, and a ring around that thing. The window stays usable."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.icon_button import Button

_WIDTH = 330
_GAP = 14
_EDGE = 8
_ROUND = 5


class Callout(QFrame):
    """Title, a few words, and what can be done instead of doing it. Esc in it ends the tour."""

    skipped = Signal()
    ended = Signal()
    helped = Signal()
    """The step shall be done for the person."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setProperty("pane", "overlay")
        self.setAccessibleName(self.tr("Tour"))
        self.setFixedWidth(_WIDTH)
        self._count = QLabel()
        self._count.setFont(font(TextRole.CAPTION))
        self._count.setProperty("tone", "3")
        self._title = QLabel()
        self._title.setFont(font(TextRole.MODEL))
        self._text = QLabel()
        self._text.setProperty("tone", "2")
        for label in (self._title, self._text):
            label.setWordWrap(True)
        self.help = Button("", role="primary", small=True)
        self.skip = Button("", role="outline", small=True)
        self.end = Button(self.tr("End tour"), role="quiet", small=True)
        self.help.clicked.connect(self.helped)
        self.skip.clicked.connect(self.skipped)
        self.end.clicked.connect(self.ended)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.help, self.skip):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.end)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(6)
        for widget in (self._count, self._title, self._text):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addLayout(buttons)
        self.hide()

    def say(self, count: str, title: str, text: str, *, skip: str, help_: str = "") -> None:
        """Say it; `help_` names what the tour can do for the person, "" for nothing."""
        self._count.setText(count)
        self._title.setText(title)
        self._text.setText(text)
        self.skip.setText(skip)
        self.skip.setToolTip(skip)
        self.help.setText(help_)
        self.help.setToolTip(help_)
        self.help.setVisible(bool(help_))
        self.setAccessibleDescription(f"{title}. {text}")
        self.adjustSize()

    def title(self) -> str:
        """What it says first."""
        return self._title.text()

    def place_beside(self, target: QRect) -> None:
        """Beside what it points at, where the window has most room; never outside it nor on its status line."""
        room = self._window.rect().adjusted(0, 0, 0, -Size.STATUS)
        height = self.heightForWidth(_WIDTH) if self.hasHeightForWidth() else self.sizeHint().height()
        self.resize(_WIDTH, max(height, self.sizeHint().height()))
        middle = target.center()
        places = {
            room.right() - target.right(): QPoint(target.right() + _GAP, middle.y() - self.height() // 2),
            target.left(): QPoint(target.left() - _GAP - _WIDTH, middle.y() - self.height() // 2),
        }
        below, above = room.bottom() - target.bottom(), target.top()
        if max(places) >= _WIDTH + _GAP + _EDGE:
            at = places[max(places)]
        elif below >= above and below >= self.height() + _GAP:
            at = QPoint(middle.x() - _WIDTH // 2, target.bottom() + _GAP)
        elif above >= self.height() + _GAP:
            at = QPoint(middle.x() - _WIDTH // 2, target.top() - _GAP - self.height())
        else:  # it fills the window: lie in its lower right corner
            at = QPoint(target.right() - _WIDTH - _GAP, room.bottom() - self.height() - _GAP)
        x = min(max(at.x(), _EDGE), room.width() - self.width() - _EDGE)
        y = min(max(at.y(), _EDGE), room.height() - self.height() - _EDGE)
        self.move(x, y)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.ended.emit()
        else:
            super().keyPressEvent(event)


class Ring(QWidget):
    """Marks what is meant; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def surround(self, target: QRect) -> None:
        """Lie around a part of the window."""
        wide = target.adjusted(-_ROUND, -_ROUND, _ROUND, _ROUND).intersected(self._window.rect())
        if wide != self.geometry():
            self.setGeometry(wide)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _ROUND, _ROUND)
