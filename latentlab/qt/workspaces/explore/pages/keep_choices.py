"""What of the first parent children may keep: layers, settings, and where it lies along directions in use."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from latentlab.latents.breeding import Rules, Trait
from latentlab.latents.crossing import Units
from latentlab.latents.editable import layer_groups
from latentlab.qt.session.session import Session

_MOST_DIRECTIONS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to keep."""

    text: str
    units: tuple[int, ...] = ()
    trait: Trait | None = None
    direction: str = ""

    def is_kept(self, rules: Rules) -> bool:
        """Whether the rules say so."""
        if self.units:
            return set(self.units) <= set(rules.units)
        return self.trait in rules.traits if self.trait else self.direction in rules.directions

    def toggled(self, rules: Rules) -> Rules:
        """The rules with this kept, or no longer."""
        kept = self.is_kept(rules)
        if self.units:
            others = set(rules.units) - set(self.units)
            return replace(rules, units=tuple(sorted(others if kept else others | set(self.units))))
        if self.trait:
            rest = tuple(trait for trait in rules.traits if trait != self.trait)
            return replace(rules, traits=rest if kept else (*rest, self.trait))
        left = tuple(item for item in rules.directions if item != self.direction)
        return replace(rules, directions=left if kept else (*left, self.direction))


def choices(session: Session, units: Units) -> list[Choice]:
    """What this model has of it."""
    can = session.model.capabilities
    found: list[Choice] = []
    if units.kind == "layers":
        for name, first, last in layer_groups(units.count):
            word = QCoreApplication.translate("Editable", name)
            text = _tr("{0} layers").format(word)
            found.append(Choice(text, units=tuple(range(first, last + 1))))
    traits: tuple[tuple[bool, str, Trait], ...] = (
        (can.num_classes > 0 or can.has_captions, _tr("Class or caption"), "class"),
        (can.has_truncation, _tr("Diversity"), "diversity"),
        (can.has_noise, _tr("Grain"), "grain"),
        (can.has_transform, _tr("Pose"), "pose"),
    )
    found += [Choice(text, trait=trait) for has, text, trait in traits if has]
    known = session.directions.all
    if known is not None:
        pinned = [item for item in session.pinned.ids if item in known][:_MOST_DIRECTIONS]
        found += [Choice(known[item].name, direction=item) for item in pinned]
    return found


def _tr(text: str) -> str:
    return QCoreApplication.translate("KeepChoices", text)
