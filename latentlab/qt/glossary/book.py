"""All terms, found by whatever code, runs and results call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from latentlab.qt.glossary import (
    terms_latents,
    terms_losses,
    terms_measures,
    terms_settings,
    terms_signs,
    terms_training,
)
from latentlab.qt.glossary.term import Term
from latentlab.qt.glossary.term import tr as _tr

_PARTS = frozenset({"settings", "data", "loop"})
"""What paths of settings begin with."""
_ALSO_SETTINGS = frozenset({"mode_seeking", "gradient_penalty", "details", "held_out", "augment", "seed"})


def _sources() -> tuple[tuple[str, Callable[[], tuple[Term, ...]]], ...]:
    return (
        (_tr("Moving a picture"), terms_latents.latents),
        (_tr("Training"), terms_training.training),
        (_tr("Losses and scores"), terms_losses.losses),
        (_tr("Variety"), terms_measures.variety),
        (_tr("Fidelity"), terms_measures.fidelity),
        (_tr("Memory and the game"), terms_signs.memory),
        (_tr("Codes"), terms_signs.codes),
        (_tr("Settings"), terms_settings.settings),
    )


@cache
def all_terms() -> tuple[Term, ...]:
    """Every term, in the order of the page."""
    return tuple(replace(term, group=title) for title, make in _sources() for term in make())


def groups() -> dict[str, list[Term]]:
    """Terms by the heading that they stand under."""
    found: dict[str, list[Term]] = {}
    for term in all_terms():
        found.setdefault(term.group, []).append(term)
    return found


def term(key: str) -> Term | None:
    """The term that something is called; None where it has none.

    Args:
        key: "r1", "coverage", a curve's name ("norm/generator"), a setting's path ("settings.r1_gamma"), the
            heading of a group of settings ("group/Game"), or any of their aliases.
    """
    names = _names()
    if key.partition(".")[0] in _PARTS:
        return _settings().get(key.rpartition(".")[2])
    for name in _ways(key):
        if name in names:
            return names[name]
    return None


def find(text: str) -> list[Term]:
    """Terms that a search means: by name first, then by their words."""
    words = text.casefold().split()

    def rank(term: Term) -> int | None:
        name = f"{term.name} {term.key} {' '.join(term.aliases)}".casefold()
        if all(word in name for word in words):
            return 0 if term.name.casefold().startswith(text.casefold().strip()) else 1
        about = f"{name} {term.text} {term.source}".casefold()
        return 2 if all(word in about for word in words) else None

    ranked = [
        (found, number, term) for number, term in enumerate(all_terms()) if (found := rank(term)) is not None
    ]
    return [term for _, _, term in sorted(ranked, key=lambda item: item[:2])]


@cache
def _settings() -> dict[str, Term]:
    """Terms by the names of settings: "precision" is another thing there than among measures."""
    own = [*terms_settings.settings(), *terms_training.training()]
    keys = {name for term in own for name in (term.key, *term.aliases)}
    names = {name: term for name, term in _names().items() if name in keys or term.key in _ALSO_SETTINGS}
    precision = _names()["precision_of_numbers"]
    return {name: names[name] for name in names if name != "precision"} | {"precision": precision}


def _ways(key: str) -> list[str]:
    """What a name may be listed under, most exact first."""
    plain = key.strip().casefold().replace(" ", "_")
    kind, _, rest = plain.partition("/")
    ways = [plain]
    if rest:
        ways += {"norm": ["gradient_norm"], "trains": ["trains"], "group": [f"group_{rest}"]}.get(kind, [])
        ways.append(rest)
    ways.append(plain.rpartition(".")[2])
    return ways


@cache
def _names() -> dict[str, Term]:
    terms = all_terms()
    names = {alias: term for term in reversed(terms) for alias in term.aliases}
    return names | {term.key: term for term in terms}
