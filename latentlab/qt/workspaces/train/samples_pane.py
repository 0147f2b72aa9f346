"""Sheets of samples through time: the one of the chosen step, large, and all of them as a strip."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import IconButton
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.qt.workspaces.train.plane_page import PlanePage, plane_of
from latentlab.qt.workspaces.train.sheet_cells import first_cells, telling
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import RunFolder

_KEPT = 48
"""Sheets kept decoded."""
_THUMB = 36
_PLAY_MS = 160


class SamplesPane(QWidget):
    """Follows the newest sheet until a hand chooses another one."""

    step_shown = Signal(object)
    """Step of the sheet in view, or None."""

    def __init__(self, run: ShownRun, jobs: JobThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "window")
        self._run = run
        self._jobs = jobs
        self._index = -1
        self._follows = True
        self._looked_for_plane = False
        self._kept: OrderedDict[str, _Read] = OrderedDict()
        self._wanted: set[str] = set()
        self.sheet = _Sheet()
        self.plane = PlanePage(run, jobs)
        self.views = SegmentedControl([self.tr("Samples"), self.tr("Plane")])
        self.views.setFixedWidth(170)
        self.views.hide()
        self._pages = QStackedWidget()
        self.strip = TimeStrip()
        self.play = IconButton("play", self.tr("Play through the run"), checked_icon="pause")
        self.play.setCheckable(True)
        self._clock = QTimer(self, interval=_PLAY_MS)
        self._clock.timeout.connect(self._on_tick)
        self._note = QLabel()
        self._note.setProperty("tone", "3")
        self._lay_out()
        self.strip.chosen.connect(self.choose)
        self.play.toggled.connect(self._on_play)
        self.views.chosen.connect(self._pages.setCurrentIndex)
        run.changed.connect(self._on_changed)
        run.sheets_changed.connect(self._on_sheets)
        run.state_changed.connect(self._show)
        self._on_changed()

    @property
    def index(self) -> int:
        """Number of the sheet in view, -1 where there is none."""
        return self._index

    @property
    def is_complete(self) -> bool:
        """Whether every sheet that is to be shown was read."""
        return not self._wanted

    def choose(self, index: int) -> None:
        """Show a sheet; the last one means the newest from now on."""
        self._index = index
        self._follows = index == len(self._run.sheets) - 1
        self._show()

    def choose_step(self, step: float) -> None:
        """Show the sheet nearest to a step."""
        steps = [sheet.step for sheet in self._run.sheets]
        if steps:
            self.choose(min(range(len(steps)), key=lambda number: abs(steps[number] - step)))

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Samples"))
        title.setFont(font(TextRole.TITLE))
        top = QHBoxLayout()
        top.setContentsMargins(Size.PADDING, 6, Size.PADDING, 4)
        top.addWidget(title)
        top.addSpacing(8)
        top.addWidget(self._note, 1)
        top.addWidget(self.views)
        foot = QHBoxLayout()
        foot.setContentsMargins(Size.PADDING, 4, Size.PADDING, 6)
        foot.addWidget(self.play)
        foot.addWidget(self.strip, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        self._pages.addWidget(self.sheet)
        self._pages.addWidget(self.plane)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)

    def _on_changed(self) -> None:
        self._index, self._follows = -1, True
        self._kept.clear()
        self._wanted.clear()
        self.show_plane_offered(False)
        self._looked_for_plane = False
        self.play.setChecked(False)
        self._on_sheets()

    def _on_sheets(self) -> None:
        count = len(self._run.sheets)
        if self._follows or self._index >= count:
            self._index = count - 1
        for sheet in self._run.sheets[-_KEPT:]:
            self._load(sheet.path)
        self._show()

    def show_plane_offered(self, offered: bool) -> None:
        """Whether this run has a plane to look at; it is shown at once where it has."""
        self.views.setVisible(offered)
        self.views.set_current(int(offered))
        self._pages.setCurrentIndex(int(offered))

    def _look_for_plane(self, sheet: str) -> None:
        """A run that learns points has a plane beside every sheet."""
        run = self._run.path
        if self._looked_for_plane or run is None:
            return
        self._looked_for_plane = True

        def found(is_there: bool) -> None:
            if is_there and run == self._run.path:
                self.show_plane_offered(True)

        self._jobs.submit(lambda: plane_of(run, sheet).is_file(), found)

    def _show(self) -> None:
        sheets = self._run.sheets
        chosen = sheets[self._index] if 0 <= self._index < len(sheets) else None
        if chosen is None:
            self.sheet.show_image(None, self._empty_text())
            self._note.setText("")
        else:
            self._look_for_plane(chosen.path)
            self._load(chosen.path)
            self.plane.show_sheet(chosen.path, self._index == len(sheets) - 1)
            kept = self._kept.get(chosen.path)
            self.sheet.show_image(kept.sheet if kept is not None else None, "")
            newest = self._index == len(sheets) - 1
            words = self.tr("step {0}, the newest") if newest else self.tr("step {0}")
            self._note.setText(
                words.format(format_number(chosen.step, 0))
                + self.tr("; the same latents every time, averaged weights")
            )
        self.strip.show_sheets(self._thumbs(), self._index, self._run.steps)
        self.play.setEnabled(len(sheets) > 1)
        self.step_shown.emit(chosen.step if chosen is not None else None)

    def _thumbs(self) -> list[tuple[int, QImage | None]]:
        """The step of every sheet, and a picture of it where it was read."""
        kept = [(sheet.step, self._kept.get(sheet.path)) for sheet in self._run.sheets]
        place = telling([read.cells for _, read in kept if read is not None])
        return [(step, None if read is None else read.cells[place]) for step, read in kept]

    def _empty_text(self) -> str:
        if self._run.path is None:
            return self.tr("Choose a run, or start a new one.")
        if self._run.preparing is not None:
            return f"{self._run.preparing.text} ({self._run.preparing.share:.0%})"
        return self.tr("The first samples come with the first sheet.")

    def _load(self, path: str) -> None:
        if path in self._kept:
            self._kept.move_to_end(path)
            return
        if path in self._wanted or self._run.path is None:
            return
        self._wanted.add(path)
        run = self._run.path
        self._jobs.submit(partial(_read, run, path), partial(self._on_loaded, run, path))

    def _on_loaded(self, run: Path, path: str, read: _Read | None) -> None:
        if run != self._run.path:
            return
        self._wanted.discard(path)
        if read is None:
            return
        self._kept[path] = read
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self._show()

    def _on_play(self, playing: bool) -> None:
        if playing and self._index >= len(self._run.sheets) - 1:
            self._index = -1
        if playing:
            self._clock.start()
        else:
            self._clock.stop()

    def _on_tick(self) -> None:
        if self._index + 1 >= len(self._run.sheets):
            self.play.setChecked(False)
            return
        self.choose(self._index + 1)


class TimeStrip(QWidget):
    """Sheets as small pictures where they belong on the run's time; the arrow keys move along."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheets: list[tuple[int, QImage | None]] = []
        self._index = -1
        self._steps = 0
        self.setFixedHeight(_THUMB + 20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Samples through time"))

    def sizeHint(self) -> QSize:
        return QSize(300, _THUMB + 20)

    def show_sheets(self, sheets: list[tuple[int, QImage | None]], index: int, steps: int) -> None:
        """Show these; `index` is chosen, `steps` is the length of the run."""
        self._sheets, self._index, self._steps = sheets, index, steps
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose_at(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
        elif 0 <= self._index + move < len(self._sheets):
            self.chosen.emit(self._index + move)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(QRectF(0, _THUMB / 2, self.width(), 1), tokens.line)
        drawn_to = -1
        order = [number for number in range(len(self._sheets)) if number != self._index]
        for number in [*order, *([self._index] if 0 <= self._index < len(self._sheets) else [])]:
            place = self._place(number)
            if number != self._index and place.left() < drawn_to:
                painter.fillRect(QRectF(place.center().x(), _THUMB / 2 - 3, 1, 7), tokens.line_strong)
                continue
            drawn_to = max(drawn_to, place.right() + 2)
            image = self._sheets[number][1]
            painter.fillRect(place, tokens.raised)
            if image is not None:
                painter.drawImage(QRectF(place), image, QRectF(image.rect()))
            if number == self._index:
                paint.rounded(painter, QRectF(place).adjusted(-2, -2, 2, 2), 3, None, tokens.accent)
        painter.setFont(font(TextRole.CAPTION))
        foot = QRect(0, _THUMB + 5, self.width(), 14)
        paint.text(painter, foot, self.tr("Step 0"), tokens.text_3)
        if self._steps:
            paint.text(
                painter, foot, format_number(self._steps, 0), tokens.text_3, Qt.AlignmentFlag.AlignRight
            )
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, tokens)

    def _place(self, number: int) -> QRect:
        end = max(1, self._steps, self._sheets[-1][0])
        x = round(self._sheets[number][0] / end * (self.width() - _THUMB))
        return QRect(x, 0, _THUMB, _THUMB)

    def _choose_at(self, x: float) -> None:
        if not self._sheets:
            return
        self.setFocus()
        nearest = min(range(len(self._sheets)), key=lambda number: abs(self._place(number).center().x() - x))
        if nearest != self._index:
            self.chosen.emit(nearest)


class _Sheet(QWidget):
    """One picture, as large as fits, never blurred by enlarging."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap: QPixmap | None = None
        self._text = ""
        self.setProperty("pane", "surround")
        self.setMinimumHeight(120)

    def show_image(self, image: QImage | None, text: str) -> None:
        self._text = text
        if image is not None:
            self._pixmap = QPixmap.fromImage(image)
        elif text:
            self._pixmap = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.surround)
        if self._pixmap is None:
            painter.setFont(font(TextRole.BODY))
            paint.text(painter, self.rect(), self._text, tokens.text_surround, Qt.AlignmentFlag.AlignHCenter)
            return
        room = self.rect().adjusted(12, 8, -12, -8)
        size = self._pixmap.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        scale = size.width() / max(1, self._pixmap.width())
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 2)
        painter.drawPixmap(place, self._pixmap)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    sheet: QImage
    cells: tuple[QImage, ...]
    """Its first pictures."""


def _read(run: Path, path: str) -> _Read | None:
    """None where there is no picture, or only a part of one."""
    sheet = QImage(str(RunFolder(run).inside(path)))
    return None if sheet.isNull() else _Read(sheet, first_cells(sheet))
