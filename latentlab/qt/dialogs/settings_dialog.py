"""The few settings there are. Each takes effect at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from latentlab.qt.settings import SettingsStore
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.combo_box import ChoiceRow

_WIDTH = 420


class SettingsDialog(QDialog):
    """Device, precision, previews, theme and words."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.setWindowTitle(self.tr("Settings"))
        self.setFixedWidth(_WIDTH)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 12, 0, 16)
        self._layout.setSpacing(4)
        self.rows: dict[str, ChoiceRow] = {}
        self._add(
            "device",
            self.tr("Device"),
            [
                (self.tr("Choose for me"), "auto"),
                (self.tr("CPU"), "cpu"),
                (self.tr("NVIDIA or AMD GPU"), "cuda"),
                (self.tr("Apple GPU"), "mps"),
            ],
            self.tr("Where pictures are computed. A device is checked against the CPU before its first use."),
        )
        self._add(
            "precision",
            self.tr("Precision"),
            [
                (self.tr("Fast where it looks the same"), "auto"),
                (self.tr("Always exact (float32)"), "float32"),
                (self.tr("As fast as possible"), "fast"),
            ],
            self.tr(
                "The fast mode is prepared in the background and compared with the exact one on each model."
            ),
        )
        self._add(
            "preview",
            self.tr("While dragging"),
            [
                (self.tr("Follow at once, coarser pictures"), "quick"),
                (self.tr("Balanced"), "balanced"),
                (self.tr("Finer pictures, a little later"), "fine"),
            ],
            self.tr(
                "How long a preview may take: a frame, a few, or a tenth of a second. Final pictures are alike."
            ),
        )
        self._add(
            "theme",
            self.tr("Theme"),
            [(self.tr("Dark"), "dark"), (self.tr("Light"), "light")],
            self.tr("Both are exactly neutral, so that they never tint the picture."),
        )
        self._add(
            "labels",
            self.tr("Words"),
            [
                (self.tr("An artist's: Diversity"), "artist"),
                (self.tr("A researcher's: truncation ψ"), "researcher"),
            ],
            self.tr("What stands beside the sliders; the other word is in the tooltip."),
        )

    def _add(self, name: str, label: str, choices: list[tuple[str, object]], about: str) -> None:
        row = ChoiceRow(label, tooltip=about)
        row.set_choices(choices)
        row.set_value(getattr(self._store.settings, name))
        row.chosen.connect(lambda value: self._store.change(**{name: value}))
        self.rows[name] = row
        note = QLabel(about)
        note.setFont(font(TextRole.HINT))
        note.setProperty("tone", "3")
        note.setWordWrap(True)
        note.setAlignment(Qt.AlignmentFlag.AlignTop)
        note.setContentsMargins(Size.PADDING + Size.LABEL_COLUMN, 0, Size.PADDING, 8)
        self._layout.addWidget(row)
        self._layout.addWidget(note)
