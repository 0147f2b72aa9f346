"""What the pickle machine builds in place of objects: inert records of what a file asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Global:
    """A function or class that a pickle names. It is never looked up."""

    module: str
    name: str
    callable: bool = False
    """Whether a model file may ask for it to be called."""

    @property
    def pair(self) -> tuple[str, str]:
        """Module and name apart: "os" "path.join" is not "os.path" "join"."""
        return self.module, self.name

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"[:120]


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes, or a long text, left where they are in the file."""

    start: int
    length: int


@dataclass(slots=True, eq=False)
class Record:
    """A call that a pickle asked for, with everything it would have been given."""

    callee: Any
    """Mostly a `Global`."""
    arguments: tuple[Any, ...]
    state: Any = None
    """What BUILD would have set."""
    items: dict[Any, Any] | None = None
    """Entries put into it, when it is a mapping."""
    elements: list[Any] | None = None
    """Elements put into it, when it is a list or set."""


@dataclass(frozen=True, slots=True, eq=False)
class PersistentId:
    """A reference to something outside the pickle: a storage, in torch's containers."""

    value: Any


class OddKey:
    """Stands for a dictionary key that is no plain value: two of them are never equal."""

    __slots__ = ()
