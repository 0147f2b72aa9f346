"""Where the steps of a history lie: the line one is on at full size, what branches off it small below."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPixmap

Key = Hashable

SIDE = 57.0
SMALL = 41.0
PITCH = 74.0
SMALL_PITCH = 54.0
INSET = 12.0
TOP = 4.0
ROW_GAP = 9.0
_CAPTION = 170.0  # room kept behind a branch for its words


@dataclass(slots=True)
class HistoryNode:
    """One step. Parents stand before their children in a list of nodes."""

    key: Key
    parent: Key | None
    label: str
    pixmap: QPixmap | None = None
    starred: bool = False
    branch: str = ""
    """Name of the branch that starts here, if a person gave it one."""


@dataclass(slots=True)
class Lane:
    """Steps that follow each other on one line."""

    keys: list[Key]
    left: float
    top: float
    row: int
    """0 is the main line."""
    fork: Key | None = None
    """The step that this lane branches off."""

    def side(self) -> float:
        return SMALL if self.row else SIDE

    def pitch(self) -> float:
        return SMALL_PITCH if self.row else PITCH

    def rect(self, index: int) -> QRectF:
        return QRectF(self.left + index * self.pitch(), self.top, self.side(), self.side())

    def right(self) -> float:
        return self.left + (len(self.keys) - 1) * self.pitch() + self.side()

    def within(self, left: float, right: float) -> range:
        """The steps that touch the strip between two x."""
        first = max(int((left - self.left - self.side()) // self.pitch()) + 1, 0)
        last = min(int((right - self.left) // self.pitch()) + 1, len(self.keys))
        return range(first, max(first, last))


@dataclass(slots=True)
class HistoryLayout:
    lanes: list[Lane] = field(default_factory=list)
    place: dict[Key, tuple[int, int]] = field(default_factory=dict)
    """Of every step: its lane and where in it."""
    width: float = 0.0
    height: float = 0.0

    def rect(self, key: Key) -> QRectF:
        lane, index = self.place[key]
        return self.lanes[lane].rect(index)

    def reaches(self, lane: Lane, left: float, right: float) -> bool:
        """Whether anything of a lane lies between two x: its steps, the bend that leads to it, its words."""
        begin = lane.left if lane.fork is None else self.rect(lane.fork).left()
        return begin <= right and lane.right() + _CAPTION >= left

    def key_at(self, x: float, y: float) -> Key | None:
        for lane in self.lanes:
            if not lane.top <= y < lane.top + lane.side():
                continue
            for index in lane.within(x, x):
                if lane.rect(index).contains(x, y):
                    return lane.keys[index]
        return None


def extend(layout: HistoryLayout, node: HistoryNode) -> bool:
    """Put a step behind the last of the main line; False where it does not belong there."""
    if not layout.lanes or node.key in layout.place or layout.lanes[0].keys[-1] != node.parent:
        return False
    main = layout.lanes[0]
    layout.place[node.key] = (0, len(main.keys))
    main.keys.append(node.key)
    room = _CAPTION if len(layout.lanes) > 1 else 0.0
    layout.width = max(layout.width, main.right() + INSET + room)
    return True


def lay_out(
    nodes: Sequence[HistoryNode], current: Key | None, line: Collection[Key] = (), *, branches: bool = True
) -> HistoryLayout:
    """The main line runs from the root over `current`, then along `line`, then to the newest step after it.

    Branches take the first row below in which they have room. `branches=False` leaves them out.
    """
    result = HistoryLayout()
    if not nodes:
        return result
    children: dict[Key | None, list[Key]] = {}
    parents: dict[Key, Key | None] = {}
    for node in nodes:
        children.setdefault(node.parent, []).append(node.key)
        parents[node.key] = node.parent
    main = _main_line(nodes[0].key if current is None else current, frozenset(line), parents, children)
    _add_lane(result, Lane(main, INSET, TOP, 0))
    if branches:
        _add_branches(result, children)
    result.width = max(lane.right() for lane in result.lanes) + INSET
    if any(lane.row for lane in result.lanes):
        result.width += _CAPTION
    result.height = max(lane.top + lane.side() for lane in result.lanes) + TOP
    return result


def _main_line(
    current: Key, kept: frozenset[Key], parents: dict[Key, Key | None], children: dict[Key | None, list[Key]]
) -> list[Key]:
    line: list[Key] = []
    step: Key | None = current
    while step is not None:
        line.append(step)
        step = parents[step]
    line.reverse()
    while following := children.get(line[-1]):
        line.append(next((key for key in following if key in kept), following[-1]))
    return line


def _add_lane(layout: HistoryLayout, lane: Lane) -> None:
    layout.lanes.append(lane)
    for index, key in enumerate(lane.keys):
        layout.place[key] = (len(layout.lanes) - 1, index)


def _add_branches(layout: HistoryLayout, children: dict[Key | None, list[Key]]) -> None:
    taken: list[float] = []  # right ends of the rows, by row
    waiting = [(key, 0) for key in layout.lanes[0].keys]
    while waiting:
        fork, above = waiting.pop(0)
        for child in children.get(fork, []):
            if child in layout.place:
                continue
            line = [child]
            while following := children.get(line[-1]):
                line.append(following[-1])
            at = layout.rect(fork)
            left = at.left() + (PITCH if above == 0 else SMALL_PITCH)
            row = next((r for r, end in enumerate(taken) if end <= left and r >= above), len(taken))
            lane = Lane(line, left, TOP + SIDE + ROW_GAP + row * (SMALL + ROW_GAP), row + 1, fork)
            if row == len(taken):
                taken.append(0.0)
            taken[row] = lane.right() + _CAPTION
            _add_lane(layout, lane)
            waiting.extend((key, row + 1) for key in line)
