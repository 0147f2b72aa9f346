"""Finds out what model files are: what is remembered at once, the rest by a process of its own at low priority."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from latentlab.qt.failure import Failure
from latentlab.qt.threads.jobs import JobThread
from latentlab.render.catalogue import Entry

logger = logging.getLogger(__name__)


class CatalogueReader(QObject):
    """A file that ends the process is noted as broken, and the others go on."""

    listed = Signal(object)
    """(Entry, ...): all files asked for; those that are new have a name and nothing else."""
    found = Signal(object)
    """Entry: one of the new files was looked at."""
    progressed = Signal(int)
    """How many are still to be looked at."""
    failed = Signal(object)
    """Failure: the folder cannot be read."""

    def __init__(self, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._process: QProcess | None = None
        self._waiting: list[Path] = []
        self._asked = 0

    def read(self, folders: Iterable[Path], files: Iterable[Path] = ()) -> None:
        """Look at these folders and files; what was asked for before is given up."""
        self.stop()
        self._asked += 1
        asked, wanted, chosen = self._asked, list(folders), list(files)

        def listed(result: tuple[tuple[Entry, ...], list[Path]]) -> None:
            if asked != self._asked:
                return
            entries, self._waiting = result
            self.listed.emit(entries)
            self._go_on()

        self._jobs.submit(lambda: _listing(wanted, chosen), listed, self._on_failed)

    def stop(self) -> None:
        """Give up; what was found out is remembered."""
        self._waiting = []
        self._asked += 1
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _on_failed(self, failure: Failure) -> None:
        self.failed.emit(failure)

    def _go_on(self) -> None:
        self.progressed.emit(len(self._waiting))
        if not self._waiting:
            return
        process = self._process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        process.readyReadStandardOutput.connect(self._on_output)
        process.finished.connect(self._on_finished)
        words = ["catalogue", "-"]
        frozen = getattr(sys, "frozen", False)
        process.start(sys.executable, words if frozen else ["-m", "latentlab", *words])
        process.write("".join(f"{path}\n" for path in self._waiting).encode())
        process.closeWriteChannel()

    def _on_output(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            line = bytes(process.readLine().data()).decode()
            try:
                values = json.loads(line)
                entry = Entry(**{**values, "doubts": tuple(values["doubts"])})
            except (ValueError, KeyError, TypeError):
                logger.warning("A line of the catalogue cannot be read: %s", line[:200])
                continue
            self._waiting = [path for path in self._waiting if str(path) != entry.path]
            self.found.emit(entry)
            self.progressed.emit(len(self._waiting))

    def _on_finished(self) -> None:
        self._on_output()
        process, self._process = self._process, None
        if process is None:
            return
        process.deleteLater()
        if self._waiting:  # it died at the first of them
            path = self._waiting.pop(0)
            text = self.tr(
                "Reading this file ended the program that looked at it: download or copy it again."
            )
            self.found.emit(Entry(str(path), 0, 0.0, name=path.stem, error=text))
            self._go_on()


def _listing(folders: list[Path], files: list[Path]) -> tuple[tuple[Entry, ...], list[Path]]:
    from latentlab.render.catalogue import model_files, remembered, unread

    found = dict.fromkeys([*files, *(path for folder in folders for path in model_files(folder))])
    entries: list[Entry] = []
    new: list[Path] = []
    for path in found:
        try:
            entry = remembered(path)
            if entry is None:
                entry = unread(path)
                new.append(path)
            entries.append(entry)
        except OSError:  # it has gone since it was listed
            logger.info("%s is not there any more", path)
    return tuple(entries), new
