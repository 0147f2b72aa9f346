"""Many small pictures close together, in groups with a heading each; one or several are chosen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, own_keys, paint

_GAP = 6
_HEADING = 20
_PAD = 4
_KEPT = 800


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that belong together."""

    title: str
    keys: tuple[int, ...]
    """What `picture` is asked for; a key may stand in one group alone."""


class Mosaic(QAbstractScrollArea):
    """Click chooses, Ctrl adds, Shift takes all between; arrows move; Enter or a double click opens."""

    chosen_changed = Signal(object)
    """Tuple of keys, by a hand."""
    opened = Signal(int)
    menu_requested = Signal(int, QPoint)
    group_clicked = Signal(int)
    """A heading was clicked."""

    def __init__(self, *, side: int = 50, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._groups: tuple[Group, ...] = ()
        self._keys: list[int] = []
        self._boxes: dict[int, QRectF] = {}
        self._headings: list[QRectF] = []
        self._chosen: set[int] = set()
        self._current: int | None = None
        self._hovered: int | None = None
        self._pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self._empty = ""
        self.picture: Callable[[int], QImage | None] = lambda key: None
        self.describe: Callable[[int], str] = lambda key: ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumHeight(side + 2 * _PAD)
        self.setAccessibleName(self.tr("Pictures"))

    def sizeHint(self) -> QSize:
        return QSize(6 * (self._side + _GAP), 3 * (self._side + _GAP))

    # What there is.

    def set_groups(self, groups: Sequence[Group], empty: str = "") -> None:
        """Show these pictures; `empty` stands there where there are none. Choices that are gone are dropped."""
        self._groups = tuple(group for group in groups if group.keys)
        self._keys = [key for group in self._groups for key in group.keys]
        self._empty = empty
        self._pixmaps.clear()
        present = set(self._keys)
        self._chosen &= present
        if self._current not in present:
            self._current = None
        self._hovered = None
        self._arrange()

    def keys(self) -> tuple[int, ...]:
        """All pictures, in order."""
        return tuple(self._keys)

    def set_side(self, side: int) -> None:
        """Size of a picture in logical pixels."""
        self._side = side
        self._pixmaps.clear()
        self._arrange()

    def chosen(self) -> tuple[int, ...]:
        """Chosen keys in the order they stand."""
        return tuple(key for key in self._keys if key in self._chosen)

    def set_chosen(self, keys: Sequence[int]) -> None:
        """Show pictures chosen; emits nothing."""
        self._chosen = set(keys) & set(self._keys)
        self.viewport().update()

    def current(self) -> int | None:
        """The one that Enter opens."""
        return self._current

    # Geometry.

    def box(self, key: int) -> QRectF:
        """Where a picture lies in the viewport."""
        return self._boxes[key].translated(0, -self.verticalScrollBar().value())

    def key_at(self, position: QPointF) -> int | None:
        place = position + QPointF(0, self.verticalScrollBar().value())
        return next((key for key, box in self._boxes.items() if box.contains(place)), None)

    def columns(self) -> int:
        return max((self.viewport().width() - 2 * _PAD + _GAP) // (self._side + _GAP), 1)

    def _arrange(self) -> None:
        columns, pitch = self.columns(), self._side + _GAP
        self._boxes, self._headings = {}, []
        y = float(_PAD)
        for group in self._groups:
            heading = QRectF(_PAD, y, self.viewport().width() - 2 * _PAD, _HEADING if group.title else 0)
            self._headings.append(heading)
            y = heading.bottom()
            for place, key in enumerate(group.keys):
                row, column = divmod(place, columns)
                self._boxes[key] = QRectF(_PAD + column * pitch, y + row * pitch, self._side, self._side)
            y += -(-len(group.keys) // columns) * pitch
        bar = self.verticalScrollBar()
        bar.setRange(0, max(round(y) - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(pitch // 2)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        key = self.key_at(event.position())
        if key is None:
            heading = self._heading_at(event.position())
            if heading >= 0:
                self.group_clicked.emit(heading)
                self._choose(set(self._groups[heading].keys), self._groups[heading].keys[0])
            else:
                self._choose(set(), None)
            return
        held = event.modifiers()
        if held & Qt.KeyboardModifier.ShiftModifier and self._current is not None:
            first, last = sorted((self._keys.index(self._current), self._keys.index(key)))
            self._choose(set(self._keys[first : last + 1]), self._current)
        elif held & Qt.KeyboardModifier.ControlModifier:
            self._choose(self._chosen ^ {key}, key)
        else:
            self._choose({key}, key)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        key = self.key_at(event.position())
        if key is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        key = self.key_at(event.position())
        if key != self._hovered:
            self._hovered = key
            self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        key = self.key_at(QPointF(event.pos()))
        if key is not None:
            if key not in self._chosen:
                self._choose({key}, key)
            self.menu_requested.emit(key, event.globalPos())

    def _heading_at(self, position: QPointF) -> int:
        place = position + QPointF(0, self.verticalScrollBar().value())
        return next((number for number, box in enumerate(self._headings) if box.contains(place)), -1)

    def event(self, event: QEvent) -> bool:
        if own_keys.keep(event, own_keys.ARROWS):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = own_keys.step(event, self.columns())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.opened.emit(self._current)
        elif event.key() == Qt.Key.Key_Escape and self._chosen:
            self._choose(set(), None)
        elif move is not None and self._keys:
            at = self._keys.index(self._current) + move if self._current is not None else 0
            key = self._keys[min(max(at, 0), len(self._keys) - 1)]
            self._choose({key}, key)
            self._show(key)
        else:
            super().keyPressEvent(event)

    def _show(self, key: int) -> None:
        box, bar = self.box(key), self.verticalScrollBar()
        if box.top() < 0:
            bar.setValue(bar.value() + round(box.top()) - _GAP)
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + round(box.bottom() - self.viewport().height()) + _GAP)

    def _choose(self, keys: set[int], current: int | None) -> None:
        self._current = current
        if keys != self._chosen:
            self._chosen = keys
            self.chosen_changed.emit(self.chosen())
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = None
            self.viewport().update()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            key = self.key_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.describe(key) if key is not None else "", self)
            return True
        return super().viewportEvent(event)

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self.viewport())
        offset = self.verticalScrollBar().value()
        if not self._keys:
            painter.setFont(font(TextRole.BODY))
            painter.setPen(tokens.text_3)
            area = self.viewport().rect().adjusted(_PAD, _PAD, -_PAD, -_PAD)
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(area, int(flags), self._empty)
            return
        painter.setFont(font(TextRole.HINT))
        for group, box in zip(self._groups, self._headings, strict=True):
            if group.title:
                paint.text(painter, box.translated(0, -offset), group.title, tokens.text_2)
        sight = QRectF(self.viewport().rect()).adjusted(-4, -4, 4, 4)
        for key in self._keys:
            box = self.box(key)
            if box.intersects(sight):
                history_paint.thumbnail(
                    painter,
                    box,
                    self._pixmap(key),
                    current=key in self._chosen,
                    hovered=key == self._hovered,
                    focused=key == self._current and self.hasFocus(),
                )

    def _pixmap(self, key: int) -> QPixmap | None:
        pixmap = self._pixmaps.get(key)
        if pixmap is not None:
            self._pixmaps.move_to_end(key)
            return pixmap
        image = self.picture(key)
        if image is None:
            return None
        pixmap = QPixmap.fromImage(image)
        self._pixmaps[key] = pixmap
        while len(self._pixmaps) > _KEPT:
            self._pixmaps.popitem(last=False)
        return pixmap
