"""How long work tells how far it is, and is told to stop."""

from __future__ import annotations

from collections.abc import Callable

Watch = Callable[[float], bool]
"""Called with the share done, 0 ... 1; returns whether to stop, upon which the work raises `Cancelled`."""


def unwatched(share: float) -> bool:
    """Nobody looks on."""
    return False


def stretch(watch: Watch, begin: float, end: float) -> Watch:
    """A watch for a part of the work, which runs from `begin` to `end` of the whole."""
    return lambda share: watch(begin + share * (end - begin))
