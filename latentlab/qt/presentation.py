"""The picture alone on the whole screen. Every key still works."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

_IDLE_MS = 1500


class Presentation(QObject):
    """Takes everything away but the picture, and brings it back as it was."""

    def __init__(self, window: QWidget, show_alone: Callable[[bool], None]) -> None:
        """`show_alone` hides all other parts of the window, or shows them again."""
        super().__init__(window)
        self._window = window
        self._show_alone = show_alone
        self._before = Qt.WindowState.WindowNoState
        self._cursor_hidden = False
        self.on = False
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self._hide_cursor)

    def toggle(self) -> None:
        """F11."""
        if self.on:
            self.leave()
        else:
            self._enter()

    def leave(self) -> None:
        """Esc, or F11 again."""
        if not self.on:
            return
        self.on = False
        self._idle.stop()
        self._show_cursor()
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self._window.setWindowState(self._before)
        self._show_alone(False)

    def _enter(self) -> None:
        self.on = True
        self._before = self._window.windowState() & ~Qt.WindowState.WindowFullScreen
        self._show_alone(True)
        self._window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        self._idle.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove:
            self._show_cursor()
            self._idle.start()
        return False

    def _hide_cursor(self) -> None:
        if not self._cursor_hidden:
            self._cursor_hidden = True
            QApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)

    def _show_cursor(self) -> None:
        if self._cursor_hidden:
            self._cursor_hidden = False
            QApplication.restoreOverrideCursor()
