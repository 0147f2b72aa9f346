"""Pictures at the side and at the top, and what comes of every pair of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint
from .crossing_places import CellPicture, CellPlace, Place, SourcePicture, SourcePlace

_GAP = 6.0
_EDGE = 4.0
_BAR = 3.0
_MARGIN = 20.0
_MOST_SIDE = 132.0
_LEAST_SIDE = 20.0
_CHIP = 16.0
_LEAST_FOR_CHIP = 48.0
_LEGEND = 12.0


class CrossingGrid(QWidget):
    """Hover shows, a click keeps. Arrows move, Enter keeps, Delete takes a source out."""

    looked_at = Signal(object)
    """CellPlace or SourcePlace under the pointer or reached by keys; None when the pointer has left."""
    kept = Signal(object)
    """CellPlace that was clicked."""
    source_pressed = Signal(object, QPoint)
    """SourcePlace that was clicked, and where a menu may open."""
    cell_menu_requested = Signal(object, QPoint)
    file_dropped = Signal(object, object)
    """Path, and the SourcePlace it was dropped on or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side: list[SourcePicture] = []
        self._top: list[SourcePicture] = []
        self._captions: list[str] = []
        self._shape = (0, 0)
        self._cells: dict[CellPlace, CellPicture] = {}
        self._legend: tuple[str, str] = ("", "")
        self._current: CellPlace | None = None
        self._hovered: Place | None = None
        self._dropping: SourcePlace | None = None
        self._corners: dict[CellPlace, SourcePlace] = {}
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 160)
        self.setAccessibleName(self.tr("Crossings"))

    # What is shown.

    def set_sources(self, side: Sequence[SourcePicture], top: Sequence[SourcePicture]) -> None:
        """Pictures to cross."""
        self._side, self._top = list(side), list(top)
        self.update()

    def set_shape(
        self,
        rows: int,
        columns: int,
        *,
        captions: Sequence[str] = (),
        corners: Mapping[CellPlace, SourcePlace],
    ) -> None:
        """How many cells. `captions` stand for side pictures; with `corners` the sources lie in the grid."""
        self._shape = (rows, columns)
        self._captions = list(captions)
        self._corners = dict(corners)
        self._cells = {place: cell for place, cell in self._cells.items() if self._exists(place)}
        self.update()

    @property
    def legend(self) -> tuple[str, str]:
        """What `set_legend` was given."""
        return self._legend

    def set_legend(self, top: str, side: str) -> None:
        """What the top and the side give."""
        self._legend = (top, side)
        self.update()

    def set_cells(self, cells: Mapping[CellPlace, CellPicture]) -> None:
        """All crossings; those that are left out have nothing to show yet."""
        self._cells = dict(cells)
        self.update()

    def set_current(self, place: CellPlace | None) -> None:
        """Outline a crossing; emits nothing."""
        self._current = place
        cell = self._cells.get(place) if place is not None else None
        self.setAccessibleDescription(cell.label if cell is not None else "")
        self.update()

    def set_source(self, place: SourcePlace, picture: SourcePicture) -> None:
        """One source has changed or got its picture."""
        (self._top if place.at_top else self._side)[place.number] = picture
        self.update()

    # Geometry.

    def sizeHint(self) -> QSize:
        return QSize(720, 600)

    def _heads(self) -> tuple[int, int]:
        """Columns before, and rows above, the crossings."""
        return (0, 0) if self._corners else (1, 1)

    def side(self) -> float:
        """Of every picture, in pixels."""
        rows, columns = self._shape
        before, above = self._heads()
        wide = (self.width() - 2 * _MARGIN - before * _EDGE + _GAP) / max(columns + before, 1) - _GAP
        high = (self.height() - 2 * _MARGIN - above * _EDGE + _GAP) / max(rows + above, 1) - _GAP
        return max(min(wide, high, _MOST_SIDE), _LEAST_SIDE)

    def _origin(self) -> QPointF:
        rows, columns = self._shape
        before, above = self._heads()
        pitch = self.side() + _GAP
        width = (columns + before) * pitch - _GAP + before * _EDGE
        height = (rows + above) * pitch - _GAP + above * _EDGE
        return QPointF(
            round((self.width() - width) / 2), round(max((self.height() - height) / 2, _MARGIN / 2))
        )

    def rect_of(self, place: Place) -> QRectF:
        """Where a picture lies."""
        origin, side = self._origin(), self.side()
        pitch = side + _GAP
        before, above = self._heads()
        if isinstance(place, CellPlace):
            x = origin.x() + (place.column + before) * pitch + before * _EDGE
            y = origin.y() + (place.row + above) * pitch + above * _EDGE
        elif place.at_top:
            x, y = origin.x() + (place.number + 1) * pitch + _EDGE, origin.y()
        else:
            x, y = origin.x(), origin.y() + (place.number + 1) * pitch + _EDGE
        return QRectF(x, y, side, side)

    def place_at(self, position: QPointF) -> Place | None:
        """What lies under a point."""
        rows, columns = self._shape
        places: list[Place] = [CellPlace(row, column) for row in range(rows) for column in range(columns)]
        places += self._source_places()
        reach = _GAP / 2
        return next(
            (p for p in places if self.rect_of(p).adjusted(-reach, -reach, reach, reach).contains(position)),
            None,
        )

    def _source_places(self) -> list[SourcePlace]:
        if self._corners:
            return []
        side = [] if self._captions else [SourcePlace(False, index) for index in range(len(self._side))]
        return [*side, *(SourcePlace(True, index) for index in range(len(self._top)))]

    def _source_at(self, position: QPointF) -> SourcePlace | None:
        place = self.place_at(position)
        if isinstance(place, CellPlace):
            return self._corners.get(place)
        return place

    def _exists(self, place: CellPlace) -> bool:
        return place.row < self._shape[0] and place.column < self._shape[1]

    # The hand.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.place_at(event.position()))

    def _hover(self, place: Place | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.looked_at.emit(place)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            return
        if isinstance(place, CellPlace):
            self.set_current(place)
            self.kept.emit(place)
        else:
            below = self.rect_of(place).bottomLeft().toPoint() + QPoint(0, 4)
            self.source_pressed.emit(place, self.mapToGlobal(below))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.place_at(QPointF(event.pos()))
        if isinstance(place, CellPlace):
            self.cell_menu_requested.emit(place, event.globalPos())
        elif place is not None:
            self.source_pressed.emit(place, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        here = self._current or CellPlace(0, 0)
        if step is not None and not event.modifiers():
            place = CellPlace(here.row + step[0], here.column + step[1])
            if min(place.row, place.column) >= 0 and self._exists(place):
                self.set_current(place)
                self.looked_at.emit(place)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._exists(here):
            self.kept.emit(here)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
            if event.key() in arrows and not event.modifiers():
                event.accept()  # here arrows move among the crossings
                return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(self.place_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def _tip(self, place: Place | None) -> str:
        if isinstance(place, CellPlace):
            cell = self._cells.get(place)
            return self.tr("{0}. Click to keep it").format(cell.label) if cell is not None else ""
        if place is None:
            return ""
        source = (self._top if place.at_top else self._side)[place.number]
        return source.problem or self.tr("{0}. Click to change it, or drop a picture here").format(
            source.label
        )

    # Files.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop_on(self._source_at(event.position()))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_on(None)

    def dropEvent(self, event: QDropEvent) -> None:
        place = self._source_at(event.position())
        self._drop_on(None)
        event.acceptProposedAction()
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.file_dropped.emit(Path(url.toLocalFile()), place)
                place = None

    def _drop_on(self, place: SourcePlace | None) -> None:
        if place != self._dropping:
            self._dropping = place
            self.update()

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.surround)
        if not self._shape[0]:
            return
        looked = self._hovered if isinstance(self._hovered, CellPlace) else self._current
        for row in range(self._shape[0]):
            for column in range(self._shape[1]):
                self._paint_cell(painter, CellPlace(row, column))
        if self._corners:
            return
        for place in self._source_places():
            in_use = looked is not None and place.number == (looked.column if place.at_top else looked.row)
            self._paint_source(painter, place, in_use)
        self._paint_captions(painter)
        self._paint_legend(painter)

    def _paint_cell(self, painter: QPainter, place: CellPlace) -> None:
        cell = self._cells.get(place)
        rect = self.rect_of(place)
        history_paint.thumbnail(
            painter,
            rect,
            cell.pixmap if cell is not None else None,
            current=place == self._current,
            hovered=place == self._hovered,
            focused=self.hasFocus(),
            starred=cell is not None and cell.starred,
            starrable=True,
        )
        corner = self._corners.get(place)
        if corner is not None:
            source = (self._top if corner.at_top else self._side)[corner.number]
            self._paint_label(painter, rect, source, bright=True)

    def _paint_source(self, painter: QPainter, place: SourcePlace, in_use: bool) -> None:
        tokens = current_tokens()
        source = (self._top if place.at_top else self._side)[place.number]
        rect = self.rect_of(place)
        current = place == self._dropping
        history_paint.thumbnail(painter, rect, source.pixmap, hovered=place == self._hovered, current=current)
        if source.problem:
            paint_icon(painter, rect, "warning", tokens.warning, 16)
        bar = QColor(tokens.accent) if place.at_top else QColor(tokens.text if in_use else tokens.line_strong)
        if place.at_top and not in_use:
            bar.setAlphaF(0.55)
        if place.at_top:
            painter.fillRect(QRectF(rect.left(), rect.bottom() + _EDGE, rect.width(), _BAR), bar)
        else:
            painter.fillRect(QRectF(rect.right() + _EDGE, rect.top(), _BAR, rect.height()), bar)
        self._paint_label(painter, rect, source, bright=in_use)

    def _paint_label(self, painter: QPainter, rect: QRectF, source: SourcePicture, *, bright: bool) -> None:
        """A chip with the source's name on the picture's lower edge, and its lock."""
        if rect.width() < _LEAST_FOR_CHIP:
            return
        painter.setFont(font(TextRole.CAPTION))
        most = rect.width() - 8
        measure = painter.fontMetrics().horizontalAdvance
        text = source.label if measure(source.label) + 10 <= most else source.short or source.label
        width = min(measure(text) + 10.0, most)
        chip = QRectF(rect.left() + 4, rect.bottom() - _CHIP - 4, width, _CHIP)
        ground = QColor(232, 232, 232, 235) if bright else QColor(20, 20, 20, 190)
        ink = QColor(28, 28, 28) if bright else QColor(232, 232, 232)
        paint.rounded(painter, chip, 3, ground)
        paint.text(painter, chip.adjusted(5, 0, -3, 0), text, ink)
        if source.locked:
            badge = QRectF(rect.right() - 19, rect.top() + 4, 15, 15)
            paint.rounded(painter, badge, 3, QColor(20, 20, 20, 190))
            paint_icon(painter, badge, "lock", QColor(143, 188, 247), 11)

    def _paint_captions(self, painter: QPainter) -> None:
        tokens = current_tokens()
        painter.setFont(font(TextRole.BODY))
        for row, caption in enumerate(self._captions):
            rect = self.rect_of(SourcePlace(False, row))
            area = QRectF(0, rect.top(), rect.right() - 8, rect.height())
            paint.text(painter, area, caption, tokens.text_surround, Qt.AlignmentFlag.AlignRight)

    def _paint_legend(self, painter: QPainter) -> None:
        """In the corner between side and top."""
        tokens = current_tokens()
        corner = QRectF(self._origin(), QSize(round(self.side()), round(self.side())))
        painter.setFont(font(TextRole.HINT))
        top, side = self._legend
        line = 16.0
        area = QRectF(0, corner.bottom() - 2 * line - _LEGEND, corner.right() - 2, line)
        painter.save()
        paint.text(painter, area, top, tokens.accent_text, Qt.AlignmentFlag.AlignRight)
        paint.text(
            painter, area.translated(0, line + 2), side, tokens.text_surround, Qt.AlignmentFlag.AlignRight
        )
        painter.restore()
