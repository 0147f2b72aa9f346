"""The latent space: which of its directions do nothing, where it falls into few modes, what truncation costs."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.diagnosis.codes import sensitivity
from latentlab.diagnosis.estimate import Estimate, bootstrap
from latentlab.diagnosis.prdc import K, expected_coverage, neighbourhoods
from latentlab.diagnosis.progress import Watch, stretch
from latentlab.diagnosis.sampling import condition_of, draw, draw_z, drawing, latents, to_pictures, walk
from latentlab.diagnosis.session import Session
from latentlab.diagnosis.stages.variety import variety
from latentlab.errors import Cancelled

_DRAWS = 1024
"""Samples that looking for dead directions may take."""
_DEAD = 0.02
"""A direction is dead below this share of the change that all together make, were it spread evenly."""
_SIDE, _EVERY, _PLANE_REACH = 24, 4, 1.5
_WALK, _CORNERS, _MOVES, _VALUES = 17, 3, 24, 8
_PSI = (0.3, 0.5, 0.7, 0.85, 1.0)
_TRUNCATED = 400
_BATCH = 64


@torch.no_grad()
def directions(session: Session, watch: Watch) -> None:
    """Mean change of the picture when one number of z is drawn anew."""
    generator = session.model.generator
    width = generator.capabilities.z_dim
    if not width:
        return
    repeats = max(2, min(16, _DRAWS // width))
    seed = session.options.seed
    z = latents(generator, range(seed, seed + repeats))
    other = latents(generator, range(seed + repeats, seed + 2 * repeats))
    condition = condition_of(generator, session.asked.part(slice(0, repeats)))
    psi = session.options.psi
    base = draw_z(generator, z, condition, psi).flatten(1)
    whole = _change(draw_z(generator, other, condition, psi).flatten(1), base)
    effects = np.empty((repeats, width))
    for number in range(width):
        moved = z.clone()
        moved[:, number] = other[:, number]
        effects[:, number] = _change(draw_z(generator, moved, condition, psi).flatten(1), base)
        _go_on(watch, number / width)
    dead = _dead(effects, whole)
    session.writer.put("direction_effect", effects.mean(0))
    session.writer.put("direction_dead", dead)
    session.figure(
        "dead_directions",
        "latent",
        "Dead directions",
        "numbers of z that hardly change the picture when drawn anew",
        bootstrap(lambda part, of_all: float(_dead(part, of_all).sum()), effects, whole, paired=True),
        f"{int(dead.sum())} of {width} numbers of z do nothing."
        if dead.any()
        else f"All {width} numbers of z change the picture.",
        data=0.0,
        better="lower",
        of=width,
    )


@torch.no_grad()
def basins(session: Session, watch: Watch) -> None:
    """Which region of the data each place of a plane of z falls into."""
    generator, bins = session.model.generator, session.bins
    if bins is None or generator.capabilities.z_dim < 2:
        return
    seeds = np.arange(3) + session.options.seed
    corners = latents(generator, seeds)
    length = corners.shape[1] ** 0.5
    right = _unit(corners[1])
    up = _unit(corners[2] - (corners[2] @ right) * right)
    if corners.shape[1] == 2:  # the plane is the whole latent space
        middle, right, up = torch.zeros(2), torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    else:
        middle = torch.zeros_like(right)
    along = torch.linspace(-1, 1, _SIDE) * _PLANE_REACH * length
    places = [middle + x * right + y * up for y in reversed(along) for x in along]
    condition = condition_of(generator, session.asked.part(slice(0, 1)))
    drawn = _draw_all(session, torch.stack(places), condition, stretch(watch, 0, 0.7))
    features = session.on_axes(session.features(drawn, stretch(watch, 0.7, 1.0)))
    members = bins.members(features).reshape(_SIDE, _SIDE)
    session.writer.put("basin_bin", members)
    session.writer.put("basin_seeds", seeds)
    session.writer.put("basin_reach", np.array(_PLANE_REACH))
    if drawn.ndim == 4:
        grid = drawn.reshape(_SIDE, _SIDE, *drawn.shape[1:])
        session.writer.put("basin_pictures", grid[_EVERY // 2 :: _EVERY, _EVERY // 2 :: _EVERY])
    present = len(np.unique(members))
    session.figure(
        "basins",
        "latent",
        "Regions that a plane of z reaches",
        "bins among samples of a plane through the middle",
        float(present),
        f"A plane through the latent space reaches {present} of {len(bins.centres)} regions of the data.",
        of=len(bins.centres),
    )


@torch.no_grad()
def along_a_walk(session: Session, watch: Watch) -> None:
    """Singular values of the Jacobian along a walk: flat is collapsed."""
    generator = session.model.generator
    width = generator.capabilities.z_dim
    if width < 2:
        return
    seeds = [session.options.seed + number for number in range(_CORNERS)]
    condition = condition_of(generator, session.asked.part(slice(0, 1)))
    function = drawing(generator, condition)
    moves = _frame(width, min(width, _MOVES))
    places, values, stops = [], [], []
    for place, z in walk(generator, seeds, _WALK):
        _go_on(watch, place / (_CORNERS - 1))

        def near(shift: Tensor, z: Tensor = z) -> Tensor:
            return function(z + shift @ moves)

        places.append(place)
        stops.append(z)
        values.append(sensitivity(near, torch.zeros(len(moves)), min(_VALUES, len(moves)), batch=_BATCH))
    found = np.array(values) * np.sqrt(width / len(moves))
    session.writer.put("walk_seeds", np.array(seeds))
    session.writer.put("walk_places", np.array(places))
    session.writer.put("walk_values", found)
    drawn = function(torch.stack(stops))
    if drawn.ndim == 4:
        session.writer.put("walk_pictures", to_pictures(drawn))
    strongest = found[:, 0]
    flat = float(strongest.min() / max(np.median(strongest), 1e-12))
    session.figure(
        "flattest",
        "latent",
        "Flattest place of a walk",
        "least over median largest singular value of the Jacobian along a walk",
        flat,
        f"Where the walk is flattest, pictures move {flat:.0%} as much as usual; near 0 many "
        f"latents give one picture.",
        better="higher",
        bias="Of one walk over three seeds: other walks have other flat places.",
    )


def truncation(session: Session, watch: Watch) -> None:
    """Variety, coverage and precision over truncation."""
    generator = session.model.generator
    can = generator.capabilities
    if not can.has_truncation or not can.num_codes or session.data.is_points or not can.has_mapping:
        return
    count = min(_TRUNCATED, len(session.generated))
    real = session.real[np.sort(np.random.default_rng(0).permutation(len(session.real))[: 2 * count])]
    rows: dict[str, list[tuple[float, float, float]]] = {"variety": [], "coverage": [], "precision": []}
    for place, psi in enumerate(_PSI):
        part = stretch(watch, place / len(_PSI), (place + 1) / len(_PSI))
        asked = session.asked.part(slice(0, count))
        if psi == session.options.psi:
            features = session.fake[:count]
        else:
            asked = type(asked)(asked.seeds, asked.classes, asked.captions, None, psi)
            drawn = draw(
                generator, asked, store=session.store, key=session.model.key, watch=stretch(part, 0, 0.7)
            )
            features = session.on_axes(session.features(drawn, stretch(part, 0.7, 1.0)))
        near = neighbourhoods(real, features, K)
        for name, value in (
            ("variety", variety(real, features)),
            ("coverage", near.coverage),
            ("precision", near.precision),
        ):
            rows[name].append(_row(value))
    session.writer.put("truncation_psi", np.array(_PSI))
    for name, table in rows.items():
        session.writer.put(f"truncation_{name}", np.array(table))
    kept = rows["variety"][_PSI.index(0.7)][0] / max(rows["variety"][-1][0], 1e-12)
    session.figure(
        "truncation_cost",
        "latent",
        "Variety left at truncation 0.7",
        "variety at psi 0.7 over that at 1",
        kept,
        f"Truncation to 0.7 leaves {kept:.0%} of the variety "
        f"(coverage {rows['coverage'][-1][0]:.0%} at 1, {rows['coverage'][_PSI.index(0.7)][0]:.0%} at 0.7, of "
        f"{expected_coverage(len(real), count):.0%} possible).",
    )


def _draw_all(session: Session, z: Tensor, condition: Tensor | None, watch: Watch) -> np.ndarray:
    function = drawing(session.model.generator, condition)
    parts = []
    for begin in range(0, len(z), _BATCH):
        _go_on(watch, begin / len(z))
        drawn = function(z[begin : begin + _BATCH])
        parts.append(drawn.float().numpy() if drawn.ndim == 2 else to_pictures(drawn))
    return np.concatenate(parts)


def _frame(width: int, count: int) -> Tensor:
    """`count` orthonormal directions (count, width): all there are, or random ones, the same every time."""
    if count == width:
        return torch.eye(width)
    random = np.random.RandomState(0).standard_normal((width, count))
    return torch.from_numpy(np.linalg.qr(random)[0].T.astype(np.float32))


def _change(a: Tensor, b: Tensor) -> NDArray[np.float64]:
    """Root mean square of the difference of each pair of pictures, (N,)."""
    return (a - b).square().mean(1).sqrt().double().cpu().numpy()


def _dead(effects: NDArray[np.floating], whole: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Numbers of z that do nothing, (D,), by the changes that each (N, D) and that all (N,) make."""
    dead: NDArray[np.bool_] = effects.mean(0) < _DEAD * whole.mean() / np.sqrt(effects.shape[1])
    return dead


def _unit(vector: Tensor) -> Tensor:
    unit: Tensor = vector / vector.norm().clamp_min(1e-12)
    return unit


def _row(value: Estimate) -> tuple[float, float, float]:
    return value.value, value.low, value.high


def _go_on(watch: Watch, share: float) -> None:
    if watch(share):
        raise Cancelled
