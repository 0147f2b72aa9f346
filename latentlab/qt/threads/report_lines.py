"""Reports of a run, nearly all lines of a long log, decoded straight into a table of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNSAID = -math.inf
"""Where a report says nothing of a figure. JSON knows no infinities, so nothing that is said looks like it."""
_FIXED = ("step", "images_per_second", "memory")
_MOST_NAMES = 500


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Reports that came one after the other, without anything else between them."""

    names: tuple[str, ...]
    """Of the losses."""
    values: NDArray[np.float64]
    """(reports, 3 + losses): step, images per second, bytes and the losses. NaN where a value is null."""

    @property
    def steps(self) -> NDArray[np.float64]:
        """(reports,)."""
        found: NDArray[np.float64] = self.values[:, 0]
        return found

    def losses(self) -> Iterable[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
        """Name, steps and values of each, without the reports that do not mention it."""
        for number, name in enumerate(self.names, len(_FIXED)):
            values = self.values[:, number]
            said = values != UNSAID
            if said.all():
                yield name, self.steps, values
            elif said.any():
                yield name, self.steps[said], values[said]


def joined(tables: Iterable[Table]) -> list[Table]:
    """Neighbours with the same losses as one table."""
    import numpy as np

    groups: list[list[Table]] = []
    for table in tables:
        if groups and groups[-1][0].names == table.names:
            groups[-1].append(table)
        else:
            groups.append([table])
    return [Table(group[0].names, np.concatenate([one.values for one in group])) for group in groups]


class ReportReader:
    """Decodes lines that are alike. Which losses there are it has to be told."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._decode: Any = None
        self._losses: Any = None

    def learn(self, names: Iterable[str]) -> None:
        """Expect these losses too."""
        import msgspec

        known = tuple(dict.fromkeys((*self._names, *names)))
        if known == self._names or len(known) > _MOST_NAMES:
            return
        self._names = known
        places = [f"at_{number}" for number in range(len(known))]
        losses = msgspec.defstruct(
            "Losses",
            [
                (place, float | None, msgspec.field(name=name, default=UNSAID))
                for place, name in zip(places, known, strict=True)
            ],
            forbid_unknown_fields=True,
            gc=False,
        )
        line = msgspec.defstruct(
            "Line",
            [
                ("event", str),
                ("step", int, -1),
                ("images_per_second", float | None, UNSAID),
                ("memory", float | None, None),
                ("losses", losses | None, None),
            ],
            gc=False,
        )
        self._decode = msgspec.json.Decoder(line).decode_lines
        self._losses = attrgetter(*places) if len(places) > 1 else lambda row: (getattr(row, places[0]),)

    def read(self, content: bytes) -> list[Table | int] | None:
        """What whole lines say: tables, and between them the numbers of lines that are no reports.

        None where one of the lines has to be looked at with more care.
        """
        import msgspec

        if self._decode is None:
            return None
        found: list[Table | int] = []
        try:
            rows = self._decode(content)
            others = [number for number, row in enumerate(rows) if row.event != "progress"]
            if others and len(rows) != content.count(b"\n"):  # empty lines: numbers would not fit
                return None
            begin = 0
            for end in (*others, len(rows)):
                if begin < end:
                    found.append(Table(self._names, self._numbers(rows[begin:end])))
                if end < len(rows):
                    found.append(end)
                begin = end + 1
        except (msgspec.MsgspecError, AttributeError, OverflowError):
            return None
        tables = [one for one in found if isinstance(one, Table)]
        if any((one.values[:, :2] == UNSAID).any() or one.steps.min() < 0 for one in tables):
            return None
        return found

    def _numbers(self, rows: Sequence[Any]) -> NDArray[np.float64]:
        """(rows, 3 + losses)."""
        import numpy as np

        table = [(row.step, row.images_per_second, row.memory, *self._losses(row.losses)) for row in rows]
        try:
            return np.fromiter(
                chain.from_iterable(table), np.float64, len(table) * (len(_FIXED) + len(self._names))
            ).reshape(len(table), -1)
        except TypeError:  # there is a null
            return np.array(table, np.float64)
