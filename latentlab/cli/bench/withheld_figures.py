"""Whether a diagnosis names the parts of the data that were withheld from samples, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from latentlab.cli.bench import withheld
from latentlab.cli.bench.figures import Figure

_ROUNDS = 2


def measure() -> Iterator[Figure]:
    """Digits and modes of the grid, then attributes of drawn heads: minutes each."""
    for pool in (withheld.digits(), withheld.grid()):
        yield from _withheld(pool, 5)
    for style in withheld.FACES:
        yield from _withheld(withheld.faces(style), 3)


def _withheld(pool: withheld.Pool, most: int) -> Iterator[Figure]:
    """Named things where the pool is labelled; for points the modes that lie in lost regions."""
    right = missed = wrong = sound = 0
    labelled = pool.labels is not None or bool(pool.captions)
    for seed, names in withheld.trials(pool, most, _ROUNDS):
        data, samples = withheld.without(pool, names, seed)
        found = withheld.diagnosed(data, samples)
        gone = np.any([pool.traits[name] for name in names], axis=0)
        left = {name: (rows & ~gone).sum() / rows.sum() for name, rows in pool.traits.items()}
        if labelled:
            lost = set(found.lost_names)
        else:
            real = withheld.real_rows(pool, seed)
            lost = {name for name, rows in pool.traits.items() if found.in_lost_regions(rows[real]) > 0.5}
        truth = {name for name, share in left.items() if share < 0.05}
        kept = {name for name, share in left.items() if share > 0.35}
        right, missed = right + len(lost & truth), missed + len(truth - lost)
        wrong, sound = wrong + len(lost & kept), sound + len(kept - lost)
    beside = f"{right} of {right + missed}, 1 to {most} withheld, {withheld.COUNT} samples"
    recall, alarms = right / (right + missed), wrong / (wrong + sound)
    yield Figure(f"{pool.name}: withheld parts that are named", recall, "x", "at least", 0.95, beside)
    beside = f"{wrong} of {wrong + sound}"
    yield Figure(f"{pool.name}: parts that are drawn, called lost", alarms, "x", "at most", 0.05, beside)
