"""What a person should know about the open model."""

from __future__ import annotations

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from latentlab.qt.session.model_info import ModelInfo
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.model_card import ModelCardView

_WIDTH = 480
_MIB = 2**20


class CardDialog(QDialog):
    """Name, origin, size, and anything doubtful."""

    def __init__(self, info: ModelInfo, picture: QPixmap | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About {0}").format(info.card.name))
        self.setFixedWidth(_WIDTH)
        self.view = ModelCardView()
        can = info.capabilities
        self.view.set_picture(picture)
        self.view.set_model(
            info.card.name,
            info.card.description,
            [can.family, self.tr("{0} px").format(can.resolution)],
        )
        self.view.set_facts(self._facts(info))
        self.view.set_notes([("info", doubt) for doubt in info.report.doubts])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.addWidget(self.view)

    def _facts(self, info: ModelInfo) -> list[tuple[str, str]]:
        card, report, can = info.card, info.report, info.capabilities
        latent = (
            self.tr("{0} numbers").format(format_number(can.z_dim, 0)) if can.z_dim else self.tr("a picture")
        )
        if can.num_codes > 1:
            latent = self.tr("{0}, {1} layers").format(latent, can.num_codes)
        facts = [
            (self.tr("Data"), card.data),
            (self.tr("Licence"), card.licence),
            (self.tr("Trained"), card.recipe),
            *card.measures,
            (self.tr("Starts from"), latent),
            (
                self.tr("Classes"),
                ", ".join(card.class_names) or (str(can.num_classes) if can.num_classes else ""),
            ),
            (self.tr("Parameters"), format_number(report.parameters, 0)),
            (self.tr("Memory"), self.tr("about {0} MB").format(format_number(report.memory_bytes / _MIB, 0))),
            (self.tr("Format"), report.format),
            (self.tr("Reading"), info.candidate.description if len(report.candidates) > 1 else ""),
            (self.tr("File"), info.path),
        ]
        return [(label, value) for label, value in facts if value]
