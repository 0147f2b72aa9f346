"""How classes may enter a code: what the widths say, and what they leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from latentlab.formats.plain.choices import Option
from latentlab.formats.plain.pieces import Row
from latentlab.formats.plain.records import Record
from latentlab.models.stack import Condition

_USUAL_Z = frozenset((2, 3, 4, 8, 10, 16, 20, 24, 25, 32, 48, 50, 60, 62, 64, 72, 96, 100, 120, 128))
_LARGE_Z = frozenset((150, 200, 256, 300, 400, 500, 512, 1000, 1024))
_USUAL_CLASSES = (10, 2, 3, 5, 8, 26, 27, 36, 40, 43, 47, 62, 100, 101, 102, 120, 128)


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What the numbers of a code are."""

    z_dim: int
    condition: Condition | None = None
    class_first: bool = False
    """The file has what stands for the class before z."""
    table: Record | None = None
    """The embedding of the classes."""


def code_options(code_dim: int, tables: Sequence[Row], z_dim: int | None = None) -> list[Option]:
    """Readings of a code of `code_dim` numbers.

    Args:
        code_dim: what the first layer takes.
        tables: rows that may be embeddings of classes.
        z_dim: where something else (an encoder) tells it.
    """
    for row in tables:
        record = row[0].record
        classes, width = record.shape
        if z_dim in (None, code_dim) and width == code_dim:
            condition = Condition(classes, "product", embedding=width)
            return [
                Option(
                    "product", "z times the class", {"code": CodeReading(code_dim, condition, table=record)}
                )
            ]
        rest = code_dim - width
        if rest > 0 and z_dim in (None, rest):
            return _ordered(CodeReading(rest, Condition(classes, embedding=width), table=record))
    if z_dim is not None:
        if z_dim == code_dim:
            return [Option("", "", {"code": CodeReading(z_dim)})]
        return _ordered(CodeReading(z_dim, Condition(code_dim - z_dim))) if code_dim > z_dim else []
    plain = {"code": CodeReading(code_dim)}
    if code_dim in _USUAL_Z or code_dim in _LARGE_Z:
        return [Option("", "", plain)]
    for classes in _USUAL_CLASSES:
        if code_dim - classes in _USUAL_Z:
            told = _ordered(CodeReading(code_dim - classes, Condition(classes)))
            return [*told, Option("noclass", "no classes", plain, 0.8)]
    return [Option("", "", plain)]


def _ordered(reading: CodeReading) -> list[Option]:
    first = CodeReading(reading.z_dim, reading.condition, class_first=True, table=reading.table)
    count = reading.condition.num_classes if reading.condition else 0
    return [
        Option("zc", f"{count} classes behind z", {"code": reading}),
        Option("cz", f"{count} classes before z", {"code": first}, 0.2),
    ]
