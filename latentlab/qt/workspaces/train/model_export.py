"""A trained model as a file for others: in LatentLab's form, as plain safetensors, or as ONNX."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from latentlab.qt.failure import Failure
from latentlab.qt.threads.command_process import CommandProcess

_KINDS = {
    "LatentLab (*.safetensors)": ("native", ".safetensors"),
    "Weights alone (*.safetensors)": ("safetensors", ".safetensors"),
    "ONNX (*.onnx)": ("onnx", ".onnx"),
}


class ModelExport(QObject):
    """Writes one at a time, in a process of its own."""

    noticed = Signal(str)
    failed = Signal(object)
    """Failure."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = CommandProcess(self)
        self._command.answered.connect(lambda text: self.noticed.emit(text.strip().splitlines()[-1]))
        self._command.failed.connect(self._on_failed)

    def ask(self, model: Path, name: str, parent: QWidget) -> None:
        """Ask where to, then export a model file."""
        chosen, kind = QFileDialog.getSaveFileName(
            parent, self.tr("Export the model"), f"{name}.safetensors", ";;".join(_KINDS)
        )
        if chosen:
            self.export(model, Path(chosen), kind)

    def export(self, model: Path, out: Path, kind: str) -> None:
        """Write a model; `kind` is one of those that `ask` offers."""
        word, ending = _KINDS.get(kind, ("native", ".safetensors"))
        if out.suffix == ".onnx":
            word, ending = "onnx", ".onnx"
        out = out if out.suffix == ending else out.with_suffix(ending)
        self.noticed.emit(self.tr("Exporting {0} …").format(out.name))
        self._command.ask("convert", str(model), str(out), "--to", word)

    def stop(self) -> None:
        """End the process."""
        self._command.stop()

    def _on_failed(self, failure: Failure) -> None:
        text = self.tr("The model was not exported: {0}").format(failure.text)
        self.failed.emit(Failure(text, failure.details))
