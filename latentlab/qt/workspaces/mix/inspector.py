"""The pane at the right of Mix: the crossing looked at, what each layer does, this crossing, two models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from latentlab.latents.crossing import Ingredient
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.combo_box import ComboBox
from latentlab.qt.widgets.effect_map import EffectMap, amount_colour
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.row import Row
from latentlab.qt.widgets.section import Section
from latentlab.qt.workspaces.mix.arrangement import Arrangement

_TELLING_SHARE = 0.6
_FEW_PAIRS = 6


class EffectsSection(Section):
    """What each layer, or each part of the code, does."""

    def __init__(self, arrangement: Arrangement, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._arrangement = arrangement
        self.map = EffectMap()
        self._words = QLabel()
        self._words.setFont(font(TextRole.HINT))
        self._words.setProperty("tone", "3")
        self._words.setWordWrap(True)
        legend = _Scale()
        self.add_inset(legend)
        self.add_inset(self.map)
        self.add_inset(self._words, top=4)
        arrangement.effects_changed.connect(self.show_effects)
        arrangement.swapped_changed.connect(self.show_swapped)

    def show_session(self) -> None:
        """Another model."""
        layers = self._arrangement.units.kind == "layers"
        self.set_title(self.tr("What each layer does") if layers else self.tr("What each part does"))
        self.set_term("layers" if layers else "latent")
        self.map.set_count(self._arrangement.units.count)
        self.show_effects()
        self.show_swapped()

    def show_swapped(self) -> None:
        """Pictures with one layer swapped have come."""
        for place, picture in enumerate(self._arrangement.swapped):
            self.map.set_picture(place, QPixmap.fromImage(picture) if picture is not None else None)

    def show_effects(self) -> None:
        """The measurement has come further."""
        effects, units = self._arrangement.effects, self._arrangement.units
        if effects is None or len(effects.shape) != units.count:
            self.map.set_rows([])
            self._words.setText(
                self.tr("Measuring in quiet moments: every layer is swapped between many pairs of pictures.")
                if self._arrangement.parts_known
                else self.tr("Finding out what the numbers of this model's code do.")
            )
            return
        self.map.set_rows(
            [
                (self.tr("Shape"), effects.shape),
                (self.tr("Colour"), effects.colour),
                (self.tr("Detail"), effects.detail),
            ]
        )
        self._words.setText(self._sentence(effects.colour, effects.pairs))

    def _sentence(self, colour: Sequence[float], pairs: int) -> str:
        layers = self._arrangement.units.kind == "layers"
        about = (
            self.tr("Mean change when one layer takes the top source, over {0} pairs.")
            if layers
            else self.tr("Mean change when one part takes the top source, over {0} pairs.")
        ).format(pairs)
        if pairs == 1:
            about = self.tr("Measuring: one pair of pictures so far.")
        if pairs < _FEW_PAIRS:
            return about
        first, last = telling_range(colour)
        if first == last:
            told = (
                self.tr("Layer {0} carries the colour.")
                if layers
                else self.tr("Part {0} carries the colour.")
            )
            return f"{about} {told.format(first)}"
        told = self.tr("Layers {0} to {1} carry the colour.")
        if not layers:
            told = self.tr("Parts {0} to {1} carry the colour.")
        return f"{about} {told.format(first, last)}"


def telling_range(values: Sequence[float]) -> tuple[int, int]:
    """The shortest run of neighbours that holds most of the whole; of equally short ones, the fullest."""
    total = sum(values)
    for length in range(1, len(values) + 1):
        sums = [sum(values[first : first + length]) for first in range(len(values) - length + 1)]
        best = max(range(len(sums)), key=sums.__getitem__)
        if sums[best] >= _TELLING_SHARE * total:
            return best, best + length - 1
    return 0, len(values) - 1


class _Scale(QWidget):
    """Little to much."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(16)
        self.setFont(font(TextRole.HINT))
        self.setToolTip(self.tr("Each line is shown in parts of its greatest change"))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        little, much = self.tr("little"), self.tr("much")
        metrics = painter.fontMetrics()
        right = self.width() - metrics.horizontalAdvance(much) - 1.0
        paint.text(painter, QRectF(right, 0, 60, 16), much, tokens.text_3)
        for step in range(62):
            painter.fillRect(QRectF(right - 68 + step, 4, 1, 8), amount_colour(step / 61))
        left = right - 74 - metrics.horizontalAdvance(little)
        paint.text(painter, QRectF(left, 0, 60, 16), little, tokens.text_3)


class SourceRow(Row):
    """Which picture gives, chosen among those at its edge, and its lock."""

    chosen = Signal(int)

    def __init__(self, label: str, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(label, tooltip, parent)
        self.combo = ComboBox(self)
        self.combo.setAccessibleName(label)
        self.combo.setToolTip(tooltip)
        self.combo.activated.connect(self.chosen)
        self._add_lock(resting=True)

    def show_sources(self, sources: Sequence[Ingredient], current: int) -> None:
        """Show them, with one chosen; emits nothing."""
        labels = [source.label for source in sources]
        if labels != [self.combo.itemText(place) for place in range(self.combo.count())]:
            self.combo.clear()
            self.combo.addItems(labels)
        self.combo.setCurrentIndex(current)
        self.set_locked(sources[current].locked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        right = self.width() - Size.PADDING + 1
        assert self._lock is not None
        self._lock.move(right - self._lock.width(), (Size.ROW - self._lock.height()) // 2)
        left = Size.PADDING + Size.LABEL_COLUMN
        self.combo.setGeometry(left, 1, right - Size.ROW_ICON - 8 - left, self.combo.height())


class CrossingSection(Section):
    """Sources and truncation of the crossing that is looked at."""

    def __init__(self, arrangement: Arrangement, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, title="")
        self.set_title(self.tr("This crossing"))
        self.set_term("style_mixing")
        self._arrangement = arrangement
        self.side = SourceRow(self.tr("Side"), self.tr("Gives everything that the top does not"))
        self.top = SourceRow(self.tr("Top"), self.tr("Gives the blue layers"))
        self.psi = ParameterRow(
            self.tr("Truncation"),
            limits=(0.0, 1.5),
            default=1.0,
            randomisable=False,
            lockable=False,
            tooltip=self.tr("Of all crossings: 0 is the typical picture, 1 the full variety"),
        )
        for row in (self.side, self.top, self.psi):
            self.add(row)
        self.side.chosen.connect(lambda place: self._choose(place, at_top=False))
        self.top.chosen.connect(lambda place: self._choose(place, at_top=True))
        self.side.lock_toggled.connect(lambda locked: self._lock_source(locked, at_top=False))
        self.top.lock_toggled.connect(lambda locked: self._lock_source(locked, at_top=True))
        self.psi.changing.connect(self._on_psi)
        self.psi.changed.connect(self._on_psi_done)

    def show_crossing(self) -> None:
        """Show the arrangement as it is now."""
        now = self._arrangement.crossing
        assert self._arrangement.session is not None
        grid = now.mode != "blend"
        self.side.setVisible(grid)
        self.top.setVisible(grid)
        self.side.show_sources(now.side, min(now.chosen[0], len(now.side) - 1))
        self.top.show_sources(now.top, min(now.chosen[1], len(now.top) - 1))
        self.psi.setVisible(self._arrangement.session.model.capabilities.has_truncation)
        self.psi.set_value(now.frame.truncation_psi)

    def _choose(self, place: int, *, at_top: bool) -> None:
        now = self._arrangement.crossing
        row, column = now.chosen
        self._arrangement.edit(replace(now, chosen=(row, place) if at_top else (place, column)))

    def _lock_source(self, locked: bool, *, at_top: bool) -> None:
        now = self._arrangement.crossing
        place = now.chosen[1] if at_top else min(now.chosen[0], len(now.side) - 1)
        source = (now.top if at_top else now.side)[place]
        self._arrangement.edit(now.with_source(at_top, place, replace(source, locked=locked)))

    def _on_psi(self, value: float) -> None:
        now = self._arrangement.crossing
        self._arrangement.edit(replace(now, frame=replace(now.frame, truncation_psi=value)), drag="psi")

    def _on_psi_done(self, value: float) -> None:
        self._on_psi(value)
        self._arrangement.settle()


class ModelsSection(Section):
    """Mixing the open model with another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Two models"))
        words = QLabel(
            self.tr(
                "Take blocks of another model of the same build, or blend the weights of both, "
                "and go on with what comes of it."
            )
        )
        words.setFont(font(TextRole.HINT))
        words.setProperty("tone", "3")
        words.setWordWrap(True)
        self.button = Button(self.tr("Mix with another model"), icon_name="model", role="outline")
        self.add_inset(words, bottom=6)
        self.add_inset(self.button)
