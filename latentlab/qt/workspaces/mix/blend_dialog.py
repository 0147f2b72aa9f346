"""Mixing the open model with another one: which blocks, how much, and how it looks before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.failure import Failure
from latentlab.qt.file_dialogs import FileDialogs
from latentlab.qt.session.session import Session
from latentlab.qt.studio.opening import Wish
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.layouts import empty_layout
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.workspaces.mix import blend_job
from latentlab.qt.workspaces.mix.blend_job import Other

if TYPE_CHECKING:
    from latentlab.qt.studio.studio import Studio

_WIDTH = 640
_FRAME = 60
"""What a window's frame and a task bar may take of the screen's height."""
_ROW = 26
_LEAST_ROWS, _MOST_ROWS = 3, 9
"""Blocks in sight without scrolling."""
_PICTURE = 92.0
_LABEL = 132.0


class BlendDialog(QDialog):
    """Choose a model, set shares by block, look, save and open."""

    def __init__(self, session: Session, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._ours = studio.open_model
        self._our_name = session.model.card.name
        self._other: Other | None = None
        self._drawing = False
        self._stale = False
        self._jobs = JobThread(self)
        self.rows: dict[str, ParameterRow] = {}
        self.setWindowTitle(self.tr("Mix two models"))
        self.setFixedWidth(_WIDTH)
        self._files = FileDialogs(self)
        self._build()

    def _build(self) -> None:
        self.choose = Button(self.tr("Choose the other model"), icon_name="open")
        self.choose.clicked.connect(self._ask)
        self._title = QLabel(self._our_name)
        self._title.setFont(font(TextRole.MODEL))
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.choose)
        self.said = QLabel(
            self.tr(
                "Both must have the same architecture; it looks best when one was fine-tuned from the other. "
                "Coarse blocks give the shapes, fine blocks the way things are rendered."
            )
        )
        self.said.setWordWrap(True)
        self.said.setProperty("tone", "2")
        self.preview = _Rows()
        self._buttons = QWidget()
        self._presets = QHBoxLayout(self._buttons)
        self._presets.setContentsMargins(0, 0, 0, 0)
        self._presets.setSpacing(8)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        inner = QWidget()
        inner.setLayout(self._rows)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inner)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Name of the new model"))
        self.name.setAccessibleName(self.tr("Name of the new model"))
        self.save = Button(self.tr("Save and open"), role="primary")
        self.save.clicked.connect(self._ask_where)
        cancel = Button(self.tr("Cancel"), role="outline")
        cancel.clicked.connect(self.reject)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.name, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.said)
        layout.addWidget(self.preview)
        layout.addWidget(self._buttons)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._foot)
        layout.addStretch()
        self._show_usable(False)

    # The other model.

    def _ask(self) -> None:
        self._files.open_model(self.tr("The model to mix with"), self.take)

    def take(self, path: Path) -> None:
        """Compare the model at `path` with the open one."""
        self.choose.setEnabled(False)
        self._say(self.tr("Opening {0}").format(path.name))
        ours = self._ours
        self._jobs.submit(lambda: blend_job.open_other(ours, path), self._on_opened, self._on_failed)

    def _on_opened(self, other: Other) -> None:
        self.choose.setEnabled(True)
        self._other = other if other.possible else None
        if not other.possible:
            self._title.setText(self._our_name)
            self._show_usable(False)
            self._say(other.sentence)
            return
        self._title.setText(f"{self._our_name} × {other.name}")
        self.name.setText(f"{self._our_name} × {other.name}")
        self.preview.set_rows(
            [(self._our_name, other.pictures[0]), (self.tr("Mixture"), ()), (other.name, other.pictures[1])]
        )
        self._make_rows(other)
        self._show_usable(True)
        self._say(other.sentence)
        self._preset(lambda place, count: float(place > count // 2))

    def _make_rows(self, other: Other) -> None:
        empty_layout(self._rows)
        empty_layout(self._presets)
        self.rows = {}
        for group in other.groups:
            label = self.tr("Mapping") if group == "mapping" else group
            row = ParameterRow(
                label,
                limits=(0.0, 1.0),
                default=0.0,
                randomisable=False,
                lockable=False,
                tooltip=self.tr("0 is {0}, 1 is {1}").format(self._our_name, other.name),
            )
            row.changing.connect(self._try)
            row.changed.connect(self._try)
            self.rows[group] = row
            self._rows.addWidget(row)
        self._scroll.setMinimumHeight(min(len(self.rows), _LEAST_ROWS) * _ROW + 4)
        self._scroll.setMaximumHeight(min(len(self.rows), _MOST_ROWS) * _ROW + 4)
        presets: Sequence[tuple[str, Callable[[int, int], float]]] = (
            (self.tr("Fine blocks of the other"), lambda place, count: float(place > count // 2)),
            (self.tr("Coarse blocks of the other"), lambda place, count: float(place <= count // 2)),
            (self.tr("Half and half"), lambda place, count: 0.5),
        )
        for text, share in presets:
            button = Button(text, role="outline", small=True)
            button.clicked.connect(lambda _=False, share=share: self._preset(share))
            self._presets.addWidget(button)
        self._presets.addStretch(1)

    def _preset(self, share: Callable[[int, int], float]) -> None:
        for place, row in enumerate(self.rows.values()):
            row.set_value(share(place, len(self.rows)))
        self._try()

    def weights(self) -> dict[str, float]:
        """Share of the other model by block, as set now."""
        return {group: row.value() for group, row in self.rows.items()}

    # Trying.

    def _try(self, _value: float = 0.0) -> None:
        """Draw the mixture; while one is being drawn, the newest waits."""
        if self._other is None:
            return
        if self._drawing:
            self._stale = True
            return
        self._drawing, self._stale = True, False
        ours, other, weights = self._ours, self._other, self.weights()
        self._jobs.submit(lambda: blend_job.tried(ours, other, weights), self._on_tried, self._on_failed)

    def _on_tried(self, pictures: tuple[QImage, ...]) -> None:
        self._drawing = False
        self.preview.set_pictures(1, pictures)
        if self._stale:
            self._try()

    def _on_failed(self, failure: Failure) -> None:
        self._drawing = False
        self.choose.setEnabled(True)
        self._say(failure.text)

    # Saving.

    def _ask_where(self) -> None:
        name = "".join(c if c.isalnum() or c in "-_ " else "-" for c in self.name.text()) or "mixture"
        self._files.save_model(f"{name}.safetensors", self.save_to)

    def save_to(self, path: Path) -> None:
        """Write the mixture and open it."""
        if self._other is None:
            return
        self.save.setEnabled(False)
        ours, other, weights, name = self._ours, self._other, self.weights(), self.name.text()
        self._jobs.submit(
            lambda: blend_job.saved(ours, other, weights, path, name), self._on_saved, self._on_not_saved
        )

    def _on_saved(self, path: Path) -> None:
        self.accept()
        self._studio.opening.open_model(Wish(path))

    def _on_not_saved(self, failure: Failure) -> None:
        self.save.setEnabled(True)
        self._say(failure.text)

    def _show_usable(self, usable: bool) -> None:
        for widget in (self.preview, self._buttons, self._scroll, self._foot):
            widget.setVisible(usable)

    def _say(self, text: str) -> None:
        """Words under the heading; the dialog becomes as high as all that it shows, if the screen is."""
        self.said.setText(text)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        screen = self.screen().availableGeometry()
        height = min(layout.totalHeightForWidth(_WIDTH), screen.height() - _FRAME)
        below = self.y() + height + _FRAME // 2 - screen.bottom()
        if below > 0:
            self.move(self.x(), max(self.y() - below, screen.top()))
        self.resize(_WIDTH, height)

    def done(self, result: int) -> None:
        self._jobs.stop()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._jobs.stop()
        super().closeEvent(event)


class _Rows(QWidget):
    """Rows of pictures with their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, Sequence[QImage]]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(500, round(3 * (_PICTURE + 4)))

    def set_rows(self, rows: Sequence[tuple[str, Sequence[QImage]]]) -> None:
        self._rows = list(rows)
        self.update()

    def set_pictures(self, row: int, pictures: Sequence[QImage]) -> None:
        self._rows[row] = (self._rows[row][0], pictures)
        self.update()

    def pictures(self, row: int) -> Sequence[QImage]:
        """What a row shows."""
        return self._rows[row][1]

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, (name, pictures) in enumerate(self._rows):
            top = number * (_PICTURE + 4)
            colour = tokens.text if number == 1 else tokens.text_2
            area = QRectF(0, top, _LABEL - 10, _PICTURE)
            painter.setFont(font(TextRole.TITLE if number == 1 else TextRole.BODY))
            paint.text(painter, area, name, colour, Qt.AlignmentFlag.AlignLeft)
            for place, picture in enumerate(pictures):
                painter.drawImage(QRectF(_LABEL + place * (_PICTURE + 4), top, _PICTURE, _PICTURE), picture)
