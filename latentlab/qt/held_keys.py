"""Keys that are no shortcuts: one that acts while it is held, and Tab, which means two things."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_TEXT = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class HeldKeys(QObject):
    """Watches the keys of one window.

    Tab hides the panels as artists expect, until Shift+Tab says that somebody moves by keyboard: from then on
    it goes from control to control, until the mouse is used again.
    """

    compare_held = Signal(bool)
    panels_toggled = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._held = False
        self._by_keyboard = False
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def release(self) -> None:
        """The window lost the keyboard: nothing is held any more."""
        if self._held:
            self._held = False
            self.compare_held.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._by_keyboard = False
        elif isinstance(event, QKeyEvent) and self._concerns(watched):
            if kind == QEvent.Type.KeyPress:
                return self._press(event)
            if kind == QEvent.Type.KeyRelease and event.key() == Qt.Key.Key_Backslash and self._held:
                if not event.isAutoRepeat():
                    self.release()
                return True
        return super().eventFilter(watched, event)

    def _concerns(self, watched: QObject) -> bool:
        """Keys of our window, not those of a dialog over it."""
        return isinstance(watched, QWidget) and watched.window() is self._window

    def _press(self, event: QKeyEvent) -> bool:
        typing = isinstance(QApplication.focusWidget(), _TEXT)
        if event.key() == Qt.Key.Key_Backslash and not typing:
            if not event.isAutoRepeat():
                self._held = True
                self.compare_held.emit(True)
            return True
        if event.key() == Qt.Key.Key_Backtab:
            self._by_keyboard = True
        elif event.key() == Qt.Key.Key_Tab and not self._by_keyboard and not typing:
            if not event.isAutoRepeat():
                self.panels_toggled.emit()
            return True
        return False
