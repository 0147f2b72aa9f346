"""The picture beside another one: held, behind a wipe, or as a difference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session, original_of
from latentlab.qt.studio.stage import Stage
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.widgets.canvas import Canvas
from latentlab.qt.widgets.canvas_tools import CanvasTools

_GAINS = (1, 4, 16)
_MOST_FAVOURITES = 12


class Comparing(QObject):
    """Knows the other picture: the one before any edit, or any that was chosen."""

    changed = Signal()
    """What is said about the comparison is another thing now."""

    def __init__(self, stage: Stage, canvas: Canvas, tools: CanvasTools) -> None:
        super().__init__(canvas)
        self._stage = stage
        self._canvas = canvas
        self._tools = tools
        self._session: Session | None = None
        self._chosen: tuple[Recipe, str] | None = None
        """None stands for the picture before any edit."""
        self._drawn: Recipe | None = None
        """Whose picture the canvas has for comparing."""
        self._gain = _GAINS[0]
        self.held = False
        self._lent = ""
        """What somebody else gives as the other picture, and calls so; "" while nobody does."""
        tools.wipe_toggled.connect(self._on_wipe_toggled)
        tools.difference_toggled.connect(self._on_difference_toggled)
        tools.compare_menu_requested.connect(self._show_menu)
        stage.compared.connect(self._on_compared)
        stage.rendered_fully.connect(self._on_rendered_fully)

    def set_session(self, session: Session) -> None:
        """Another model: nothing that was chosen belongs to it."""
        self._session = session
        self._chosen = None
        self._drawn = None
        self._show()

    @property
    def is_on(self) -> bool:
        """Whether the wipe or the difference is shown."""
        return self._tools.wipe.isChecked() or self._tools.difference.isChecked()

    def lend(self, label: str) -> None:
        """Somebody else gives the other picture from now on, which is called so; "" takes it back."""
        self._lent = label
        if not label:
            self._drawn = None
            self._canvas.set_comparing(False)
            self._canvas.set_compare_image(QImage())
            self._draw()
        self._show()

    def choose(self, recipe: Recipe, label: str) -> None:
        """Compare with this one from now on; the wipe opens if nothing was compared yet."""
        self._take((recipe, label))
        if not self.is_on:
            self._tools.wipe.setChecked(True)

    def hold(self, held: bool) -> None:
        """Show the other picture for as long as a key is held."""
        if self._session is None or held == self.held:
            return
        self.held = held
        if self._lent:
            self._canvas.set_compare_label(self._label())
            self._canvas.set_comparing(held)
            return
        self._stage.compare(self._reference() if held else None)
        if held and self._drawn != self._reference():
            self._canvas.set_compare_image(QImage())
        self._canvas.set_compare_label(self._label())
        self._canvas.set_comparing(held)

    def lines(self) -> list[str]:
        """What the corner says about it."""
        if self._tools.difference.isChecked():
            text = self.tr("Difference from {0}").format(self._label())
            return [text if self._gain == 1 else self.tr("{0}, × {1}").format(text, self._gain)]
        if self._tools.wipe.isChecked():
            return [self.tr("Left of the line: {0}").format(self._label())]
        return []

    def _reference(self) -> Recipe:
        assert self._session is not None
        return self._chosen[0] if self._chosen is not None else original_of(self._session.history.recipe)

    def _label(self) -> str:
        if self._lent:
            return self._lent
        return self._chosen[1] if self._chosen is not None else self.tr("Before any edit")

    def _take(self, chosen: tuple[Recipe, str] | None) -> None:
        self._chosen = chosen
        self._show()
        self._draw()

    def _draw(self) -> None:
        """Have the other picture drawn, if it is looked at."""
        if self._lent:
            return
        if self._session is not None and self.is_on and not self.held and self._drawn != self._reference():
            self._stage.compare(self._reference())

    def _show(self) -> None:
        self._canvas.set_wipe(self._tools.wipe.isChecked())
        self._canvas.set_difference(self._gain if self._tools.difference.isChecked() else 0)
        self._tools.set_compared(self._label() if self.is_on else "")
        self.changed.emit()

    @Slot(object)
    def _on_compared(self, shown: Shown) -> None:
        if self._lent:
            return
        self._canvas.set_compare_image(shown.image)
        if shown.frame.is_preview:
            return
        self._drawn = shown.frame.recipe
        if not self.held:
            self._stage.compare(None)

    @Slot(object)
    def _on_rendered_fully(self, recipe: Recipe) -> None:
        self._draw()

    def _on_wipe_toggled(self, on: bool) -> None:
        if on:
            self._tools.difference.setChecked(False)
        self._show()
        self._draw()

    def _on_difference_toggled(self, on: bool) -> None:
        if on:
            self._tools.wipe.setChecked(False)
        self._show()
        self._draw()

    def _show_menu(self, position: QPoint) -> None:
        session = self._session
        if session is None:
            return
        menu = QMenu(self._canvas)
        menu.aboutToHide.connect(menu.deleteLater)

        def offer(label: str, chosen: tuple[Recipe, str] | None) -> None:
            action = menu.addAction(label, partial(self._take, chosen))
            action.setCheckable(True)
            action.setChecked(chosen == self._chosen)

        if not self._lent:
            self._offer_recipes(session, offer)
            menu.addAction(self.tr("Any other: right click in the history")).setEnabled(False)
            menu.addSeparator()
        for gain in _GAINS:
            action = menu.addAction(
                self.tr("Difference as it is") if gain == 1 else self.tr("Difference × {0}").format(gain),
                partial(self._choose_gain, gain),
            )
            action.setCheckable(True)
            action.setChecked(gain == self._gain)
        menu.popup(position - QPoint(0, menu.sizeHint().height()))

    def _choose_gain(self, gain: int) -> None:
        self._gain = gain
        self._tools.difference.setChecked(True)
        self._show()

    def _offer_recipes(
        self, session: Session, offer: Callable[[str, tuple[Recipe, str] | None], None]
    ) -> None:
        offer(self.tr("Before any edit"), None)
        step = session.history.current
        if step.parent is not None:
            before = session.history.step(step.parent)
            offer(self.tr("Step before: {0}").format(before.label), (before.recipe, self.tr("Step before")))
        for slot, kept in session.shelf.snapshots.items():
            name = self.tr("Snapshot {0}").format(slot)
            offer(f"{name}: {kept.label}", (kept.recipe, name))
        for kept in session.shelf.favourites[::-1][:_MOST_FAVOURITES]:
            offer(self.tr("Favourite: {0}").format(kept.label), (kept.recipe, kept.label))
