"""A wall of many small pictures: ten thousand scroll as easily as ten. Only what is in sight is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint
from .picture_badges import Badges, paint_badges
from .picture_tiles import CAPTION, PictureTiles, WallSource, paint_caption

_GAP = 8
_MARGIN = 16
_FRAME = 3
"""How far the frame of a chosen picture reaches beyond it."""
_SETTLE_MS = 30
"""Scrolling asks for what came into sight this often at most."""
_ARRIVAL_MS = 8
_ARRIVALS = 4
"""Pictures that appear together at most; making a tile takes half a millisecond or more."""


class Wish(Enum):
    """What a key or a click asks for the chosen pictures."""

    OPEN = auto()
    STAR = auto()
    MARK_A = auto()
    MARK_B = auto()
    PARENT = auto()


KEYS = {
    Qt.Key.Key_Return: Wish.OPEN,
    Qt.Key.Key_Enter: Wish.OPEN,
    Qt.Key.Key_F: Wish.STAR,
    Qt.Key.Key_A: Wish.MARK_A,
    Qt.Key.Key_B: Wish.MARK_B,
    Qt.Key.Key_P: Wish.PARENT,
}


class PictureWall(QAbstractScrollArea):
    """Arrows, Page Up and Down, Home and End move; Shift and Ctrl choose several; keys of `KEYS` act on them."""

    sight_changed = Signal()
    """Other pictures are in sight (`in_sight`)."""
    chosen_changed = Signal()
    wished = Signal(object, object)
    """Wish, and the list of places it is for."""
    menu_requested = Signal(int, QPoint)

    def __init__(
        self, source: WallSource, *, side: int = 96, fills: bool = True, parent: QWidget | None = None
    ) -> None:
        """`side` is the size of the pictures, exact unless they grow to fill the width."""
        super().__init__(parent)
        self._fills = fills
        self._source = source
        self._wanted_side = side
        self._side = side
        self._columns = 1
        self._fixed_columns = 0
        self._count = 0
        self._current = -1
        self._anchor = -1
        self._chosen: set[int] = set()
        self._hovered = -1
        self._tiles = PictureTiles(source)
        self._known_badges: dict[int, Badges] = {}
        self._arrived: deque[int] = deque()
        self._empty = ("", "")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(
            Qt.WidgetAttribute.WA_OpaquePaintEvent
        )  # scrolling moves what is painted
        self.setAccessibleName(self.tr("Pictures"))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.sight_changed)
        self._arrivals = QTimer(self, interval=_ARRIVAL_MS)
        self._arrivals.timeout.connect(self._show_arrived)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # What there is.

    def set_count(self, count: int) -> None:
        """How many pictures there are; all are others than before."""
        self._count = count
        self._chosen = {place for place in self._chosen if place < count}
        self._current = min(self._current, count - 1)
        self.refresh()

    def count(self) -> int:
        return self._count

    def set_side(self, side: int) -> None:
        """Size of the pictures in logical pixels, more or less: they fill the width. The top stays the top."""
        first = self.in_sight().start
        self._wanted_side = side
        self._fit()
        self.verticalScrollBar().setValue(self._row_top(first // self.columns()) - _MARGIN)
        self.viewport().update()
        self._settle.start()

    def side(self) -> int:
        """Size of the pictures as they are drawn."""
        return self._side

    def set_columns(self, columns: int) -> None:
        """So many pictures in a row, whatever size that gives them."""
        self._fixed_columns = columns
        self._fit()

    def set_empty(self, title: str, detail: str = "") -> None:
        """What stands there while there are no pictures."""
        self._empty = (title, detail)
        self.viewport().update()

    def empty_text(self) -> str:
        """What stands there while there are no pictures."""
        return " ".join(self._empty)

    def refresh(self) -> None:
        """Everything may have changed."""
        self._tiles.clear()
        self._known_badges.clear()
        self._fit()
        self.viewport().update()
        self._settle.start()

    def picture_changed(self, place: int) -> None:
        """One picture is there, or is another one."""
        self._arrived.append(place)
        if not self._arrivals.isActive():
            self._arrivals.start()

    def refresh_pictures(self) -> None:
        """Any picture may be there now."""
        self._tiles.clear()
        self.viewport().update()

    def badges_changed(self) -> None:
        """Stars and marks may have changed."""
        self._known_badges.clear()
        self.viewport().update()

    def in_sight(self) -> range:
        """The places that are at least partly in sight."""
        cell, columns = self._cell(), self.columns()
        top = self.verticalScrollBar().value() - _MARGIN
        first = max(top // cell.height(), 0) * columns
        rows = self.viewport().height() // cell.height() + 2
        return range(min(first, self._count), min(first + rows * columns, self._count))

    # Choosing.

    def current(self) -> int:
        """The place that keys act on; -1 for none."""
        return self._current

    def chosen(self) -> list[int]:
        """Chosen places in order; the current one where no others are chosen."""
        if self._chosen:
            return sorted(self._chosen)
        return [self._current] if self._current >= 0 else []

    def choose(self, place: int, *, extend: bool = False, add: bool = False) -> None:
        """Make a place current, and choose it alone, with all up to the anchor, or beside the others."""
        if not 0 <= place < self._count:
            return
        if extend and self._anchor >= 0:
            low, high = sorted((self._anchor, place))
            self._chosen = set(range(low, high + 1))
        elif add:
            self._chosen ^= {place}
            self._anchor = place
        else:
            self._chosen = {place}
            self._anchor = place
        self._current = place
        self._show(place)
        self.setAccessibleDescription(self._source.caption(place))
        self.viewport().update()
        self.chosen_changed.emit()

    def follow(self, place: int) -> None:
        """What was chosen alone lies at another place now; the wall stays where it is."""
        self._chosen, self._current, self._anchor = {place}, place, place
        self.viewport().update()

    def choose_none(self) -> None:
        self._chosen, self._current, self._anchor = set(), -1, -1
        self.viewport().update()
        self.chosen_changed.emit()

    # Geometry.

    def columns(self) -> int:
        """Pictures in a row."""
        return self._columns

    def picture_rect(self, place: int) -> QRectF:
        """Where a picture lies in the viewport."""
        row, column = divmod(place, self.columns())
        top = self._row_top(row) - self.verticalScrollBar().value()
        return QRectF(_MARGIN + column * self._cell().width(), top, self._side, self._side)

    def place_at(self, position: QPointF) -> int:
        """The place under a point of the viewport; -1 for none."""
        return next((place for place in self.in_sight() if self._box(place).contains(position)), -1)

    def _cell(self) -> QSize:
        return QSize(self._side + _GAP, self._side + _GAP + CAPTION)

    def _row_top(self, row: int) -> int:
        return _MARGIN + row * self._cell().height()

    def _box(self, place: int) -> QRectF:
        return self.picture_rect(place).adjusted(-_FRAME, -_FRAME, _FRAME, CAPTION)

    def _fit(self) -> None:
        """Divide the width among as many pictures of about the wanted size as it has room for."""
        width = self.viewport().width() - 2 * _MARGIN + _GAP
        columns = self._fixed_columns or max(width // (self._wanted_side + _GAP), 1)
        side = max(width // columns - _GAP, 16)
        if self._fills and (side, columns) != (self._side, self._columns):
            self._side = side
            self._tiles.clear()
            self.viewport().update()
        self._columns = columns
        rows = -(-self._count // self.columns())
        height = self._row_top(rows) + _MARGIN - _GAP
        bar = self.verticalScrollBar()
        bar.setRange(0, max(height - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._cell().height() // 2)

    def _show(self, place: int) -> None:
        """Scroll until a place is in sight as a whole."""
        box, bar = self._box(place), self.verticalScrollBar()
        if box.top() < 0:
            bar.setValue(bar.value() + round(box.top()) - _GAP)
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + round(box.bottom()) - self.viewport().height() + _GAP)

    def _update(self, place: int) -> None:
        if place in self.in_sight():
            self.viewport().update(self._box(place).toAlignedRect())

    def _show_arrived(self) -> None:
        """Show a few of those that came: a batch at once would hold up a hand that scrolls."""
        shown = 0
        while self._arrived and shown < _ARRIVALS:
            place = self._arrived.popleft()
            self._tiles.drop(place)
            if place in self.in_sight():
                self._update(place)
                shown += 1
        if not self._arrived:
            self._arrivals.stop()

    def _on_scrolled(self) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._settle.start()

    # Hands.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.RightButton:
            if place >= 0 and place not in self._chosen:
                self.choose(place)
        elif event.button() == Qt.MouseButton.LeftButton and place < 0:
            self.choose_none()
        elif event.button() == Qt.MouseButton.LeftButton:
            if history_paint.star_box(self.picture_rect(place)).contains(event.position()):
                self.wished.emit(Wish.STAR, [place])
                return
            held = event.modifiers()
            self.choose(
                place,
                extend=bool(held & Qt.KeyboardModifier.ShiftModifier),
                add=bool(held & Qt.KeyboardModifier.ControlModifier),
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.wished.emit(Wish.OPEN, [place])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.place_at(event.position()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self._current if by_key else self.place_at(QPointF(event.pos()))
        if place >= 0:
            middle = self.viewport().mapToGlobal(self.picture_rect(place).center().toPoint())
            self.menu_requested.emit(place, middle if by_key else event.globalPos())

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            before, self._hovered = self._hovered, place
            for changed in (before, place):
                if changed >= 0:
                    self._update(changed)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._source.caption(place) if place >= 0 else "", self)
            return True
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._tiles.clear()

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here are kept from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            bare = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if (bare and Qt.Key(event.key()) in KEYS) or self._target(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wish = KEYS.get(Qt.Key(event.key()))
        target = self._target(event)
        if wish is not None and self.chosen():
            self.wished.emit(wish, self.chosen())
        elif target is not None:
            self.choose(target, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._chosen = set(self.in_sight())
            self.viewport().update()
        else:
            super().keyPressEvent(event)

    def _target(self, event: QKeyEvent) -> int | None:
        """Where a key leads to; None where it is none that moves."""
        columns = self.columns()
        page = max(self.viewport().height() // self._cell().height(), 1) * columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -self._count,
            Qt.Key.Key_End: self._count,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._count:
            return None
        if self._current < 0:
            return self.in_sight().start
        return min(max(self._current + step, 0), self._count - 1)

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), current_tokens().surround)
        if not self._count:
            self._paint_empty(painter)
        dirty: dict[int, None] = {}  # a scroll leaves a strip to paint, pictures that came a patch each
        for patch in event.region():  # type: ignore[attr-defined]  # missing in the stubs
            dirty.update(dict.fromkeys(self._places_in(patch)))
        for place in dirty:
            self._paint_place(painter, place)

    def _places_in(self, rect: QRect) -> Iterator[int]:
        """The places whose picture, caption or frame may reach into a part of the viewport."""
        cell, columns = self._cell(), self.columns()
        top = rect.top() + self.verticalScrollBar().value() - _MARGIN
        first_row = max((top - CAPTION) // cell.height(), 0)
        last_row = (top + rect.height() - 1 + _FRAME) // cell.height()
        first = max((rect.left() - _MARGIN - _FRAME) // cell.width(), 0)
        last = min((rect.right() - _MARGIN + _FRAME) // cell.width(), columns - 1)
        for row in range(first_row, last_row + 1):
            yield from range(
                min(row * columns + first, self._count), min(row * columns + last + 1, self._count)
            )

    def _paint_place(self, painter: QPainter, place: int) -> None:
        rect = self.picture_rect(place)
        tile = self._tiles.get(place, self._side, self.devicePixelRatioF())
        chosen, hovered = place in self._chosen, place == self._hovered
        if not chosen:
            painter.drawPixmap(rect.topLeft(), tile)
        else:
            ratio = tile.devicePixelRatio()
            painter.drawPixmap(rect, tile, QRectF(0, 0, self._side * ratio, self._side * ratio))
            paint_caption(painter, rect, self._source.caption(place), current_tokens().text)
        if chosen or hovered:
            focused = place == self._current and self.hasFocus()
            history_paint.frame(painter, rect, current=chosen, hovered=hovered, focused=focused)
        paint_badges(painter, rect, self._badges_of(place), hovered=hovered)

    def _badges_of(self, place: int) -> Badges:
        known = self._known_badges.get(place)
        if known is None:
            known = self._known_badges[place] = self._source.badges(place)
        return known

    def _paint_empty(self, painter: QPainter) -> None:
        tokens = current_tokens()
        middle = self.viewport().rect().center().y()
        for text, role, offset in zip(self._empty, (TextRole.TITLE, TextRole.HINT), (-20, 2), strict=True):
            painter.setFont(font(role))
            area = QRectF(24, middle + offset, self.viewport().width() - 48, 20)
            paint.text(painter, area, text, tokens.text_surround, Qt.AlignmentFlag.AlignHCenter)
