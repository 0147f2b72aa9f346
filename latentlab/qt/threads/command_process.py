"""One question to this program's command line, asked in a process of its own that ends with the one who asks."""

from __future__ import annotations

import contextlib
import os

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from latentlab.qt.failure import Failure
from latentlab.runs.launching import command

_NICE = 10
_PATIENCE_MS = 2000
"""For a process that was killed to be gone."""


class CommandProcess(QObject):
    """Runs `latentlab ARGUMENTS` at lower priority; asking again, or `stop`, ends what runs."""

    answered = Signal(str)
    """What it printed."""
    told = Signal(str)
    """A line about what it is doing."""
    failed = Signal(object)
    """Failure: its last words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._ending: list[QProcess] = []
        """Killed, and not gone yet."""
        self._output = bytearray()
        self._words = ""
        self._nice = _NICE

    @property
    def is_asked(self) -> bool:
        """Whether an answer is to come."""
        return self._process is not None

    def ask(self, *arguments: str, nice: int = _NICE) -> None:
        """Run it; what ran before is forgotten.

        Args:
            arguments: of `latentlab`.
            nice: how far it steps back behind other programs, to 19.
        """
        self.cancel()
        self._nice = nice
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUNBUFFERED", "1")
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._on_output)
        process.readyReadStandardError.connect(self._on_words)
        process.started.connect(self._step_back)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process, self._output, self._words = process, bytearray(), ""
        program, *first = command()
        process.start(program, [*first, *arguments])
        process.closeWriteChannel()

    def cancel(self) -> None:
        """Ask no longer, and wait for nothing. Nothing is told any more."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            self._ending.append(process)
        for ended in [one for one in self._ending if one.state() == QProcess.ProcessState.NotRunning]:
            self._ending.remove(ended)
            ended.deleteLater()

    def stop(self) -> None:
        """The same, and see that the process is gone."""
        self.cancel()
        for process in self._ending:
            process.waitForFinished(_PATIENCE_MS)
            process.deleteLater()
        self._ending.clear()

    def _step_back(self) -> None:
        if self._process is not None and hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):  # it may have ended already
                os.setpriority(os.PRIO_PROCESS, int(self._process.processId()), self._nice)

    def _on_output(self) -> None:
        if self._process is not None:
            self._output += self._process.readAllStandardOutput().data()

    def _on_words(self) -> None:
        if self._process is not None:
            new = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            lines = (self._words + new).splitlines()
            self._words = "\n".join(lines[-20:]) + ("\n" if new.endswith("\n") else "")
            if lines:
                self.told.emit(lines[-1])

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._on_output()
        self._on_words()
        process, self._process = self._process, None
        if process is None:
            return
        process.deleteLater()
        if status == QProcess.ExitStatus.NormalExit and code == 0:
            self.answered.emit(self._output.decode(errors="replace"))
            return
        lines = self._words.strip().splitlines()
        text = lines[-1].removeprefix("latentlab: ") if lines else self.tr("It ended without a word.")
        self.failed.emit(Failure(text, self._words))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            self.failed.emit(
                Failure(self.tr("No process can be started: {0}").format(process.errorString()), "")
            )
            process.deleteLater()
