"""Layers in a row: which of a file's layers feed one another, and in which direction each convolution runs.

A weight (a, b, k, k) is a convolution of b channels or a transposed convolution of a. Only the layers around it
tell, so all possibilities are followed until one row of layers remains.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from latentlab.formats.plain.pictures import CHANNELS, pixels_cost, square_root
from latentlab.formats.plain.records import Record

Kind = Literal["linear", "conv", "transposed"]


@dataclass(frozen=True)
class Link:
    """A weighted layer with its direction, and the normalisation and slopes behind it."""

    record: Record
    kind: Kind
    inputs: int
    outputs: int
    followers: tuple[Record, ...] = field(default=(), hash=False)
    """Norms and PReLU slopes between this layer and the next, in order."""

    @property
    def kernel(self) -> int:
        return self.record.shape[2] if self.record.kind == "spatial" else 1

    @property
    def is_square(self) -> bool:
        """Shapes do not tell the direction."""
        return self.kind != "linear" and self.inputs == self.outputs

    @property
    def draws_a_picture(self) -> bool:
        """Narrows down to grey or RGB."""
        return self.kind != "linear" and self.outputs in CHANNELS and self.inputs > self.outputs


Row = tuple[Link, ...]


def rows_of(records: Sequence[Record]) -> list[Row]:
    """Cut a file's layers into the longest rows whose widths fit, in file order.

    No rows if there are norms before all other layers (where names were sorted) that belong to none of them.
    """
    weighted = [index for index, record in enumerate(records) if record.is_weighted]
    options = []
    for place, index in enumerate(weighted):
        end = weighted[place + 1] if place + 1 < len(weighted) else len(records)
        options.append(_directions(records[index], tuple(records[index + 1 : end])))
    rows: list[Row] = []
    start = 0
    while start < len(options):
        row = _longest(options[start:])
        rows.append(settled(row))
        start += len(row)
    early = [record for record in records[: weighted[0] if weighted else 0] if record.kind == "norm"]
    placed, left = _deal([link for row in rows for link in row], early)
    if left:
        return []
    rest = iter(placed)
    rows = [tuple(itertools.islice(rest, len(row))) for row in rows]
    return [part for row in rows for part in _cut_at_picture(_place_late_norms(row))]


def side_between(before: Link, after: Link) -> int:
    """Side of the picture at the step from flat features to a picture or back; 0 where they do not fit."""
    wide, narrow = (
        (before.outputs, after.inputs) if before.kind == "linear" else (after.inputs, before.outputs)
    )
    return square_root(wide // narrow) if wide % narrow == 0 else 0


def _directions(record: Record, followers: tuple[Record, ...]) -> list[Link]:
    first, second = record.shape[:2]
    if record.kind == "linear":
        links = [Link(record, "linear", second, first, followers)]
    else:
        links = [
            Link(record, "conv", second, first, followers),
            Link(record, "transposed", first, second, followers),
        ]
    links = [link for link in links if record.bias_size in (0, link.outputs)]
    norms = [follower.shape[0] for follower in followers if follower.kind == "norm"]
    return [link for link in links if not norms or link.outputs % norms[0] == 0] or links


def fits(before: Link, after: Link) -> bool:
    """Whether a layer may follow another."""
    if before.draws_a_picture and not after.is_square:
        return False  # a picture was finished: what follows is another network
    if (before.kind == "linear") == (after.kind == "linear"):
        return before.outputs == after.inputs
    return side_between(before, after) > 0


def _longest(options: list[list[Link]]) -> Row:
    """The longest row from the first layer on."""
    paths: list[Row] = [(link,) for link in options[0]]
    for links in options[1:]:
        longer = [(*path, link) for path in paths for link in links if fits(path[-1], link)]
        if not longer:
            break
        # A square layer fits both ways; which way is settled later, so one path is enough.
        unique = {
            (path[0].kind, path[-1].outputs, path[-1].kind == "linear"): path for path in reversed(longer)
        }
        paths = list(unique.values())
    return paths[0]


def settled(row: Row) -> Row:
    """Give a square layer the direction of the last layer like it, or of the next; else even kernels transpose."""
    known = [index for index, link in enumerate(row) if link.kind != "linear" and not link.is_square]

    def settle(index: int, link: Link) -> Link:
        if not link.is_square:
            return link
        alike = [other for other in known if row[other].kernel == link.kernel]
        if alike:
            before = [other for other in alike if other < index]
            return replace(link, kind=row[before[-1] if before else alike[0]].kind)
        only_convolutions = bool(known) and all(row[other].kind == "conv" for other in known)
        return replace(link, kind="conv" if link.kernel % 2 or only_convolutions else "transposed")

    return tuple(settle(index, link) for index, link in enumerate(row))


def _place_late_norms(row: Row) -> Row:
    """Norms that were declared after all layers are dealt out, in order, to the layers they fit."""
    late = [follower for follower in row[-1].followers if follower.kind == "norm"]
    if len(late) < 2 or any(link.followers for link in row[:-1]):
        return row
    dealt, left = _deal(row[:-1], late)
    return (*dealt, replace(row[-1], followers=tuple(left)))


def _deal(links: Sequence[Link], norms: Sequence[Record]) -> tuple[list[Link], list[Record]]:
    """Give each norm, in order, to the next layer that it fits and that has none; and those left over."""
    waiting = list(norms)
    dealt = []
    for link in links:
        if waiting and not link.followers and link.outputs % waiting[0].shape[0] == 0:
            link = replace(link, followers=(waiting.pop(0),))
        dealt.append(link)
    return dealt, waiting


def _cut_at_picture(row: Row) -> list[Row]:
    """Cut flat layers that widen to a picture and narrow again: a generator and what judges or encodes it."""
    if any(link.kind != "linear" for link in row):
        return [row]
    ends = max(row[0].inputs, row[-1].outputs)
    pictures = [
        (cost, -link.outputs, index + 1)
        for index, link in enumerate(row[:-1])
        if link.outputs >= 4 * ends and (cost := pixels_cost(link.outputs)) is not None
    ]
    if not pictures:
        return [row]
    _, _, cut = min(pictures)
    return [row[:cut], row[cut:]]


def halves_of(row: Row) -> list[Row]:
    """An encoder and a decoder whose layers happen to fit, cut where they are widest; else the row alone."""
    if row[0].inputs not in CHANNELS or row[-1].outputs not in CHANNELS or len(row) < 4:
        return [row]
    widest = max(link.outputs for link in row)
    cut = next((i for i, link in enumerate(row) if link.kind == "transposed" and link.inputs == widest), 0)
    cut = cut or next(i + 1 for i, link in enumerate(row) if link.outputs == widest)
    return [row[:cut], row[cut:]]
