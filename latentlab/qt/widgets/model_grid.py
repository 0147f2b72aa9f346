"""Models as cards with pictures of what they draw. Hundreds are fine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint

_SIDE = 128
_CARD = QSize(152, 182)
_ITEM = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class ModelTile:
    """One card."""

    key: str
    name: str
    detail: str
    tone: str = ""
    """"error" where it cannot be opened, "busy" where nothing is known yet."""
    starred: bool = False
    tooltip: str = ""


class ModelGrid(QListView):
    """One click shows, Enter or a double click opens."""

    chosen = Signal(str)
    opened = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, picture: Callable[[str], QPixmap | None], parent: QWidget | None = None) -> None:
        """`picture` gives that of a card when it is painted."""
        super().__init__(parent)
        self._tiles = _Tiles(self)
        self.setModel(self._tiles)
        self.setItemDelegate(_Delegate(picture, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Models"))
        self.customContextMenuRequested.connect(self._on_menu)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(_ITEM).key))

    def set_tiles(self, tiles: Sequence[ModelTile]) -> None:
        """All cards in order; the chosen one stays chosen where it is still there."""
        key = self.current()
        self._tiles.replace(tiles)
        if key:
            self.set_current(key)

    def put_tile(self, tile: ModelTile) -> None:
        """Something more is known of one card."""
        self._tiles.put(tile)

    def current(self) -> str:
        index = self.currentIndex()
        return index.data(_ITEM).key if index.isValid() else ""

    def set_current(self, key: str) -> None:
        row = self._tiles.row_of(key)
        if row >= 0:
            self.setCurrentIndex(self._tiles.index(row))

    def keys(self) -> list[str]:
        return [tile.key for tile in self._tiles.tiles]

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self.chosen.emit(current.data(_ITEM).key if current.isValid() else "")

    def _on_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            self.menu_requested.emit(index.data(_ITEM).key, self.viewport().mapToGlobal(position))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current():
            self.opened.emit(self.current())
        else:
            super().keyPressEvent(event)


class _Tiles(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tiles: list[ModelTile] = []
        self._rows: dict[str, int] = {}

    def replace(self, tiles: Sequence[ModelTile]) -> None:
        self.beginResetModel()
        self.tiles = list(tiles)
        self._rows = {tile.key: row for row, tile in enumerate(self.tiles)}
        self.endResetModel()

    def row_of(self, key: str) -> int:
        return self._rows.get(key, -1)

    def put(self, tile: ModelTile) -> None:
        row = self.row_of(tile.key)
        if row >= 0:
            self.tiles[row] = tile
            self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 -- Qt's own default
        return 0 if parent.isValid() else len(self.tiles)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        tile = self.tiles[index.row()]
        if role == _ITEM:
            return tile
        if role == Qt.ItemDataRole.ToolTipRole:
            return tile.tooltip or tile.name
        return (
            tile.name if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        )


class _Delegate(QStyledItemDelegate):
    def __init__(self, picture: Callable[[str], QPixmap | None], parent: QObject) -> None:
        super().__init__(parent)
        self._picture = picture

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return _CARD

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        tokens = current_tokens()
        tile: ModelTile = index.data(_ITEM)
        cell, state = QRectF(option.rect), option.state
        rect = QRectF(cell.left() + (cell.width() - _SIDE) / 2, cell.top() + 8, _SIDE, _SIDE)
        pixmap = self._picture(tile.key)
        history_paint.thumbnail(
            painter,
            rect,
            pixmap,
            current=bool(state & QStyle.StateFlag.State_Selected),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            starred=tile.starred,
        )
        if pixmap is None:
            name = "error" if tile.tone == "error" else "model"
            colour = tokens.error if tile.tone == "error" else tokens.text_3
            paint_icon(painter, rect, name, colour, 28)
        painter.setFont(font(TextRole.BODY))
        name_area = QRectF(rect.left(), rect.bottom() + 5, _SIDE, 16)
        paint.text(painter, name_area, tile.name, tokens.text)
        painter.setFont(font(TextRole.HINT))
        detail = QRectF(rect.left(), rect.bottom() + 21, _SIDE, 15)
        paint.text(painter, detail, tile.detail, tokens.error if tile.tone == "error" else tokens.text_3)
