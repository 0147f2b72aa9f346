"""A wall of many small pictures: ten thousand scroll as easily as ten. Only what is in sight is asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
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

from . import history_paint, paint
from .picture_badges import Badges, paint_badges, prepared

_GAP = 8
_CAPTION = 16
_MARGIN = 16
_PREPARED = 600
"""Tiles kept ready for painting."""
_SETTLE_MS = 30
"""Scrolling asks for what came into sight this often at most."""


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


@dataclass(frozen=True, slots=True)
class WallSource:
    """Where a wall's pictures come from; called for what is painted alone, so it must be quick."""

    image: Callable[[int], QImage | None]
    caption: Callable[[int], str]
    badges: Callable[[int], Badges]


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
        self._ready: OrderedDict[int, QPixmap] = OrderedDict()
        self._known_badges: dict[int, Badges] = {}
        self._empty = ("", "")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Pictures"))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.sight_changed)
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
        self._ready.clear()
        self._known_badges.clear()
        self._fit()
        self.viewport().update()
        self._settle.start()

    def picture_changed(self, place: int) -> None:
        """One picture is there, or is another one."""
        self._ready.pop(place, None)
        self._update(place)

    def refresh_pictures(self) -> None:
        """Any picture may be there now."""
        self._ready.clear()
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
        return QSize(self._side + _GAP, self._side + _GAP + _CAPTION)

    def _row_top(self, row: int) -> int:
        return _MARGIN + row * self._cell().height()

    def _box(self, place: int) -> QRectF:
        return self.picture_rect(place).adjusted(-3, -3, 3, _CAPTION)

    def _fit(self) -> None:
        """Divide the width among as many pictures of about the wanted size as it has room for."""
        width = self.viewport().width() - 2 * _MARGIN + _GAP
        columns = self._fixed_columns or max(width // (self._wanted_side + _GAP), 1)
        side = max(width // columns - _GAP, 16)
        if self._fills and (side, columns) != (self._side, self._columns):
            self._side = side
            self._ready.clear()
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
            self._ready.clear()

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
        dirty = QRectF(event.rect())
        painter.fillRect(event.rect(), current_tokens().surround)
        if not self._count:
            self._paint_empty(painter)
        for place in self._dirty_places(dirty):
            self._paint_place(painter, place)

    def _dirty_places(self, dirty: QRectF) -> Iterable[int]:
        return (place for place in self.in_sight() if self._box(place).intersects(dirty))

    def _paint_place(self, painter: QPainter, place: int) -> None:
        rect = self.picture_rect(place)
        tile = self._tile(place)
        chosen, hovered = place in self._chosen, place == self._hovered
        if not chosen:
            painter.drawPixmap(rect.topLeft(), tile)
        else:
            ratio = tile.devicePixelRatio()
            painter.drawPixmap(rect, tile, QRectF(0, 0, self._side * ratio, self._side * ratio))
            self._paint_caption(painter, rect, place, current_tokens().text)
        if chosen or hovered:
            focused = place == self._current and self.hasFocus()
            history_paint.frame(painter, rect, current=chosen, hovered=hovered, focused=focused)
        paint_badges(painter, rect, self._badges_of(place), hovered=hovered)

    def _paint_caption(self, painter: QPainter, rect: QRectF, place: int, colour: QColor) -> None:
        painter.setFont(font(TextRole.CAPTION))
        area = QRectF(rect.left(), rect.bottom() + 4, rect.width(), _CAPTION - 4)
        paint.text(painter, area, self._source.caption(place), colour, Qt.AlignmentFlag.AlignHCenter)

    def _tile(self, place: int) -> QPixmap:
        """A picture, or the ground it will lie on, with its caption: painting is one copy."""
        tile = self._ready.get(place)
        if tile is None:
            tile = self._new_tile(place)
            self._ready[place] = tile
            while len(self._ready) > _PREPARED:
                self._ready.popitem(last=False)
        else:
            self._ready.move_to_end(place)
        return tile

    def _new_tile(self, place: int) -> QPixmap:
        tokens, ratio = current_tokens(), self.devicePixelRatioF()
        tile = QPixmap(round(self._side * ratio), round((self._side + _CAPTION) * ratio))
        tile.setDevicePixelRatio(ratio)
        tile.fill(tokens.surround)
        rect = QRectF(0, 0, self._side, self._side)
        painter = QPainter(tile)
        image = self._source.image(place)
        if image is None:
            paint.rounded(painter, rect, 3, tokens.panel)
        else:
            painter.drawPixmap(rect.topLeft(), prepared(image, self._side, ratio))
        self._paint_caption(painter, rect, place, tokens.text_surround)
        painter.end()
        return tile

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
