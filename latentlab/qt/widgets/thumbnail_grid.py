"""Many pictures in one view: favourites, galleries, results. Thousands are fine."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
from PySide6.QtGui import QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint
from .history_layout import Key

_GAP = 8
_CAPTION = 16
_ITEM = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class Thumbnail:
    """One picture of a grid."""

    key: Key
    label: str
    pixmap: QPixmap | None = None
    starred: bool = False


class ThumbnailGrid(QListView):
    """One click selects and shows, Enter or a double click opens."""

    chosen = Signal(object)
    opened = Signal(object)
    menu_requested = Signal(object, QPoint)
    dragged = Signal(object)
    """A hand pulls an item out of the view."""

    def __init__(
        self, *, side: int = 72, largest: int = 0, captions: bool = True, parent: QWidget | None = None
    ) -> None:
        """Make an empty one.

        Args:
            side: of a picture.
            largest: side up to which pictures grow while all of them find room; 0 leaves them as they are.
            captions: whether labels stand below.
        """
        super().__init__(parent)
        self._sides = side, max(side, largest)
        self._items = _Items(self)
        self._delegate = _Delegate(side, captions, self)
        self.setModel(self._items)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setDragEnabled(True)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(500)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.clicked.connect(self._on_clicked)
        self.doubleClicked.connect(self._on_double_clicked)
        self.setAccessibleName(self.tr("Pictures"))

    def set_items(self, items: Sequence[Thumbnail]) -> None:
        self._items.replace(items)
        self._fill()

    def count(self) -> int:
        return self._items.rowCount()

    def set_pixmap(self, key: Key, pixmap: QPixmap) -> None:
        """A picture that has become ready."""
        self._items.set_pixmap(key, pixmap)

    def set_current(self, key: Key | None) -> None:
        """Select an item; emits nothing."""
        row = self._items.row_of(key)
        self.setCurrentIndex(self._items.index(row) if row >= 0 else QModelIndex())

    def visible_keys(self) -> list[Key]:
        """The items in sight, for whoever makes their pictures."""
        area = self.viewport().rect()
        rows = range(self._items.rowCount())
        cell = self._delegate.cell()
        columns = max(area.width() // cell.width(), 1)
        first = max((self.verticalScrollBar().value() // cell.height()) * columns, 0)
        last = first + (area.height() // cell.height() + 2) * columns
        return [self._items.items[row].key for row in rows[first:last]]

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fill()
        super().resizeEvent(event)

    def _fill(self) -> None:
        """Let pictures grow as far as all of them find room."""
        least, most = self._sides
        if least == most:
            return
        gap = self._delegate.cell() - QSize(self._delegate.side, self._delegate.side)
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)  # the layout leaves room for it
        width, height, count = self.viewport().width() - bar, self.viewport().height(), self.count()
        sides = (
            min(width // columns - gap.width(), height // math.ceil(count / columns) - gap.height())
            for columns in range(1, count + 1)
        )
        side = min(max(max(sides, default=0), least), most)
        if side != self._delegate.side:
            self._delegate.side = side
            self.scheduleDelayedItemsLayout()

    def startDrag(self, actions: Qt.DropAction) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.dragged.emit(index.data(_ITEM).key)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_ITEM).key)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(_ITEM).key)

    def _on_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            self.menu_requested.emit(index.data(_ITEM).key, self.viewport().mapToGlobal(position))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if before.isValid():
                self.opened.emit(before.data(_ITEM).key)
            return
        super().keyPressEvent(event)
        if self.currentIndex() != before and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().data(_ITEM).key)


class _Items(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.items: list[Thumbnail] = []
        self._rows: dict[Key, int] = {}

    def replace(self, items: Sequence[Thumbnail]) -> None:
        self.beginResetModel()
        self.items = list(items)
        self._rows = {item.key: row for row, item in enumerate(self.items)}
        self.endResetModel()

    def row_of(self, key: Key | None) -> int:
        return self._rows.get(key, -1)

    def set_pixmap(self, key: Key, pixmap: QPixmap) -> None:
        row = self.row_of(key)
        if row >= 0:
            self.items[row].pixmap = pixmap
            self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 -- Qt's own default
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.items[index.row()]
        if role == _ITEM:
            return item
        if role in (
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.DisplayRole,
        ):
            return item.label
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, side: int, captions: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.side = side
        self._captions = captions

    def cell(self) -> QSize:
        return QSize(self.side + _GAP, self.side + _GAP + (_CAPTION if self._captions else 0))

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return self.cell()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        item: Thumbnail = index.data(_ITEM)
        cell = QRectF(option.rect)
        state = option.state
        picture = QRectF(cell.left() + _GAP / 2, cell.top() + _GAP / 2, self.side, self.side)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        history_paint.thumbnail(
            painter,
            picture,
            item.pixmap,
            current=selected,
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            starred=item.starred,
        )
        if self._captions:
            tokens = current_tokens()
            painter.setFont(font(TextRole.CAPTION))
            area = QRectF(picture.left(), picture.bottom() + 3, picture.width(), _CAPTION - 2)
            colour = tokens.text if selected else tokens.text_3
            paint.text(painter, area, item.label, colour, Qt.AlignmentFlag.AlignHCenter)
