"""A history as lines of JSON, so that autosave only appends what is new. Imports no torch.

    {"history":1,"step":0,"parent":null,"label":"Opened","time":1.7e9,"recipe":{"version":1,...}}
    {"step":1,"parent":0,"label":"Diversity","time":1.7e9,"set":{"truncation_psi":0.7}}
    {"at":0}            this step became current
    {"next":[0,1]}      redo leads from step 0 to step 1

A step holds only what differs from its parent. A line with an earlier step's id is that step after a further
edit. A line without a parent starts another tree and makes all lines before it void.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json
from latentlab.latents.history import History
from latentlab.latents.json_values import Integer, Json, Number, Row, Text, parse, refuse, text_of
from latentlab.latents.recipe import Recipe
from latentlab.latents.tree import Step, Tree

VERSION = 1
MAX_STEPS = 500_000

_ID = Integer(0, 2**53)
_LABEL = Text(1024, any_character=True)
_TIME = Number(0.0, 1e12)
_PAIR = Row((_ID, _ID))


class Saved(NamedTuple):
    """What was read from a file."""

    tree: Tree
    appendable: bool
    """New lines may be added to the file. Otherwise (a torn last line, an older version) write it anew."""


def lines(history: History, since: int | None = None) -> list[str]:
    """What must be added to a file that was up to date at `since`.

    Args:
        since: `History.mark` when the file was last written; None for the whole tree. When the tree was replaced
            after that, the whole new tree is returned: it too can be appended.

    Returns:
        Lines without line breaks, ASCII.
    """
    moves = None if since is None else history.moves_since(since)
    if moves is None:
        return _whole(history)
    return [
        _step_line(history, history.step(move.step_id)) if move.edited else text_of({"at": move.step_id})
        for move in moves
    ]


def read(saved: Iterable[str]) -> Saved:
    """Rebuild a tree from lines, for `History.adopt`. A torn last line is left out.

    Raises:
        RecipeError: the lines are damaged, hostile, or from a newer LatentLab.
    """
    reader = _Reader()
    torn: RecipeError | None = None
    for line in saved:
        if not line.strip():
            continue
        if torn is not None:
            raise torn
        try:
            values = parse(
                line,
                what="history",
                max_characters=recipe_json.MAX_CHARACTERS,
                max_brackets=recipe_json.MAX_BRACKETS,
            )
        except RecipeError as error:
            torn = error  # forgiven when nothing follows: the program was stopped while it wrote
            continue
        reader.take(values)
    if reader.tree is None:
        raise torn or RecipeError("This history is empty: open the copy saved before it.")
    return Saved(reader.tree, torn is None and reader.version == recipe_json.VERSION)


def _whole(history: History) -> list[str]:
    return [
        *(_step_line(history, step) for step in history),
        *(
            text_of({"next": [step.id, history.redo_of(step.id)]})
            for step in history
            if len(history.children(step.id)) > 1
        ),
        text_of({"at": history.current.id}),
    ]


def _step_line(history: History, step: Step) -> str:
    head = {
        "step": step.id,
        "parent": step.parent,
        "label": _LABEL.write(step.label[: _LABEL.max_length], "label"),
        "time": _TIME.write(step.time, "time"),
    }
    if step.parent is None:
        return text_of({"history": VERSION, **head, "recipe": recipe_json.to_json(step.recipe)})
    return text_of(
        {**head, "set": recipe_json.changes_to_json(step.recipe, history.step(step.parent).recipe)}
    )


class _Reader:
    """Replays lines."""

    def __init__(self) -> None:
        self.tree: Tree | None = None
        self.version = recipe_json.VERSION
        self._documents: dict[int, dict[str, Json]] = {}
        """Whole recipe of each step in the file's own version, where that is an older one."""

    def take(self, values: Json) -> None:
        if not isinstance(values, dict):
            refuse("history", values, "an object in each line")
        if values.get("parent", "absent") is None:
            self._plant(values)
        elif self.tree is None:
            raise RecipeError(
                "This history does not begin with its first step: open the copy saved before it."
            )
        elif "step" in values:
            self.tree.put(self._step(self.tree, values))
            if len(self.tree) > MAX_STEPS:
                raise RecipeError(
                    f"This history has more than {MAX_STEPS:,} steps: it was not made by a hand."
                )
        elif "at" in values:
            self.tree.stand_on(_ID.read(values["at"], "history.at"))
        elif "next" in values:
            self.tree.prefer(*_PAIR.read(values["next"], "history.next"))
        else:
            refuse("history", sorted(values), "a line with a step, at or next")

    def _plant(self, values: dict[str, Json]) -> None:
        version = values.get("history")
        if type(version) is not int or version < 1:
            refuse("history.history", version, f"a whole number from 1 to {VERSION}")
        if version > VERSION:
            raise RecipeError("This history was written by a newer LatentLab: update LatentLab to open it.")
        document = values.get("recipe")
        recipe = recipe_json.from_json(document)
        assert isinstance(document, dict)  # from_json refuses anything else
        self.version = document.get("version", 0)
        self._documents = {}
        step_id, label, time = _head(values)
        self._remember(step_id, document)
        self.tree = Tree(Step(step_id, None, label, recipe, time))

    def _step(self, tree: Tree, values: dict[str, Json]) -> Step:
        step_id, label, time = _head(values)
        parent = tree.step(_ID.read(values.get("parent"), "history.parent"))
        changes = values.get("set")
        if not isinstance(changes, dict):
            refuse("history.set", changes, "an object")
        return Step(step_id, parent.id, label, self._recipe(step_id, parent, changes), time)

    def _recipe(self, step_id: int, parent: Step, changes: dict[str, Json]) -> Recipe:
        if self.version != recipe_json.VERSION:
            document = recipe_json.document_with_changes(self._documents[parent.id], changes)
            self._remember(step_id, document)
            return recipe_json.from_json(document)
        return recipe_json.with_changes(parent.recipe, changes)

    def _remember(self, step_id: int, document: dict[str, Json]) -> None:
        if self.version != recipe_json.VERSION:
            self._documents[step_id] = document


def _head(values: dict[str, Json]) -> tuple[int, str, float]:
    """Id, label and time of a line."""
    return (
        _ID.read(values.get("step"), "history.step"),
        _LABEL.read(values.get("label"), "history.label"),
        _TIME.read(values.get("time"), "history.time"),
    )
