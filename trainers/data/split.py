"""Which items are held out: the same ones every time, from every class, hardly others when the source grows."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def split(
    names: Sequence[str], digests: Sequence[str], labels: Sequence[object], share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the items to train on and of those held out, each in an order that mixes the classes.

    An item's place in that order is a hash of its name alone. A new item can push at most one other of its class
    out of the held-out part, or let one in. Equal pictures go together, so that none is on both sides.

    Args:
        names: of the items, (N,).
        digests: equal for equal items, (N,).
        labels: classes of the items, (N,); each class gives its share.
        share: of the items to hold out. At least one item is held out, and one is not, where there are two.
    """
    ranks = _ranks(names, digests)
    held = np.zeros(len(names), bool)
    classes: dict[object, list[int]] = defaultdict(list)
    for index, label in enumerate(labels):
        classes[label].append(index)
    for members in classes.values():
        _hold_out(held, ranks, members, round(share * len(members)))
    everything = list(range(len(names)))
    if not held.any():
        _hold_out(held, ranks, everything, 1)
    if not held.any() and len(everything) > 1:  # all are equal
        held[everything[-1]] = True
    order = np.array(sorted(everything, key=lambda index: (ranks[index], index)), np.int64)
    return order[~held[order]], order[held[order]]


def _hold_out(held: NDArray[np.bool_], ranks: list[bytes], members: list[int], count: int) -> None:
    """Hold out `count` of the members, those of least rank, or half as many more where equal ones go together."""
    groups: dict[bytes, list[int]] = defaultdict(list)
    for index in members:
        groups[ranks[index]].append(index)
    done = 0
    for rank in sorted(groups):
        if done >= count:
            break
        if done + len(groups[rank]) <= count + count // 2:
            held[groups[rank]] = True
            done += len(groups[rank])


def _ranks(names: Sequence[str], digests: Sequence[str]) -> list[bytes]:
    """A hash of each item's name; items with equal pictures share that of the first name."""
    first: dict[str, str] = {}
    for name, digest in zip(names, digests, strict=True):
        first[digest] = min(first.get(digest, name), name)
    hashes = {
        digest: hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for digest, name in first.items()
    }
    return [hashes[digest] for digest in digests]
