"""What a hand on the layer strip and its sliders does to the crossing; one drag is one step of its undo."""

from __future__ import annotations

from PySide6.QtCore import QObject

from latentlab.latents.crossing import GROUPS, Take
from latentlab.qt.workspaces.mix.arrangement import Arrangement
from latentlab.qt.workspaces.mix.strip_panel import StripPanel


class TakeEditing(QObject):
    """Connects a strip with the arrangement."""

    def __init__(self, arrangement: Arrangement, panel: StripPanel) -> None:
        super().__init__(panel)
        self._arrangement = arrangement
        strip = panel.strip
        strip.flipped.connect(self.flip)
        strip.weight_changing.connect(self._weigh)
        strip.weight_changed.connect(self._on_weighed)
        strip.borders_changing.connect(self._move_borders)
        strip.borders_changed.connect(self._on_borders_moved)
        panel.amount_moving.connect(self._take_amount)
        panel.amount_moved.connect(self._on_amount_taken)

    def flip(self, unit: int) -> None:
        """What came from the side comes from the top, and the other way round."""
        now = self._arrangement.crossing
        before = now.take(unit)
        self._arrangement.edit(now.with_take(unit, Take(float(before.weight < 0.5), before.ingredient)))

    def _weigh(self, unit: int, weight: float) -> None:
        now = self._arrangement.crossing
        after = now.with_take(unit, Take(weight, now.take(unit).ingredient))
        self._arrangement.edit(after, drag=("unit", unit))

    def _on_weighed(self, unit: int, weight: float) -> None:
        self._weigh(unit, weight)
        self._arrangement.settle()

    def _move_borders(self, middle: int, fine: int) -> None:
        self._arrangement.edit(self._arrangement.crossing.with_borders(middle, fine), drag="borders")

    def _on_borders_moved(self, middle: int, fine: int) -> None:
        self._move_borders(middle, fine)
        self._arrangement.settle()

    def _take_amount(self, group: int, amount: float) -> None:
        after = self._arrangement.crossing.with_amount(GROUPS[group], amount)
        self._arrangement.edit(after, drag=("amount", group))

    def _on_amount_taken(self, group: int, amount: float) -> None:
        self._take_amount(group, amount)
        self._arrangement.settle()
