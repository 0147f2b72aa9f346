"""What stands in Train before anything was trained: what it is for, and trainings that are over in minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.invitation import Invitation
from latentlab.qt.workspaces.train.catalogue import Preset
from latentlab.qt.workspaces.train.durations import duration_text
from latentlab.qt.workspaces.train.setting_words import system_text
from latentlab.runs.hyper_parameters import value_at

QUICK = {"vae-digits-plane": 40.0, "ring": 180.0, "cgan-digits": 300.0}
"""Presets that a newcomer can watch to their end, and their seconds on two cores as `--estimate` tells them."""
_WIDTH = 620
_CARD = QSize(194, 224)
_SIDE = 120


class PresetCard(QAbstractButton):
    """A preset: what it makes, its name, its system and how long it takes."""

    def __init__(self, preset: Preset, seconds: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = preset
        self._facts = self.tr("{0} · about {1}").format(system_text(preset.system), duration_text(seconds))
        self._picture = QPixmap()
        self.setText(str(value_at(preset.values, "about.title") or preset.name))
        self.setToolTip(preset.summary)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return _CARD

    def show_picture(self, picture: QImage | None) -> None:
        """What it makes."""
        self._picture = QPixmap() if picture is None else QPixmap.fromImage(picture)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the first of its clicks started one already

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = current_tokens(), QPainter(self)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        fill = tokens.raised if self.underMouse() or self.isDown() else tokens.panel
        paint.rounded(painter, box, 6, fill, tokens.line_strong if self.underMouse() else tokens.line)
        place = QRect((self.width() - _SIDE) // 2, 14, _SIDE, _SIDE)
        if self._picture.isNull():
            paint.rounded(painter, QRectF(place), 3, tokens.groove)
            paint_icon(painter, place, "image", tokens.text_3, 24)
        else:
            paint.cover(painter, QRectF(place), self._picture, 3)
        row = QRect(12, place.bottom() + 10, self.width() - 24, 18)
        painter.setFont(font(TextRole.TITLE))
        paint.text(painter, row, self.text(), tokens.text)
        painter.setFont(font(TextRole.HINT))
        paint.text(painter, row.translated(0, 19), self._facts, tokens.text_2)
        paint.text(painter, row.translated(0, 38), self.tr("Start"), tokens.accent_text)
        if self.hasFocus():
            paint.focus_ring(painter, box, 6, tokens)


class WelcomePage(Invitation):
    """Two buttons, and a row of cards."""

    new_wanted = Signal()
    open_wanted = Signal()
    preset_wanted = Signal(str)
    """Start a preset as it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WIDTH, parent)
        self.new = Button(self.tr("New run"), role="primary", icon_name="plus")
        self.open = Button(self.tr("Follow a run elsewhere"), role="outline", icon_name="folder")
        self.add_button(self.new)
        self.add_button(self.open)
        self.title.setText(self.tr("Train a model, and watch it learn"))
        self.text.setText(
            self.tr(
                "Drop a folder of pictures here, a zip or a table with captions. Losses, samples and warnings "
                "appear as it learns, and every checkpoint opens in Explore."
            )
        )
        self.first = QLabel(self.tr("Or begin with one that needs no pictures"))
        self.first.setProperty("tone", "3")
        self.first.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.cards: tuple[PresetCard, ...] = ()
        self._row = QHBoxLayout()
        self._row.setSpacing(16)
        self.column.addSpacing(28)
        self.column.addWidget(self.first)
        self.column.addLayout(self._row)
        self.first.hide()
        self.new.clicked.connect(self.new_wanted)
        self.open.clicked.connect(self.open_wanted)

    def show_presets(self, presets: Sequence[Preset], forecasts: Mapping[str, float]) -> None:
        """Offer the quick ones among the presets."""
        for card in self.cards:
            self._row.removeWidget(card)
            card.deleteLater()
        by_name = {preset.name: preset for preset in presets}
        quick = [by_name[name] for name in QUICK if name in by_name]
        self.cards = tuple(
            PresetCard(preset, forecasts.get(preset.name, QUICK[preset.name])) for preset in quick
        )
        for card in self.cards:
            self._row.addWidget(card)
            card.clicked.connect(lambda _=False, name=card.preset.name: self.preset_wanted.emit(name))
        self.first.setVisible(bool(self.cards))

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """What presets make, by name."""
        for card in self.cards:
            card.show_picture(pictures.get(card.preset.name))
