"""Long work in sight: how far, how long still, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font

from .icon_button import Button

_WIDTH = 340
_FIRST_ESTIMATE_S = 1.0
_LEAST_SHARE = 0.03


class ProgressOverlay(QFrame):
    """A card in the middle of its parent. An estimate is given only once there is something to go by."""

    cancelled = Signal()

    def __init__(self, parent: QWidget, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._began = 0.0
        self.setProperty("pane", "overlay")
        self.setFixedWidth(_WIDTH)
        self._title = QLabel(self)
        self._title.setFont(font(TextRole.TITLE))
        self._detail = QLabel(self)
        self._detail.setProperty("tone", "2")
        self._detail.setWordWrap(True)
        self._left = QLabel(self)
        self._left.setProperty("tone", "3")
        self._left.setFont(font(TextRole.HINT))
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = Button(
            self.tr("Cancel"), role="outline", tooltip=self.tr("Stop this (Esc)"), small=True
        )
        self._cancel.clicked.connect(self._on_cancel)
        foot = QHBoxLayout()
        foot.addWidget(self._left, 1)
        foot.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._detail)
        layout.addWidget(self._bar)
        layout.addLayout(foot)
        parent.installEventFilter(self)
        self.hide()

    def start(self, title: str, *, cancellable: bool = True) -> None:
        """Appear, with no share known yet."""
        self._began = self._clock()
        self._title.setText(title)
        self.setAccessibleName(title)
        self._cancel.setVisible(cancellable)
        self._cancel.setEnabled(True)
        self.set_progress(None)
        self.show()
        self.raise_()
        self._centre()

    def set_progress(self, share: float | None, detail: str = "") -> None:
        """`share` is 0 ... 1, or None while it is unknown; `detail` says what is being done."""
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        if share is None:
            self._bar.setRange(0, 0)
            self._left.clear()
        else:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(min(max(share, 0.0), 1.0) * 1000))
            self._left.setText(self._estimate(share))
        self._centre()

    def finish(self) -> None:
        self.hide()

    def _estimate(self, share: float) -> str:
        elapsed = self._clock() - self._began
        if elapsed < _FIRST_ESTIMATE_S or not _LEAST_SHARE <= share < 1.0:
            return ""
        seconds = elapsed / share * (1.0 - share)
        if seconds < 1.5:
            return self.tr("a second left")
        if seconds < 90:
            step = 1 if seconds < 10 else 5
            return self.tr("about {0} s left").format(round(seconds / step) * step)
        return self.tr("about {0} min left").format(round(seconds / 60))

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)  # stays until the work has really stopped
        self._left.setText(self.tr("Stopping"))
        self.cancelled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._cancel.isVisible() and self._cancel.isEnabled():
            self._on_cancel()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._centre()
        return super().eventFilter(watched, event)

    def _centre(self) -> None:
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            self.move((parent.width() - self.width()) // 2, (parent.height() - self.height()) // 2)
