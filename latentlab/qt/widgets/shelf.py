"""The shelf below the picture: its tabs, and favourites and snapshots in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint
from .history_layout import ROW_GAP, SIDE, SMALL, TOP, Key
from .icon_button import IconButton

_TAB_GAP = 16
_HEIGHT = 32
_PITCH = 62.0


class ShelfTabs(QWidget):
    """Tabs with counts, a note, and icons at the right. Left and Right choose."""

    chosen = Signal(int)

    def __init__(self, tabs: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = list(tabs)
        self._counts: list[int | None] = [None] * len(self._tabs)
        self._current = 0
        self._note = ""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setFixedHeight(_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("What the shelf shows"))
        self.setAccessibleName(self.tr("Shelf"))
        self._actions = QHBoxLayout(self)
        self._actions.setContentsMargins(0, 0, 8, 0)
        self._actions.setSpacing(2)
        self._actions.addStretch(1)
        self._buttons: list[IconButton] = []

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def set_count(self, index: int, count: int | None) -> None:
        """A number behind a tab's name."""
        self._counts[index] = count
        self.update()

    def set_current(self, index: int) -> None:
        """Show a tab chosen; emits nothing."""
        self._current = index
        self.setAccessibleDescription(self._tabs[index])
        self.update()

    def current(self) -> int:
        return self._current

    def set_note(self, note: str) -> None:
        self._note = note
        self.update()

    def add_action(self, icon_name: str, tooltip: str) -> IconButton:
        button = IconButton(icon_name, tooltip, width=28, parent=self)
        self._buttons.append(button)
        self._actions.addWidget(button)
        return button

    def tab_rect(self, index: int) -> QRectF:
        left = 12.0
        for before in range(index):
            left += self._width(before) + _TAB_GAP
        return QRectF(left, 0, self._width(index), self.height())

    def _text(self, index: int) -> str:
        count = self._counts[index]
        return self._tabs[index] if count is None else f"{self._tabs[index]} {count}"

    def _width(self, index: int) -> float:
        return float(self.fontMetrics().horizontalAdvance(self._text(index)) + 1)

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._tabs) and index != self._current:
            self.set_current(index)
            self.chosen.emit(index)

    def _index_at(self, position: QPointF) -> int:
        reach = range(len(self._tabs))
        return next((i for i in reach if self.tab_rect(i).adjusted(-6, 0, 6, 0).contains(position)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._index_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._index_at(event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._current + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        end = 0.0
        for index in range(len(self._tabs)):
            box = self.tab_rect(index)
            end = box.right()
            chosen = index == self._current
            idle = tokens.text_2 if index == self._hovered else tokens.text_3
            paint.text(painter, box, self._text(index), tokens.text if chosen else idle)
            if chosen:
                painter.fillRect(QRectF(box.left(), self.height() - 4, box.width(), 2), tokens.accent)
                if self.hasFocus():
                    paint.focus_ring(painter, box.adjusted(-5, 5, 5, -6), 3, tokens)
        right = self._buttons[0].x() - 8 if self._buttons else self.width() - 12
        room = QRectF(end + 16, 0, right - end - 16, self.height())
        if room.width() > 40:
            paint.text(painter, room, self._note, tokens.text_3, Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class ShelfPicture:
    """A favourite or snapshot."""

    key: Key
    label: str
    pixmap: QPixmap | None = None


class QuickShelf(QWidget):
    """Favourites in one row, snapshots with their numbers below, as many as there is room for."""

    favourite_activated = Signal(object)
    snapshot_activated = Signal(object)
    menu_requested = Signal(object, bool, QPoint)  # key, whether it is a favourite, position on the screen
    dragged = Signal(object, bool)  # key, whether it is a favourite: a hand pulls it out

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._favourites: list[ShelfPicture] = []
        self._snapshots: list[ShelfPicture] = []
        self._hovered: tuple[Key, bool] | None = None
        self._pressed: tuple[ShelfPicture, bool, QPointF] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Favourites and snapshots"))

    def sizeHint(self) -> QSize:
        columns = min(max(len(self._favourites), len(self._snapshots), 1), 5)
        return QSize(round(columns * _PITCH) + 24, round(2 * TOP + SIDE + ROW_GAP + SMALL))

    def set_favourites(self, pictures: Sequence[ShelfPicture]) -> None:
        self._favourites = list(pictures)
        self.updateGeometry()
        self.update()

    def set_snapshots(self, pictures: Sequence[ShelfPicture]) -> None:
        """In the order of their numbers; `key` is the number."""
        self._snapshots = list(pictures)
        self.updateGeometry()
        self.update()

    def _places(self) -> list[tuple[QRectF, ShelfPicture, bool]]:
        """Where the pictures lie; True for favourites."""
        places = []
        count = int((self.width() - 12) // _PITCH)
        for index, picture in enumerate(self._favourites[:count]):
            places.append((QRectF(18 + index * _PITCH, TOP, SIDE, SIDE), picture, True))
        top = TOP + SIDE + ROW_GAP
        if self.height() >= top + SMALL:
            for index, picture in enumerate(self._snapshots[:count]):
                places.append((QRectF(18 + index * _PITCH, top, SMALL, SMALL), picture, False))
        return places

    def _hit(self, position: QPointF) -> tuple[ShelfPicture, bool] | None:
        return next(((p, starred) for rect, p, starred in self._places() if rect.contains(position)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        if hit is None:
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = (*hit, event.position())
        elif event.button() == Qt.MouseButton.RightButton:
            self.menu_requested.emit(hit[0].key, hit[1], event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None:
            (self.favourite_activated if pressed[1] else self.snapshot_activated).emit(pressed[0].key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        self._hovered = (hit[0].key, hit[1]) if hit is not None else None
        self.update()
        if self._pressed is not None:
            way = (event.position() - self._pressed[2]).manhattanLength()
            if way >= QApplication.startDragDistance():
                picture, starred, _ = self._pressed
                self._pressed = None
                self.dragged.emit(picture.key, starred)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = None
            self.update()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self._hit(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), hit[0].label if hit is not None else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        if self._favourites or self._snapshots:
            painter.fillRect(QRectF(0, TOP, 1, self.height() - 2 * TOP), tokens.line)
        painter.setFont(font(TextRole.CAPTION))
        for rect, picture, starred in self._places():
            hovered = (picture.key, starred) == self._hovered
            history_paint.thumbnail(painter, rect, picture.pixmap, hovered=hovered, starred=starred)
            if not starred:
                number = QRectF(rect.right() + 5, rect.top(), 16, 12)
                paint.text(painter, number, str(picture.key), tokens.text_3)
