"""Presets with a picture of what they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentlab.places import resource_dir
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.workspaces.train.catalogue import Preset
from latentlab.qt.workspaces.train.durations import duration_text
from latentlab.runs import RunInfo

_HEIGHT = 76
_SIDE = 60
_PRESET = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


class PresetList(QListWidget):
    """One is chosen. The search leaves those that have all its words."""

    preset_chosen = Signal(str)
    """Name, by a hand or because it is the first one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", "true")
        self.setItemDelegate(_Delegate(self))
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Presets"))
        self.pictures: dict[str, QImage] = {}
        self.forecasts: Mapping[str, float] = {}
        self.currentItemChanged.connect(self._on_current)

    @property
    def chosen(self) -> str:
        """Name of the chosen preset; "" where there is none."""
        item = self.currentItem()
        return str(item.data(_PRESET).name) if item is not None else ""

    def choose(self, name: str) -> None:
        """Choose a preset that is listed."""
        for row in range(self.count()):
            if self.item(row).data(_PRESET).name == name:
                self.setCurrentRow(row)

    def _on_current(self) -> None:
        if self.chosen:
            self.preset_chosen.emit(self.chosen)

    def show_presets(self, presets: Sequence[Preset], search: str) -> None:
        """List presets; the chosen one stays chosen while it is among them."""
        chosen, words = self.chosen, search.casefold().split()
        self.blockSignals(True)
        self.clear()
        for preset in presets:
            about = f"{preset.name} {preset.system} {preset.summary}".casefold()
            if all(word in about for word in words):
                item = QListWidgetItem(preset.name)
                item.setData(_PRESET, preset)
                item.setToolTip(preset.summary)
                self.addItem(item)
        self.choose(chosen)
        self.blockSignals(False)
        if self.currentRow() < 0 and self.count():
            self.setCurrentRow(0)

    def show_pictures(self, pictures: dict[str, QImage]) -> None:
        """What presets make, by name."""
        self.pictures = pictures
        self.viewport().update()


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: PresetList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """As high as all lines of the summary ask for."""
        width = self._view.viewport().width() - _SIDE - 10 - 10 - 8
        room = QRect(0, 0, width, 1000)
        metrics = QFontMetrics(font(TextRole.HINT))
        words = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, index.data(_PRESET).summary)
        return QSize(100, max(_HEIGHT, 24 + words.height() + 6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        preset = index.data(_PRESET)
        tokens, box, state = current_tokens(), QRect(option.rect), option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, tokens.accent_wash)
            painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), tokens.accent)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, tokens.raised)
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), tokens.edge)
        place = QRect(box.left() + 10, box.top() + (box.height() - _SIDE) // 2, _SIDE, _SIDE)
        picture = self._view.pictures.get(preset.name)
        if picture is None:
            paint.rounded(painter, QRectF(place), 3, tokens.groove)
            paint_icon(painter, place, "image", tokens.text_3, 20)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, picture.width() > _SIDE)
            painter.drawImage(place, picture)
        left = place.right() + 10
        row = QRect(left, box.top() + 6, box.right() - left - 8, 17)
        painter.setFont(font(TextRole.BODY))
        seconds = self._view.forecasts.get(preset.name)
        if seconds is not None:
            painter.setFont(font(TextRole.HINT))
            paint.text(painter, row, duration_text(seconds), tokens.text_3, Qt.AlignmentFlag.AlignRight)
            painter.setFont(font(TextRole.BODY))
            row.setRight(row.right() - 58)
        paint.text(painter, row, preset.name, tokens.text)
        painter.setFont(font(TextRole.HINT))
        painter.setPen(tokens.text_3)
        words = QRect(left, box.top() + 24, box.right() - left - 8, box.height() - 28)
        painter.drawText(words, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, preset.summary)


def read_pictures(runs: Sequence[RunInfo]) -> dict[str, QImage]:
    """What presets make, by name; not for the window's thread.

    Args:
        runs: the newest first: their sheets show what no picture was made of.
    """
    sheets = {info.name: info.sheet for info in reversed(runs) if info.sheet is not None}
    files = sheets | {path.stem: path for path in _files(resource_dir() / "presets")}
    found = {name: QImage(str(path)) for name, path in files.items()}
    return {
        name: image.scaled(
            2 * _SIDE,
            2 * _SIDE,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        ).copy(0, 0, 2 * _SIDE, 2 * _SIDE)
        for name, image in found.items()
        if not image.isNull()
    }


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.png")) if folder.is_dir() else []
