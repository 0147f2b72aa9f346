"""What a verdict proposes, as one button: a branch of the run with other settings, or a step to go back to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from latentlab.qt.studio.studio import Studio
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.workspaces.diagnose.views import VerdictView, Views


class Remedies(QObject):
    """Knows the run that was measured; a model without its run has advice alone."""

    branch_wanted = Signal(object, object, object)
    """Run's folder, step to branch from or None for the newest, and settings by path."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.run: Path | None = None

    def offer(self, verdict: VerdictView) -> str:
        """What the button says; "" where there is none."""
        if self.run is None or not (verdict.change or verdict.roll_back is not None):
            return ""
        if not verdict.change and verdict.roll_back is not None:
            return self.tr("Branch from step {0}").format(format_number(verdict.roll_back, 0))
        named = [f"{path.split('.')[-1]} {value}" for path, value in verdict.change]
        if len(named) > 2:
            return self.tr("Start a run with {0} changes").format(len(named))
        return self.tr("Start a run with {0}").format(", ".join(named))

    def apply(self, views: Views, key: str) -> None:
        """Ask for the branch that a verdict proposes; "" is the first one."""
        verdict = next((one for one in views.verdicts if not key or one.key == key), None)
        if verdict is not None and self.run is not None and self.offer(verdict):
            self.branch_wanted.emit(self.run, verdict.roll_back, dict(verdict.change))
        elif verdict is not None and verdict.remedy:
            self._studio.noticed.emit(verdict.remedy)
