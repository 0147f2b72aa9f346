"""Keys that are no shortcuts: one that acts while it is held, and Tab, which means two things."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_TEXT = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class HeldKeys(QObject):
    """Watches the keys of one window, not those of dialogs over it.

    Tab hides the panels as artists expect, until Shift+Tab says that somebody moves by keyboard: from then on
    it goes from control to control, until the mouse is used again.
    """

    compare_held = Signal(bool)
    panels_toggled = Signal()
    mouse_released = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._held = False
        self._by_keyboard = False

    def watch(self) -> None:
        """Start, once the window has been shown: until then the system knows none."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def release(self) -> None:
        """The window lost the keyboard: nothing is held any more."""
        if self._held:
            self._held = False
            self.compare_held.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._by_keyboard = False
        elif kind == QEvent.Type.MouseButtonRelease:
            self.mouse_released.emit()
        elif isinstance(event, QKeyEvent):
            if kind == QEvent.Type.KeyPress:
                return self._press(event)
            if kind == QEvent.Type.KeyRelease and event.key() == Qt.Key.Key_Backslash and self._held:
                if not event.isAutoRepeat():
                    self.release()
                return True
        return False

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
