"""Many pictures into a folder, one file each; what a kill interrupts can be continued.

Beside the pictures lies a list of what shall be there (`latentlab-export.jsonl`): its first line is the whole
plan, every further line one picture that is done. It goes when all are. A torn last line is ignored.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab import __version__
from latentlab.atomic import write_atomically
from latentlab.errors import ExportError, RecipeError
from latentlab.latents import directions as direction_file
from latentlab.latents.directions import DirectionSet
from latentlab.latents.json_values import Integer, Json, Many, Record, Text, parse
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import MODEL_REF, RecipeKind, record_of
from latentlab.latents.recipe import Recipe
from latentlab.render.picture_form import PictureForm
from latentlab.render.pictures import save_picture, why_not_written
from latentlab.render.renderer import Renderer

MANIFEST = "latentlab-export.jsonl"
_VERSION = 1
_MOST_CHARACTERS = 1 << 28
_WAITING = 4
"""Pictures that may wait to be written while the next ones are drawn."""
_HALF_WRITTEN = re.compile(r"\.(.+)\.[0-9a-f]{8}\.tmp")
"""What `latentlab.atomic` calls files that are not complete."""
_FORBIDDEN = '<>:"/\\|?*'


@dataclass(frozen=True, slots=True)
class ExportItem:
    """One picture to export."""

    name: str
    """Of its file, with suffix and without folder."""
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """Everything that shall be in a folder."""

    model: ModelRef
    form: PictureForm
    items: tuple[ExportItem, ...]
    directions: str = ""
    """Those that the recipes move along, as `latents.directions.to_text`; "" for none."""

    @property
    def direction_set(self) -> DirectionSet:
        """The directions, read."""
        return direction_file.from_text(self.directions) if self.directions else DirectionSet()


def plan_of(
    model: ModelRef,
    named: Sequence[tuple[str, Recipe]],
    form: PictureForm,
    directions: DirectionSet | None = None,
) -> ExportPlan:
    """A plan with a file name of its own for each recipe.

    Raises:
        RecipeError: a recipe moves along a direction that is not among `directions`.
    """
    used = dict.fromkeys(move.direction for _, recipe in named for move in recipe.directions if move.weight)
    known = DirectionSet((directions or DirectionSet())[name] for name in used)
    taken: set[str] = set()
    items = []
    for name, recipe in named:
        stem = file_stem(name)
        number, unique = 2, stem
        while unique.lower() in taken:
            unique, number = f"{stem}-{number}", number + 1
        taken.add(unique.lower())
        items.append(ExportItem(f"{unique}{form.suffix}", recipe))
    return ExportPlan(model, form, tuple(items), direction_file.to_text(known) if used else "")


def file_stem(name: str) -> str:
    """A name that every file system takes."""
    plain = "".join("-" if c in _FORBIDDEN or ord(c) < 32 or c.isspace() else c for c in name)
    return plain.strip(" .-")[:120] or "picture"


class ExportFolder:
    """A folder that a plan is carried out in."""

    def __init__(
        self, folder: Path, plan: ExportPlan, done: frozenset[int] = frozenset(), *, keeps_list: bool = True
    ) -> None:
        """Take a plan up; without a list (for a picture or two) nothing can be continued."""
        self.folder = folder
        self.plan = plan
        self._directions = plan.direction_set
        self._keeps_list = keeps_list
        self._done = set(done)

    @classmethod
    def begin(cls, folder: Path, plan: ExportPlan) -> ExportFolder:
        """Start anew; files of the same names will be replaced.

        Raises:
            ExportError: the folder cannot be made or written to, or the disk is full.
        """
        path = folder / MANIFEST
        try:
            write_atomically(path, (_plan_text(plan) + "\n").encode())
        except OSError as error:
            raise ExportError(why_not_written(error, path)) from error
        return cls(folder, plan)

    @classmethod
    def resume(cls, folder: Path) -> ExportFolder:
        """Go on with what was interrupted.

        Raises:
            ExportError: nothing was interrupted there.
            RecipeError: the list is damaged, or from a newer LatentLab.
        """
        path = folder / MANIFEST
        try:
            with path.open(encoding="utf-8") as file:
                first, *lines = file.read(_MOST_CHARACTERS).split("\n")
        except FileNotFoundError as error:
            raise ExportError(
                f"There is no interrupted export in {folder}: nothing is left to do."
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ExportError(f"{path} cannot be read ({error}): start the export again.") from error
        plan = _plan_from(first)
        _tidy(folder, plan)
        done = {number for line in lines if (number := _done_number(line)) is not None}
        known = {number for number in done if number < len(plan.items)}
        return cls(folder, plan, frozenset(n for n in known if (folder / plan.items[n].name).is_file()))

    @property
    def done(self) -> int:
        """How many pictures are complete."""
        return len(self._done)

    @property
    def total(self) -> int:
        """How many there will be."""
        return len(self.plan.items)

    def remaining(self) -> list[int]:
        """Numbers of what is missing."""
        return [number for number in range(self.total) if number not in self._done]

    def export(
        self, renderer: Renderer, stop: Callable[[], bool] = lambda: False, *, most: int | None = None
    ) -> Iterator[Path]:
        """Draw and write what is missing, or the next `most` of it; hands out each file that is complete.

        Ends early once `stop` says so.

        Pictures are written while the next ones are drawn.

        Raises:
            ExportError: the disk is full or the folder cannot be written to; what is complete stays and can be
                continued.
            RecipeError, RenderError: a picture cannot be drawn.
        """
        numbers = self.remaining()[:most]
        waiting: deque[tuple[int, Future[Path]]] = deque()
        with ThreadPoolExecutor(1, "export") as writer:
            try:
                frames = renderer.render_batch([self.plan.items[n].recipe for n in numbers], stop)
                for number, frame in zip(numbers, frames, strict=False):
                    if stop():
                        break
                    waiting.append((number, writer.submit(self._write, number, frame.pixels)))
                    while len(waiting) > _WAITING or (waiting and waiting[0][1].done()):
                        yield self._finish(*waiting.popleft())
                while waiting:
                    yield self._finish(*waiting.popleft())
            finally:
                for _, future in waiting:
                    future.cancel()
        if self._keeps_list and not self.remaining():
            (self.folder / MANIFEST).unlink(missing_ok=True)

    def give_up(self) -> None:
        """Nothing shall be continued; what is complete stays."""
        (self.folder / MANIFEST).unlink(missing_ok=True)

    def _write(self, number: int, pixels: NDArray[np.uint8]) -> Path:
        item, plan = self.plan.items[number], self.plan
        height, width = pixels.shape[:2]
        record = record_of(
            plan.model,
            item.recipe,
            self._directions,
            size=(width, height),
            program=f"LatentLab {__version__}",
        )
        path = self.folder / item.name
        save_picture(path, pixels, record, plan.form)
        return path

    def _finish(self, number: int, written: Future[Path]) -> Path:
        path = written.result()
        self._done.add(number)
        if not self._keeps_list:
            return path
        try:
            with (self.folder / MANIFEST).open("a", encoding="ascii") as file:
                file.write(json.dumps({"done": number}) + "\n")
        except OSError as error:
            raise ExportError(why_not_written(error, self.folder / MANIFEST)) from error
        return path


_ITEM = Record(ExportItem, {"name": Text(255), "recipe": RecipeKind()}, required=("name", "recipe"))


class _FormKind:
    """A `PictureForm` as plain values."""

    def write(self, value: PictureForm, where: str) -> Json:
        return asdict(value)

    def read(self, value: Json, where: str) -> PictureForm:
        try:
            return PictureForm(**value)
        except (TypeError, ExportError) as error:
            raise RecipeError(f"{where} is damaged ({error}): start the export again.") from error


_PLAN = Record(
    ExportPlan,
    {
        "model": MODEL_REF,
        "form": _FormKind(),
        "items": Many(_ITEM, 1 << 20),
        "directions": Text(direction_file.MAX_CHARACTERS),
    },
    required=("model", "form", "items"),
)
_NUMBER = Integer(0, 1 << 20)


def _plan_text(plan: ExportPlan) -> str:
    return json.dumps({"latentlab-export": _VERSION, **_PLAN.write(plan, "export")})


def _plan_from(text: str) -> ExportPlan:
    values = parse(text, what="list of an export", max_characters=_MOST_CHARACTERS)
    version = values.pop("latentlab-export", None) if isinstance(values, dict) else None
    if version != _VERSION:
        raise RecipeError("This export was begun by another LatentLab: start it again.")
    plan: ExportPlan = _PLAN.read(values, "export")
    for item in plan.items:
        if Path(item.name).name != item.name or item.name in (".", ".."):
            raise RecipeError(f"The export names a file outside its folder ({item.name!r}): start it again.")
    return plan


def _tidy(folder: Path, plan: ExportPlan) -> None:
    """Remove what a kill left half-written."""
    names = {item.name[:100] for item in plan.items}
    for path in folder.glob(".*.tmp"):
        match = _HALF_WRITTEN.fullmatch(path.name)
        if match is not None and match[1] in names:
            path.unlink(missing_ok=True)


def _done_number(line: str) -> int | None:
    try:
        return _NUMBER.read(json.loads(line)["done"], "done")
    except (ValueError, KeyError, TypeError, RecipeError):
        return None  # torn by a kill
