"""Which pictures a run learns from: dropped, chosen or generated, and a card of what is in them."""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.failure import Failure
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.threads.command_process import CommandProcess
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.workspaces.train.catalogue import Preset
from latentlab.runs.hyper_parameters import value_at

GENERATED = ("ring", "grid", "digits", "small-digits", "dicebear:landscape", "dicebear:planets")
_TYPED_MS = 700
"""After the last key, until what was typed is looked at."""
_LISTED = 6


class DataPicker(QWidget):
    """A path or a word; empty means the preset's own data."""

    changed = Signal()
    """What is chosen, or whether it can be read."""

    def __init__(self, jobs: JobThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._preset: Preset | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="latentlab-")
        self._command = CommandProcess(self)
        self.fault = ""
        """Why the data cannot be used; "" while nothing is known against them."""
        self.words = QLineEdit()
        self.words.setClearButtonEnabled(True)
        self.words.setAccessibleName(self.tr("Pictures"))
        self.card = DataCard()
        self._wait = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._wait.timeout.connect(self.look)
        self.words.textChanged.connect(self._on_words)
        self._command.answered.connect(self._on_answered)
        self._command.failed.connect(self._on_failed)
        self._command.told.connect(self.card.show_progress)
        self.card.look.clicked.connect(self.look)
        self._lay_out()

    @property
    def text(self) -> str:
        """What `latentlab train --data` takes; "" for the preset's own."""
        return self.words.text().strip()

    def set_path(self, path: Path) -> None:
        """Train on what lies there."""
        self.words.setText(str(path))
        self.look()

    def show_preset(self, preset: Preset | None) -> None:
        """The preset whose own data an empty field means, and whose size pictures are cut to."""
        self._preset = preset
        own = own_data(preset) if preset is not None else ""
        self.words.setPlaceholderText(
            self.tr("Its own: {0}").format(own)
            if preset is not None and preset.has_data
            else self.tr("Drop a folder, a zip or a table of pictures here")
        )
        if self.text:
            self.look()
        else:
            self._forget()

    def look(self) -> None:
        """Ask what is in the data."""
        self._wait.stop()
        arguments = ["data", self.text] if self.text else ["data"]
        if self._preset is not None:
            arguments += ["--preset", self._preset.name]
        self.fault = ""
        self.card.show_progress(self.tr("Looking at {0} …").format(self.text or own_data(self._preset)))
        sheet = () if self._is_points else ("--thumbnails", str(self._sheet))
        self._command.ask(*arguments, "--json", "--progress", *sheet)
        self.changed.emit()

    def stop(self) -> None:
        """End the process."""
        self._wait.stop()
        self._command.stop()
        self._folder.cleanup()

    @property
    def _is_points(self) -> bool:
        """Points have no thumbnails."""
        own = not self.text and self._preset is not None and self._preset.source == "points"
        return own or self.text in ("ring", "grid")

    @property
    def _sheet(self) -> Path:
        return Path(self._folder.name) / "sheet.png"

    def _forget(self) -> None:
        self._command.cancel()
        self.fault = ""
        if self._preset is not None and not self._preset.has_data:
            self.fault = self.tr("This preset needs pictures of yours.")
        can_look = self._preset is not None and self._preset.has_data
        self.card.show_nothing(own_data(self._preset) if self._preset is not None else "", can_look=can_look)
        self.changed.emit()

    def _on_words(self) -> None:
        self._command.cancel()
        self._wait.start()
        if not self.text:
            self._wait.stop()
            self._forget()
        self.changed.emit()

    def _on_answered(self, text: str) -> None:
        try:
            card = json.loads(text)
        except ValueError:
            self._on_failed(Failure(self.tr("The answer cannot be understood."), text[:500]))
            return
        self.card.show_card(card)
        sheet = self._sheet
        self._jobs.submit(partial(QImage, str(sheet)), self.card.show_thumbnails)
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self.fault = failure.text
        self.card.show_failure(failure.text)
        self.changed.emit()

    def _on_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of pictures"))
        if chosen:
            self.set_path(Path(chosen))

    def _on_file(self) -> None:
        kinds = self.tr(
            "Pictures in one file (*.zip *.csv *.tsv *.jsonl *.npy *.npz *.gz *-ubyte);;All files (*)"
        )
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("A zip, a table or an array"), "", kinds)
        if chosen:
            self.set_path(Path(chosen))

    def _lay_out(self) -> None:
        folder = Button(self.tr("Folder…"), role="outline", small=True)
        folder.clicked.connect(self._on_folder)
        file = Button(self.tr("Zip or table…"), role="outline", small=True)
        file.clicked.connect(self._on_file)
        generated = Button(self.tr("Generated"), role="outline", small=True)
        generated.setToolTip(self.tr("Sets that need no files: points in the plane, digits, drawn pictures"))
        menu = QMenu(generated)
        for word in GENERATED:
            menu.addAction(word, partial(self.words.setText, word))
        generated.setMenu(menu)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (folder, file, generated):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.words)
        layout.addLayout(buttons)
        layout.addWidget(self.card, 1)


class DataCard(QWidget):
    """What is in the data: figures, thumbnails, and what is wrong with them."""

    def __init__(self) -> None:
        super().__init__()
        self._head = QLabel()
        self._head.setFont(font(TextRole.TITLE))
        self._head.setWordWrap(True)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text.setProperty("tone", "2")
        self.look = Button(self.tr("Look at them"), role="outline", small=True)
        self.look.setToolTip(self.tr("Makes the data ready, as training would, and shows what is in them"))
        self.thumbnails = _Sheet()
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, 6, 0)
        inside.setSpacing(8)
        for widget in (self._head, self.thumbnails, self._text):
            inside.addWidget(widget)
        inside.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    @property
    def texts(self) -> str:
        """All words that are shown."""
        return f"{self._head.text()}\n{self._text.text()}"

    def show_nothing(self, own: str, *, can_look: bool) -> None:
        """Nothing was looked at; `own` says what the preset brings along."""
        self._say(own, "", "2")
        self.look.setVisible(can_look)

    def show_progress(self, text: str) -> None:
        """Somebody is looking."""
        self._say(text, "", "2")

    def show_failure(self, text: str) -> None:
        """The data cannot be used."""
        self._say(self.tr("These data cannot be used"), text, "error")

    def show_card(self, card: dict[str, Any]) -> None:
        """What `latentlab data --json` says."""
        what = self.tr("points") if card["kind"] == "points" else self.tr("pictures")
        head = self.tr("{0} {1} to learn from, {2} held out").format(
            format_number(card["count"], 0), what, format_number(card["held_out"], 0)
        )
        self._say(head, "\n".join(self._lines(card)), "2")

    def show_thumbnails(self, sheet: QImage) -> None:
        """Pictures spread over the set and its classes."""
        self.thumbnails.show_image(sheet)

    def _lines(self, card: dict[str, Any]) -> list[str]:
        lines = [str(card["source"])]
        if card.get("targets"):
            lines.append(self.tr("Second set: {0} pictures").format(format_number(card["targets"], 0)))
        if (sizes := card.get("sizes")) is not None:
            least, median, most = (
                "×".join(str(side) for side in sizes[name]) for name in ("least", "median", "most")
            )
            span = least if least == most else self.tr("{0} to {1}, median {2}").format(least, most, median)
            side = card["resolution"]
            lines.append(self.tr("Originals {0} px, cut to {1}×{1}").format(span, side))
            if sizes["enlarged"]:
                count = format_number(sizes["enlarged"], 0)
                lines.append(self.tr("{0} are smaller than that: training sees them blurred").format(count))
            if sizes["not_square"]:
                count = format_number(sizes["not_square"], 0)
                lines.append(self.tr("{0} are not square").format(count))
        if card["classes"]:
            named = ", ".join(f"{one['name']} {one['count']}" for one in card["classes"][:_LISTED])
            more = "" if len(card["classes"]) <= _LISTED else " …"
            lines.append(self.tr("{0} classes: {1}{2}").format(len(card["classes"]), named, more))
        if card["captioned"]:
            lines.append(
                self.tr("{0} captions, {1} distinct, such as “{2}”").format(
                    card["captioned"], card["distinct_captions"], "”, “".join(card["example_captions"][:2])
                )
            )
        if card["near_duplicate_items"]:
            share = card["near_duplicate_items"] / max(1, card["count"] + card["held_out"])
            lines.append(
                self.tr("{0} ({1}) look like an earlier one, such as").format(
                    card["near_duplicate_items"], f"{share:.1%}"
                )
            )
            lines += [
                f"    {pair['first']}  =  {pair['second']}" for pair in card["near_duplicates"][:_LISTED]
            ]
        if card["skipped"]:
            lines.append(self.tr("{0} files cannot be read:").format(len(card["skipped"])))
            lines += [f"    {file['name']}: {file['reason']}" for file in card["skipped"][:_LISTED]]
        if card["licence"]:
            lines.append(self.tr("Licence: {0}").format(card["licence"]))
        return [*lines, *card["notes"][:_LISTED]]

    def _say(self, head: str, text: str, tone: str) -> None:
        self._head.setText(head)
        self._head.setVisible(bool(head))
        self._text.setText(text)
        self._text.setProperty("tone", tone)
        self._text.style().unpolish(self._text)
        self._text.style().polish(self._text)
        self._text.setVisible(bool(text))
        self.look.setVisible(False)
        self.thumbnails.show_image(QImage())


class _Sheet(QWidget):
    """A sheet of thumbnails, as wide as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.setVisible(not image.isNull())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def heightForWidth(self, width: int) -> int:
        if self._image.isNull():
            return 0
        return min(300, round(width * self._image.height() / max(1, self._image.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, size.width() < 2 * self._image.width()
        )
        place = QRect(0, 0, size.width(), size.height())
        painter.drawImage(place, self._image)
        paint.rounded(painter, QRectF(place).adjusted(0, 0, -1, -1), 0, None, current_tokens().line)


def own_data(preset: Preset | None) -> str:
    """What a preset is trained on unless somebody says otherwise, in words."""
    if preset is None:
        return ""
    source = value_at(preset.values, "data.source") or {}
    count = source.get("count")
    amount = f"{format_number(count, 0)} " if isinstance(count, int) else ""
    words = {
        "drawn": f"{amount}drawn pictures, style “{source.get('style', '')}”",
        "points": f"{amount}points of the {source.get('task', '')}",
        "rendered-digits": f"{amount}digits in several typefaces",
        "small-digits": f"{format_number(1797, 0)} handwritten digits of 8×8",
        "two-folders": "two folders of pictures, to translate between",
        "folder": "a folder of pictures of yours",
        "table": "pictures of yours with captions, in a table",
    }
    return words.get(preset.source, preset.source)
