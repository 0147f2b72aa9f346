"""Pictures that are open side by side, as tabs with their thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QWidget

from latentlab.qt.theme.tokens import current_tokens

from .icon_button import IconButton
from .name_popup import NamePopup

HEIGHT = 32
_PICTURE = 20


@dataclass(frozen=True, slots=True)
class Tab:
    """One picture."""

    key: int
    label: str
    tooltip: str = ""
    pixmap: QPixmap | None = None


class PictureTabs(QWidget):
    """Click chooses, a drag moves, a double click names, the middle button closes. Setters emit nothing."""

    chosen = Signal(int)  # key
    moved = Signal(int, int)  # place before, place now
    closed = Signal(int)  # key
    renamed = Signal(int, str)
    added = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Open pictures"))
        self.bar = _Bar(self)
        self._keys: list[int] = []
        self._filling = False
        self.add = IconButton(
            "plus", self.tr("Another tab with this picture"), shortcut="Ctrl+T", parent=self
        )
        self.add.clicked.connect(self.added)
        self.bar.currentChanged.connect(self._on_current_changed)
        self.bar.tabMoved.connect(self._on_moved)
        self.bar.close_wanted.connect(lambda place: self.closed.emit(self._keys[place]))
        self.bar.tabBarDoubleClicked.connect(self._on_double_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 1)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.add)
        layout.addStretch(1)

    def set_tabs(self, tabs: Sequence[Tab], current: int) -> None:
        """Show these, in order, with one of them in front."""
        self._filling = True
        keys = [tab.key for tab in tabs]
        if keys != self._keys:
            while self.bar.count():
                self.bar.removeTab(0)
            for tab in tabs:
                self._add_close_button(self.bar.addTab(tab.label), tab.key)
            self._keys = keys
        for place, tab in enumerate(tabs):
            self.bar.setTabText(place, tab.label.replace("&", "&&"))
            self.bar.setTabToolTip(place, tab.tooltip or tab.label)
            self.bar.setTabIcon(place, QIcon(tab.pixmap) if tab.pixmap is not None else QIcon())
        self.bar.setCurrentIndex(self._keys.index(current))
        self._filling = False

    def keys(self) -> list[int]:
        return list(self._keys)

    def rename(self, key: int) -> None:
        """Ask for a name."""
        place = self._keys.index(key)
        popup = NamePopup(self.bar.tabText(place).replace("&&", "&"), self.tr("Name of this picture"), self)
        popup.named.connect(lambda name: self.renamed.emit(key, name))
        rect = self.bar.tabRect(place)
        popup.open_at(
            self.bar.mapToGlobal(QPoint(rect.left(), rect.bottom() + popup.sizeHint().height() + 8))
        )

    def _add_close_button(self, place: int, key: int) -> None:
        button = IconButton(
            "close", self.tr("Close"), shortcut="Ctrl+W", width=18, icon_size=12, parent=self.bar
        )
        button.setFixedSize(18, 18)
        button.clicked.connect(lambda: self.closed.emit(key))
        self.bar.setTabButton(place, QTabBar.ButtonPosition.RightSide, button)

    def _on_current_changed(self, place: int) -> None:
        if not self._filling and place >= 0:
            self.chosen.emit(self._keys[place])

    def _on_moved(self, before: int, now: int) -> None:
        self._keys.insert(now, self._keys.pop(before))
        self.moved.emit(before, now)

    def _on_double_clicked(self, place: int) -> None:
        if place >= 0:
            self.rename(self._keys[place])

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), tokens.edge)


class _Bar(QTabBar):
    close_wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(_PICTURE, _PICTURE))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(HEIGHT - 1)

    def tabSizeHint(self, index: int) -> QSize:
        hint = super().tabSizeHint(index)
        return QSize(min(max(hint.width(), 96), 200), HEIGHT - 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and place >= 0:
            self.close_wanted.emit(place)
        else:
            super().mouseReleaseEvent(event)
