"""The report as a file, and lists of training pictures as files."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from latentlab.atomic import write_atomically
from latentlab.diagnosis.result import Result, as_json
from latentlab.errors import ExportError
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.workspaces.diagnose.views import Views


class ReportMenu(QObject):
    """Asks where to, and writes in the job thread."""

    noticed = Signal(str)
    failed = Signal(object)
    """Failure."""

    def __init__(self, jobs: JobThread, window: QWidget) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._window = window
        self._views: Views | None = None

    def set_views(self, views: Views | None) -> None:
        """What is reported on from now on."""
        self._views = views

    def open_at(self, button: QWidget) -> QMenu:
        """Show what can be saved, below a button."""
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        for text, kind in (
            (self.tr("Page with pictures (HTML)…"), "html"),
            (self.tr("Figures and verdicts (JSON)…"), "json"),
            (self.tr("Text…"), "txt"),
        ):
            menu.addAction(text, partial(self.ask, kind))
        menu.addSeparator()
        menu.addAction(self.tr("Show the result's folder"), self._show_folder)
        menu.adjustSize()
        corner = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(QPoint(corner.x() - menu.sizeHint().width(), corner.y() + 2))
        return menu

    def ask(self, kind: str) -> None:
        """Ask for a file of a kind, and write it."""
        views = self._views
        if views is not None:
            name = f"{views.result.subject.name}-diagnosis.{kind}"
            self._ask_file(self.tr("Save the report"), name, partial(self.save, views.result, kind))

    def save(self, result: Result, kind: str, path: Path) -> None:
        """Write the report as "html", "json" or "txt"."""
        self._write(partial(_save, result, kind, path), path)

    def show_files(self, items: Sequence[int]) -> QDialog | None:
        """List the files of training pictures."""
        names = self._names(items)
        if not names:
            return None
        dialog = QDialog(self._window)
        dialog.setWindowTitle(self.tr("{0} pictures of the data").format(len(names)))
        dialog.resize(460, 420)
        shown = QListWidget()
        shown.addItems(names)
        copy = Button(self.tr("Copy the list"), icon_name="copy")
        copy.clicked.connect(lambda: QApplication.clipboard().setText("\n".join(names)))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(copy)
        layout = QVBoxLayout(dialog)
        layout.addWidget(shown, 1)
        layout.addLayout(foot)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def save_oversampling(self, items: Sequence[int]) -> None:
        """Ask for a file, and write which pictures shall be shown more often."""
        names = self._names(items)
        views = self._views
        if names and views is not None:
            name = f"{views.result.subject.name}-oversample.csv"
            self._ask_file(
                self.tr("Save the list"),
                name,
                lambda path: self._write(partial(_save_list, names, path), path),
            )

    def _names(self, items: Sequence[int]) -> list[str]:
        names = self._views.real_names if self._views is not None else None
        if names is None:
            self.noticed.emit(self.tr("These data have no files of their own."))
            return []
        return [str(names[index]) for index in items if index < len(names)]

    def _write(self, work: Callable[[], None], path: Path) -> None:
        self._jobs.submit(
            work, lambda _: self.noticed.emit(self.tr("Saved {0}").format(path.name)), self.failed.emit
        )

    def _show_folder(self) -> None:
        if self._views is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._views.result.folder)))

    def _ask_file(self, title: str, name: str, chosen: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._window, title, str(Path.home()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: chosen(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _save(result: Result, kind: str, path: Path) -> None:
    if kind == "json":
        write_atomically(path, json.dumps(as_json(result), ensure_ascii=False, indent=1).encode())
        return
    source = result.folder / f"report.{kind}"
    if not source.is_file():
        raise ExportError(
            "The report is written when all measures are complete: wait for them, or measure again."
        )
    shutil.copyfile(source, path)


def _save_list(names: Sequence[str], path: Path) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("file",), *((name,) for name in names)])
    write_atomically(path, text.getvalue().encode())
