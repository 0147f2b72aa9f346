"""Help: keys, the glossary, the tour."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.qt.actions import Actions
from latentlab.qt.glossary import key_below

_OFFERED = ("tour", "glossary", "shortcuts")


class HelpMenu(QObject):
    """Behind the question mark of the rail."""

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._actions = actions
        self._window = window
        self._glossary: QWidget | None = None
        actions["glossary"].triggered.connect(lambda: self.show_glossary(key_below()))

    def open_beside(self, place: QPoint) -> None:
        """Show the menu, its lower left corner at a point of the screen."""
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addActions([self._actions[name] for name in _OFFERED])
        menu.popup(place - QPoint(0, menu.sizeHint().height()))

    def show_glossary(self, key: str = "") -> None:
        """Open the page of terms, at the one with this key if there is such a one."""
        from latentlab.qt.glossary.glossary_window import GlossaryWindow

        if not isinstance(self._glossary, GlossaryWindow):
            self._glossary = GlossaryWindow(self._window)
        page = self._glossary
        if page.isVisible():
            page.raise_()
        page.show()
        page.activateWindow()
        if key:
            page.show_term(key)
        page.search.setFocus()
