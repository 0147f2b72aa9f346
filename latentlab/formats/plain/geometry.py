"""Stride, padding and upsampling, which no shape tells: what leads from the first side to a sensible last one.

Every layer has a few usual settings with a cost each (how unusual they are in published code); the cheapest
combinations that reach a wanted picture size are the plausible ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from latentlab.formats.plain.pictures import MAX_SIDE, size_cost
from latentlab.formats.plain.pieces import Link


@dataclass(frozen=True, slots=True)
class Setting:
    """How a convolution of either direction is run."""

    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    upsample: int = 1
    """Enlargement before a convolution."""
    pool: int = 1
    """Reduction behind a convolution and its activation."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Settings of a row's convolutions, in order, and where they lead."""

    settings: tuple[Setting, ...]
    side: int
    cost: float

    @property
    def key(self) -> str:
        """Stable name of the settings."""
        codes = {1: "", 2: "u"}
        return "-".join(
            f"{s.stride}.{s.padding}.{s.output_padding}{codes.get(s.upsample, f'u{s.upsample}')}"
            + (f"p{s.pool}" if s.pool > 1 else "")
            for s in self.settings
        )


_BEAM = 150
_CHANGE = 0.5
"""Cost of treating two layers of one kernel size differently."""

# Kernel to (stride, padding, output padding, cost). Doublings first, then what small pictures need (7, 14, 28).
_TRANSPOSED: dict[int, tuple[tuple[int, int, int, float], ...]] = {
    1: ((1, 0, 0, 0.0),),
    2: ((2, 0, 0, 0.0), (1, 0, 0, 2.0)),
    3: ((2, 1, 1, 0.2), (1, 1, 0, 0.3), (2, 1, 0, 0.7), (2, 0, 0, 1.0), (1, 0, 0, 2.0), (2, 0, 1, 3.0)),
    4: ((2, 1, 0, 0.0), (1, 0, 0, 1.2), (2, 0, 0, 1.2), (4, 0, 0, 3.0), (1, 1, 0, 3.0), (2, 2, 0, 3.0)),
    5: ((2, 2, 1, 0.0), (2, 0, 0, 0.8), (1, 2, 0, 2.0), (2, 2, 0, 1.5), (1, 0, 0, 2.0), (2, 1, 1, 2.0)),
    6: ((2, 2, 0, 0.0), (2, 0, 0, 0.8), (4, 1, 0, 2.0), (2, 1, 0, 2.5)),
    7: ((1, 3, 0, 0.5), (1, 0, 0, 1.5), (2, 3, 1, 1.0)),
    8: ((4, 2, 0, 0.5), (2, 3, 0, 1.0), (1, 0, 0, 2.0)),
}
# Kernel to (stride, padding, pool, cost) of an encoder or discriminator.
_SHRINKING: dict[int, tuple[tuple[int, int, int, float], ...]] = {
    1: ((1, 0, 1, 0.0), (2, 0, 1, 2.0)),
    2: ((2, 0, 1, 0.0),),
    3: ((2, 1, 1, 0.0), (1, 1, 1, 0.4), (1, 1, 2, 0.6), (2, 0, 1, 1.5), (1, 0, 1, 1.5), (1, 0, 2, 2.0)),
    4: ((2, 1, 1, 0.0), (2, 0, 1, 0.8), (1, 0, 1, 1.0), (1, 1, 1, 2.0), (2, 2, 1, 2.0)),
    5: ((2, 2, 1, 0.0), (1, 2, 1, 0.5), (1, 2, 2, 0.7), (2, 0, 1, 1.0), (2, 1, 1, 1.5), (1, 0, 2, 1.5)),
    6: ((2, 2, 1, 0.0), (2, 0, 1, 1.0)),
    7: ((1, 3, 1, 0.3), (2, 3, 1, 0.5), (1, 0, 1, 1.5)),
}


def growing(links: Sequence[Link], side: int, *, grey: bool) -> list[Geometry]:
    """From a small picture to the final one, cheapest first.

    Args:
        links: the convolutions of a decoder, in order.
        side: what the first one starts from; 1 for a code.
        grey: the picture has one channel: the sizes of digits and clothes are then likelier.
    """
    mixed = {link.kind for link in links} == {"conv", "transposed"}
    options = [
        _growing_options(link, is_last=index == len(links) - 1, mixed=mixed)
        for index, link in enumerate(links)
    ]

    return _search(links, options, side, lambda end: size_cost(end, grey=grey))


def shrinking(links: Sequence[Link], side: int, end: int) -> list[Geometry]:
    """From a picture of `side` to features of side `end`, cheapest first."""
    options = []
    for link in links:
        half = (link.kernel - 1) // 2
        usual = _SHRINKING.get(link.kernel, ((1, half, 1, 0.5), (2, half, 1, 0.5)))
        options.append([(Setting(s, p, pool=pool), cost) for s, p, pool, cost in usual])
    return _search(links, options, side, lambda side: 0.0 if side == end else None)


def _growing_options(link: Link, *, is_last: bool, mixed: bool) -> list[tuple[Setting, float]]:
    if link.kind == "transposed":
        usual = _TRANSPOSED.get(link.kernel, ((1, (link.kernel - 1) // 2, 0, 0.5), (1, 0, 0, 1.5)))
        return [(Setting(s, p, op), cost) for s, p, op, cost in usual]
    same = Setting(padding=(link.kernel - 1) // 2)
    double = Setting(padding=same.padding, upsample=2)
    if mixed:
        stay_cost, double_cost = 0.0, 2.0
    elif is_last:
        stay_cost, double_cost = 0.0, 1.2
    elif link.inputs == link.outputs:
        stay_cost, double_cost = 0.4, 0.4
    else:
        stay_cost, double_cost = 0.6, 0.0
    unpadded = [(Setting(), 2.5)] if link.kernel > 1 else []
    return [(same, stay_cost), (double, double_cost), *unpadded]


def _search(
    links: Sequence[Link],
    options: Sequence[Sequence[tuple[Setting, float]]],
    side: int,
    end_cost: Callable[[int], float | None],
) -> list[Geometry]:
    """Best-first combinations, keeping the cheapest few hundred after every layer."""
    paths = [Geometry((), side, 0.0)]
    for index, usual in enumerate(options):
        link = links[index]
        longer: list[Geometry] = []
        for path in paths:
            for setting, cost in _at(path.side, usual):
                after = _side_after(link, setting, path.side)
                if not 1 <= after <= MAX_SIDE:
                    continue
                if path.side > 1:
                    cost = _cost_after(links, path.settings, link, setting, cost)
                longer.append(Geometry((*path.settings, setting), after, path.cost + cost))
        paths = sorted(longer, key=lambda path: path.cost)[:_BEAM]
    ends = [(path, end_cost(path.side)) for path in paths]
    found = [Geometry(path.settings, path.side, path.cost + cost) for path, cost in ends if cost is not None]
    return sorted(found, key=lambda path: path.cost)


def _at(side: int, usual: Sequence[tuple[Setting, float]]) -> list[tuple[Setting, float]]:
    """On a single pixel a transposed convolution is nearly always unpadded, whatever its stride."""
    if side > 1 or not any(setting.output_padding or setting.stride > 1 for setting, _ in usual):
        return list(usual)
    return [(Setting(), 0.0), *((setting, cost + 2.0) for setting, cost in usual if setting.padding)]


def _side_after(link: Link, setting: Setting, side: int) -> int:
    if link.kind == "transposed":
        return (side - 1) * setting.stride - 2 * setting.padding + link.kernel + setting.output_padding
    room = side * setting.upsample + 2 * setting.padding - link.kernel
    return 0 if room < 0 else (room // setting.stride + 1) // setting.pool


def _cost_after(
    links: Sequence[Link], settings: tuple[Setting, ...], link: Link, setting: Setting, cost: float
) -> float:
    """Cost of a setting behind others: a habit is paid for once, a change of habit is dear.

    Whether a convolution follows an enlargement is no habit of its kernel: each is paid for.
    """
    if setting.upsample > 1 or (link.kind == "conv" and setting == Setting(padding=setting.padding)):
        return cost
    earlier = [
        before
        for other, before in zip(links, settings, strict=False)
        if (other.kind, other.kernel) == (link.kind, link.kernel) and before != Setting()
    ]
    if setting in earlier:
        return 0.1 * cost
    return cost + (_CHANGE if earlier else 0.0)
