"""All models of one's folders as cards: searched, sorted, looked at, opened."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from latentlab.formats.bundled import bundled_models
from latentlab.qt.failure import Failure
from latentlab.qt.session import model_shelf, recents
from latentlab.qt.studio.catalogue_reader import CatalogueReader
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets import fuzzy
from latentlab.qt.widgets.combo_box import ComboBox
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.model_card import ModelCardView
from latentlab.qt.widgets.model_grid import ModelGrid, ModelTile
from latentlab.qt.widgets.search_field import SearchField
from latentlab.render.catalogue import Entry

_PLACE = Qt.ItemDataRole.UserRole
_BUNDLED, _RECENT, _FAVOURITE = "bundled", "recent", "favourite"
_MIB = 2**20


class ModelBrowser(QDialog):
    """A place is chosen at the left, its models are in the middle, one of them at the right."""

    model_chosen = Signal(object)
    """Path to open."""
    shelf_changed = Signal()
    """Favourites or folders are others now."""

    def __init__(self, jobs: JobThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self.resize(1080, 680)
        self._jobs = jobs
        self._entries: dict[str, Entry] = {}
        self._pixmaps: dict[str, QPixmap] = {}
        self._shelf = model_shelf.ModelShelf()
        self.reader = CatalogueReader(jobs, self)
        self.reader.listed.connect(self._on_listed)
        self.reader.found.connect(self._on_found)
        self.reader.progressed.connect(self._on_progressed)
        self.reader.failed.connect(self._on_failed)
        self._build()

    def open_browser(self) -> None:
        """Show it, with what is in the chosen place now."""
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.show()
        self._jobs.submit(model_shelf.read, self._on_shelf_read)

    def _build(self) -> None:
        self.places = QListWidget()
        self.places.setFixedWidth(190)
        self.places.setProperty("plain", True)
        self.places.setSpacing(1)
        self.places.setAccessibleName(self.tr("Places"))
        self.places.currentItemChanged.connect(lambda item, _: self._on_place(item))
        self.add_folder = Button(self.tr("Add a folder"), icon_name="folder", role="quiet")
        self.add_folder.clicked.connect(self._ask_for_folder)
        self.forget = Button(self.tr("Forget this folder"), role="quiet", small=True)
        self.forget.clicked.connect(self._forget_folder)
        self.search = SearchField(self.tr("Search by name, kind, size or file"))
        self.search.textChanged.connect(lambda _: self._fill())
        self.order = ComboBox()
        self.order.setAccessibleName(self.tr("Sort by"))
        for text, data in (
            (self.tr("By name"), "name"),
            (self.tr("Newest first"), "modified"),
            (self.tr("Kind"), "family"),
            (self.tr("Resolution"), "resolution"),
            (self.tr("File size"), "size"),
        ):
            self.order.addItem(text, data)
        self.order.activated.connect(lambda _: self._fill())
        self.order.setFixedWidth(150)
        self.note = QLabel()
        self.note.setFont(font(TextRole.HINT))
        self.note.setProperty("tone", "3")
        self.grid = ModelGrid(self._pixmap)
        self.grid.chosen.connect(self._show_card)
        self.grid.opened.connect(self._open)
        self.grid.menu_requested.connect(self._show_menu)
        self.card = ModelCardView()
        self.open_button = Button(self.tr("Open"), role="primary")
        self.open_button.clicked.connect(lambda: self._open(self.grid.current()))
        self.star = Button(self.tr("Add to favourites"), icon_name="star", role="quiet")
        self.star.clicked.connect(lambda: self._toggle_star(self.grid.current()))
        self._lay_out()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(12, 12, 0, 12)
        left.addWidget(self.places, 1)
        left.addWidget(self.forget)
        left.addWidget(self.add_folder)
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(self.order)
        middle = QVBoxLayout()
        middle.setContentsMargins(12, 12, 12, 12)
        middle.setSpacing(8)
        middle.addLayout(head)
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.note)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.card)
        column.addStretch(1)
        scroll.setWidget(holder)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QHBoxLayout()
        buttons.addWidget(self.star)
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        self._right = QWidget()
        self._right.setFixedWidth(300)
        right = QVBoxLayout(self._right)
        right.setContentsMargins(4, 12, 16, 12)
        right.addWidget(scroll, 1)
        right.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(left)
        layout.addLayout(middle, 1)
        layout.addWidget(self._right)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reader.stop()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        self.reader.stop()
        super().done(result)

    # Places.

    def _on_shelf_read(self, shelf: model_shelf.ModelShelf, chosen: str = "") -> None:
        self._shelf = shelf
        before = chosen or self._place() or _BUNDLED
        self.places.blockSignals(True)
        self.places.clear()
        rows: list[tuple[str, str]] = [
            (self.tr("Favourites"), _FAVOURITE),
            (self.tr("Recent"), _RECENT),
            (self.tr("Bundled"), _BUNDLED),
            *((Path(folder).name or folder, folder) for folder in shelf.folders),
        ]
        for text, place in rows:
            item = QListWidgetItem(text)
            item.setData(_PLACE, place)
            item.setToolTip(place if place in shelf.folders else text)
            self.places.addItem(item)
        row = next((row for row, (_, place) in enumerate(rows) if place == before), 2)
        self.places.blockSignals(False)
        self.places.setCurrentRow(row)

    def _place(self) -> str:
        item = self.places.currentItem()
        return str(item.data(_PLACE)) if item is not None else ""

    def show_folder(self, folder: Path) -> None:
        """Add a folder to the places and go there."""
        self._jobs.submit(
            lambda: model_shelf.add_folder(folder),
            lambda shelf: self._on_shelf_read(shelf, str(folder)),
            self._on_failed,
        )

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("A folder with models"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.show_folder(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _forget_folder(self) -> None:
        folder = Path(self._place())
        self._jobs.submit(lambda: model_shelf.remove_folder(folder), self._on_shelf_read, self._on_failed)

    def _on_place(self, item: QListWidgetItem | None) -> None:
        place = str(item.data(_PLACE)) if item is not None else ""
        self.forget.setVisible(place in self._shelf.folders)
        self._entries.clear()
        self._pixmaps.clear()
        self._fill()
        self.note.setText(self.tr("Looking…"))
        if place in self._shelf.folders:
            self.reader.read([Path(place)])
        elif place == _FAVOURITE:
            self.reader.read([], [Path(path) for path in self._shelf.favourites])
        elif place == _BUNDLED:
            self.reader.read([], bundled_models())
        else:
            self._jobs.submit(
                recents.recents, lambda found: self.reader.read([], [Path(item.path) for item in found])
            )

    # Models.

    def _on_listed(self, entries: tuple[Entry, ...]) -> None:
        self._entries = {entry.path: entry for entry in entries}
        self._fill()

    def _on_found(self, entry: Entry) -> None:
        self._entries[entry.path] = entry
        self.grid.put_tile(self._tile(entry))
        if entry.path == self.grid.current():
            self._show_card(entry.path)

    def _on_progressed(self, left: int) -> None:
        count = len(self._entries)
        said = self.tr("1 model") if count == 1 else self.tr("{0} models").format(count)
        broken = sum(bool(entry.error) for entry in self._entries.values())
        if broken:
            said = self.tr("{0}, {1} cannot be opened").format(said, broken)
        if left:
            said = self.tr("{0}. Looking at {1} more in the background").format(said, left)
        elif not count:
            said = self.tr("Nothing here yet")
        self.note.setText(said)
        if not left:
            self._fill()

    def _on_failed(self, failure: Failure) -> None:
        self.note.setText(failure.text)

    def _fill(self) -> None:
        """The cards that fit what is typed, in the chosen order."""
        text = self.search.text().strip()
        found = [entry for entry in self._entries.values() if not text or fuzzy.match(text, _words(entry))]
        order = str(self.order.currentData())
        if order == "modified":
            found.sort(key=lambda entry: -entry.modified)
        elif order in ("size", "resolution"):
            found.sort(key=lambda entry: (-getattr(entry, order), entry.name.casefold()))
        elif order == "family":
            found.sort(key=lambda entry: (entry.family.casefold() or "~", entry.name.casefold()))
        else:
            found.sort(key=lambda entry: (bool(entry.error), entry.name.casefold()))
        self.grid.set_tiles([self._tile(entry) for entry in found])
        if found and not self.grid.current():
            self.grid.set_current(found[0].path)
        if not found:
            self._show_card("")

    def _tile(self, entry: Entry) -> ModelTile:
        if entry.error:
            return ModelTile(
                entry.path, entry.name, self.tr("Cannot be opened"), "error", tooltip=entry.error
            )
        known = bool(entry.format)
        detail = f"{entry.family}, {entry.resolution} px" if entry.resolution else entry.family
        return ModelTile(
            entry.path,
            entry.name,
            detail if known else self.tr("Looking…"),
            "" if known else "busy",
            entry.path in self._shelf.favourites,
            entry.path,
        )

    def _pixmap(self, path: str) -> QPixmap | None:
        pixmap = self._pixmaps.get(path)
        entry = self._entries.get(path)
        if pixmap is None and entry is not None and entry.picture:
            pixmap = self._pixmaps[path] = QPixmap(entry.picture)  # 30 kB, once it is in sight
        return None if pixmap is None or pixmap.isNull() else pixmap

    def _show_card(self, path: str) -> None:
        entry = self._entries.get(path)
        self._right.setVisible(entry is not None)
        if entry is None:
            return
        starred = path in self._shelf.favourites
        self.star.setText(self.tr("Remove from favourites") if starred else self.tr("Add to favourites"))
        self.open_button.setEnabled(not entry.error)
        self.card.set_picture(self._pixmap(path))
        badges = [entry.family, self.tr("{0} px").format(entry.resolution)] if entry.resolution else []
        self.card.set_model(entry.name, entry.description, [badge for badge in badges if badge])
        facts = [
            (self.tr("Parameters"), format_number(entry.parameters, 0) if entry.parameters else ""),
            (
                self.tr("Size"),
                self.tr("{0} MB").format(format_number(entry.size / _MIB, 1)) if entry.size else "",
            ),
            (self.tr("Format"), entry.format),
            (self.tr("Changed"), _date(entry.modified)),
            (self.tr("File"), path),
        ]
        self.card.set_facts([(label, value) for label, value in facts if value])
        notes = [("error", entry.error)] if entry.error else []
        self.card.set_notes([*notes, *(("info", doubt) for doubt in entry.doubts)])

    def _open(self, path: str) -> None:
        entry = self._entries.get(path)
        if entry is not None and not entry.error:
            self.model_chosen.emit(Path(path))
            self.accept()

    def _toggle_star(self, path: str) -> None:
        def starred(shelf: model_shelf.ModelShelf) -> None:
            self._shelf = shelf
            self.shelf_changed.emit()
            if path in self._entries:
                self.grid.put_tile(self._tile(self._entries[path]))
                self._show_card(path)

        self._jobs.submit(lambda: model_shelf.toggle_favourite(Path(path)), starred, self._on_failed)

    def _show_menu(self, path: str, position: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(self.tr("Open"), lambda: self._open(path)).setEnabled(self.open_button.isEnabled())
        menu.addAction(self.star.text(), lambda: self._toggle_star(path))
        menu.popup(position)


def _words(entry: Entry) -> str:
    return f"{entry.name} {entry.family} {entry.resolution} px {entry.description} {Path(entry.path).name}"


def _date(modified: float) -> str:
    return datetime.fromtimestamp(modified).strftime("%Y-%m-%d %H:%M") if modified else ""
