"""Two first layers side by side, one of z and one of the class, seen as one layer of both.

Features put side by side are what one layer makes whose weight is zero between z and the class's features.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from latentlab.formats.plain.conditions import CodeReading
from latentlab.formats.plain.pieces import Link, Row
from latentlab.formats.plain.records import Record, Tensors
from latentlab.models.stack import Condition


@dataclass(frozen=True)
class JoinedRecord(Record):
    """Layers side by side."""

    branches: tuple[Record, ...] = field(default=(), kw_only=True)

    def tensor(self, role: str, tensors: Tensors) -> Tensor:
        return torch.cat([branch.tensor(role, tensors) for branch in self.branches])

    def weight(self, tensors: Tensors, *, output_axis: int = 0) -> Tensor:
        if self.kind not in ("linear", "spatial"):
            return self.tensor("weight", tensors)
        weights = [branch.weight(tensors, output_axis=output_axis) for branch in self.branches]
        whole = weights[0].new_zeros(self.shape)
        row = column = 0
        for weight in weights:
            rows, columns = weight.shape[:2]
            whole[row : row + rows, column : column + columns] = weight
            row, column = row + rows, column + columns
        return whole


def branched(rows: Sequence[Row]) -> Iterator[tuple[Row, CodeReading, tuple[Row, ...]]]:
    """Rows whose first layer is two side by side, what the code then is, and the rows that are left."""
    for index in range(len(rows) - 2):
        first, second, body = rows[index : index + 3]
        if len(first) > 1 or len(second) > 1 or first[0].kind != second[0].kind:
            continue
        if first[0].outputs + second[0].outputs != body[0].inputs or first[0].inputs == second[0].inputs:
            continue
        rest = (*rows[:index], *rows[index + 3 :])
        for a, b in itertools.permutations((first[0], second[0])):
            joined = _side_by_side(a, b)
            if joined is not None:
                z_dim, classes = max(a.inputs, b.inputs), min(a.inputs, b.inputs)
                code = CodeReading(z_dim, Condition(classes), class_first=a.inputs == classes)
                yield (joined, *body), code, rest


def _side_by_side(first: Link, second: Link) -> Link | None:
    if len(first.followers) != len(second.followers):
        return None
    followers = [
        _join(a, b, (a.shape[0] + b.shape[0],))
        for a, b in zip(first.followers, second.followers, strict=True)
    ]
    a, b = first.record, second.record
    if a.shape[2:] != b.shape[2:]:
        return None
    shape = (a.shape[0] + b.shape[0], a.shape[1] + b.shape[1], *a.shape[2:])
    record = _join(a, b, shape)
    if record is None or any(follower is None for follower in followers):
        return None
    return replace(
        first,
        record=record,
        inputs=first.inputs + second.inputs,
        outputs=first.outputs + second.outputs,
        followers=tuple(follower for follower in followers if follower is not None),
    )


def _join(first: Record, second: Record, shape: tuple[int, ...]) -> Record | None:
    if first.kind != second.kind or set(first.keys) != set(second.keys):
        return None
    bias = first.bias_size + second.bias_size
    return JoinedRecord(first.kind, shape, first.path, first.keys, bias, branches=(first, second))
