"""Asking for files: the system's own dialogs, which leave the window alive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

Chosen = Callable[[Path], None]


class FileDialogs(QObject):
    """Each remembers the folder it was used in, for as long as the window lives."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._folders: dict[str, str] = {}

    def open_anything(self, chosen: Chosen) -> None:
        """A model, an exported picture, or a session."""
        every = self.tr("Everything that can be opened (*)")
        models = self.tr("Models (*.safetensors *.pkl *.pt *.pth *.pickle *.ckpt)")
        pictures = self.tr("Exported pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff)")
        sessions = self.tr("Sessions (*.latentlab)")
        self._ask("open", self.tr("Open"), [every, models, pictures, sessions], chosen)

    def open_model(self, title: str, chosen: Chosen) -> None:
        """Where a model is that a recipe names."""
        self._ask(
            "open", title, [self.tr("Models (*.safetensors *.pkl *.pt *.pth *.pickle *.ckpt)"), "*"], chosen
        )

    def open_photo(self, chosen: Chosen) -> None:
        """A picture to start from."""
        self._ask(
            "photo",
            self.tr("Choose a photo"),
            [self.tr("Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp)"), "*"],
            chosen,
        )

    def open_directions(self, chosen: Chosen) -> None:
        """Directions that LatentLab or another program wrote."""
        known = self.tr("Directions (*.directions *.npy *.npz *.safetensors *.pt *.pth *.pkl)")
        self._ask("directions", self.tr("Import directions"), [known, "*"], chosen)

    def save_directions(self, name: str, chosen: Chosen) -> None:
        """Where to write directions for others."""
        kinds = [self.tr("Directions (*.directions)")]
        self._ask("directions", self.tr("Share directions"), kinds, chosen, save_as=name)

    def save_picture(self, name: str, chosen: Chosen) -> None:
        """Where to export to."""
        kinds = {
            ".png": "PNG (*.png)",
            ".jpg": "JPEG (*.jpg *.jpeg)",
            ".webp": "WebP (*.webp)",
            ".tif": "TIFF (*.tif *.tiff)",
        }
        first = kinds.pop(Path(name).suffix)
        self._ask("export", self.tr("Export"), [first, *kinds.values()], chosen, save_as=name)

    def save_latents(self, name: str, chosen: Chosen) -> None:
        """Where latents go."""
        filters = ["NumPy (*.npz)", "safetensors (*.safetensors)"]
        self._ask("export", self.tr("Export latents"), filters, chosen, save_as=name)

    def choose_folder(self, title: str, chosen: Chosen) -> None:
        """A folder that is there or can be made in the dialog."""
        dialog = QFileDialog(self._window, title, self._folders.get("export", str(Path.home())))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)

        def on_selected(name: str) -> None:
            self._folders["export"] = name
            chosen(Path(name))

        dialog.fileSelected.connect(on_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_model(self, name: str, chosen: Chosen) -> None:
        """Where to keep a new model."""
        self._ask(
            "model", self.tr("Save the model"), [self.tr("Models (*.safetensors)")], chosen, save_as=name
        )

    def save_session(self, name: str, chosen: Chosen) -> None:
        """Where to keep the session."""
        self._ask(
            "session", self.tr("Save the session"), [self.tr("Sessions (*.latentlab)")], chosen, save_as=name
        )

    def _ask(
        self, kind: str, title: str, filters: list[str], chosen: Chosen, *, save_as: str | None = None
    ) -> None:
        dialog = QFileDialog(self._window, title, self._folders.get(kind, str(Path.home())))
        dialog.setNameFilters(filters)
        if save_as is None:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        else:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(Path(save_as).suffix.removeprefix("."))
            dialog.selectFile(save_as)

        def on_selected(name: str) -> None:
            self._folders[kind] = str(Path(name).parent)
            chosen(Path(name))

        dialog.fileSelected.connect(on_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
