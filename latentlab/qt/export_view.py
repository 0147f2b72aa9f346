"""Exporting as a person sees it: the dialog, where to, and a strip with progress, pause and cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

from latentlab.qt.dialogs.export_dialog import Exportable, ExportDialog, ExportWish
from latentlab.qt.file_dialogs import FileDialogs
from latentlab.qt.session.session import Session
from latentlab.qt.studio.batch import BatchExporter, ExportOrder
from latentlab.qt.studio.studio import Studio
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.widgets.icon_button import IconButton
from latentlab.qt.workspaces.workspace import ExportOffer
from latentlab.render.picture_form import PictureForm

_STRIP_WIDTH = 360


class ExportView(QObject):
    """Asks, orders, and shows how far it is."""

    def __init__(self, studio: Studio, area: QWidget, offers: Callable[[], Sequence[ExportOffer]]) -> None:
        super().__init__(area)
        self._studio = studio
        self._area = area
        self._offers = offers
        self._dialogs = FileDialogs(area.window())
        self._form = PictureForm()
        self.dialog: ExportDialog | None = None
        self.strip = ExportStrip(studio.batch, area)

    def open(self) -> None:
        """Show the dialog."""
        session = self._studio.session
        if session is None:
            return
        can = session.model.capabilities
        own = self._offers()
        offers = [Exportable(offer.title, offer.recipes, offer.columns) for offer in own]
        offers += self._kept(session)
        dialog = ExportDialog(
            session.history.recipe,
            can.resolution,
            offers,
            self._form,
            has_seeds=bool(can.z_dim),
            has_latents=bool(can.num_codes),
            parent=self._area.window(),
        )
        if own:
            dialog.prefer(0, "sheet")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.wished.connect(self._on_wished)
        dialog.continue_wanted.connect(self._on_continue)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.show()

    def _kept(self, session: Session) -> list[Exportable]:
        favourites = tuple((kept.recipe, kept.label) for kept in session.shelf.favourites)
        snapshots = tuple(
            (kept.recipe, f"{slot} {kept.label}") for slot, kept in session.shelf.snapshots.items()
        )
        steps = {step.recipe: step.label for step in session.history}
        history = tuple(
            (recipe, f"{place:03d} {label}") for place, (recipe, label) in enumerate(steps.items(), 1)
        )
        every = (
            (self.tr("Favourites"), favourites),
            (self.tr("Snapshots"), snapshots),
            (self.tr("History"), history),
        )
        drawable = [
            (title, tuple(item for item in recipes if session.can_draw(item[0]))) for title, recipes in every
        ]
        return [Exportable(title, recipes) for title, recipes in drawable if recipes]

    def _on_closed(self) -> None:
        self.dialog = None

    def _on_wished(self, wish: ExportWish) -> None:
        self._form = wish.form
        exporter = self._studio.exporter
        exporter.form = wish.form
        if wish.is_current:
            self._dialogs.save_picture(exporter.suggested_name(), exporter.export)
            return
        stem = Path(exporter.suggested_name()).stem.rpartition("-")[0] or "pictures"

        def order(target: Path) -> None:
            self._studio.batch.export(ExportOrder(wish.named, target, wish.form, wish.as_, wish.sheet))

        if wish.as_ == "pictures":
            self._dialogs.choose_folder(self.tr("A folder for the pictures"), order)
        elif wish.as_ == "sheet":
            self._dialogs.save_picture(f"{stem}-sheet{wish.form.suffix}", order)
        else:
            self._dialogs.save_latents(f"{stem}-latents.npz", order)

    def _on_continue(self) -> None:
        self._dialogs.choose_folder(
            self.tr("The folder of the interrupted export"), self._studio.batch.resume_folder
        )


class ExportStrip(QFrame):
    """In the lower left corner while an export goes on."""

    def __init__(self, batch: BatchExporter, area: QWidget) -> None:
        super().__init__(area)
        self._batch = batch
        self.setProperty("pane", "overlay")
        self.setFixedWidth(_STRIP_WIDTH)
        self.text = QLabel()
        self.text.setFont(font(TextRole.HINT))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(90)
        self._bar.setAccessibleName(self.tr("Progress"))
        self.pause = IconButton("pause", self.tr("Pause"), checked_icon="play")
        self.pause.setCheckable(True)
        self.pause.clicked.connect(self._on_pause)
        self.cancel = IconButton("close", self.tr("Cancel the export; what is complete stays"))
        self.cancel.clicked.connect(batch.cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 6, 6)
        line.setSpacing(8)
        line.addWidget(self.text, 1)
        line.addWidget(self._bar)
        line.addWidget(self.pause)
        line.addWidget(self.cancel)
        batch.changed.connect(self._show)
        area.installEventFilter(self)
        self.hide()

    def _show(self) -> None:
        state = self._batch.state
        self.setVisible(state is not None)
        if state is None:
            return
        text = self.tr("Exporting {0} of {1}").format(state.done, state.total)
        if state.paused:
            text = self.tr("Paused at {0} of {1}").format(state.done, state.total)
        elif state.seconds_left is not None:
            seconds = max(1, round(state.seconds_left))
            left = self.tr("{0} s left").format(seconds)
            if seconds >= 90:
                left = self.tr("{0} min left").format(round(seconds / 60))
            text = f"{text}, {left}"
        self.text.setText(text)
        self._bar.setValue(round(1000 * state.done / max(state.total, 1)))
        self.pause.setVisible(self._batch.can_pause)
        self.pause.setChecked(state.paused)
        self.pause.set_tooltip(self.tr("Go on") if state.paused else self.tr("Pause"))
        self.raise_()
        self._place()

    def _on_pause(self) -> None:
        state = self._batch.state
        if state is not None and state.paused:
            self._batch.go_on()
        else:
            self._batch.pause()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        area = self.parentWidget()
        if area is not None:
            self.move(16, area.height() - self.height() - 16)
