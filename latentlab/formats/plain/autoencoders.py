"""Variational autoencoders: which rows are the encoder, its two heads and the decoder, in whatever order."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor

from latentlab.formats.plain.choices import Option
from latentlab.formats.plain.conditions import CodeReading
from latentlab.formats.plain.decoders import Answers, class_first, is_decoder
from latentlab.formats.plain.geometry import Geometry, shrinking
from latentlab.formats.plain.parts import Part, reordered, row_parts, weighted_part
from latentlab.formats.plain.pictures import square_root
from latentlab.formats.plain.pieces import Link, Row, fits, halves_of, settled, side_between
from latentlab.formats.plain.records import Tensors
from latentlab.models.steps import Conv, Linear, Reshape


@dataclass(frozen=True)
class Autoencoder:
    """Rows of a file in their parts."""

    decoder: Row
    z_dim: int
    encoder: Row
    """Empty where the picture goes straight into the heads."""
    heads: tuple[Link, ...]
    """mu and logvar; or one layer that makes both, (2 * z_dim) wide."""
    rest: tuple[Row, ...]
    shrink: Callable[[Row, int, int], list[Geometry]] = field(
        default_factory=lambda: functools.cache(shrinking), compare=False
    )
    """`shrinking`, which every reading of the decoder asks for again."""


@dataclass(frozen=True, slots=True)
class Split:
    """How one wide head holds mu and logvar, or which of two heads is which."""

    mu: int = 0
    """0 if mu comes first."""
    interleaved: bool = False


def autoencoders(rows: Sequence[Row]) -> list[Autoencoder]:
    """Every way to see an encoder, heads and a decoder in the rows, the one that leaves least over first."""
    return sorted(
        _autoencoders(rows), key=lambda found: (len(found.rest), found.decoder[0].inputs != found.z_dim)
    )


def _autoencoders(rows: Sequence[Row]) -> Iterator[Autoencoder]:
    rows = [half for row in rows for half in halves_of(row)]
    for i, row in enumerate(rows):
        for j, other in enumerate(rows):
            if i != j and _twins(row[-1], other[0]) and (len(other) == 1 or j > i):
                others = [r for k, r in enumerate(rows) if k not in (i, j)]
                heads = (row[-1], replace(row[-1], record=other[0].record, followers=other[0].followers))
                pool = [r for r in (row[:-1], other[1:], *others) if r]
                yield from _assemble(pool, heads, row[-1].outputs)
    for i, row in enumerate(rows):
        if row[-1].outputs % 2 == 0 and not is_decoder(row):
            others = [r for k, r in enumerate(rows) if k != i]
            pool = [r for r in (row[:-1], *others) if r]
            yield from _assemble(pool, (row[-1],), row[-1].outputs // 2)


def split_options(heads: tuple[Link, ...]) -> list[Option]:
    """Where mu and logvar lie. What is drawn does not depend on it, so the unusual answers are dear."""
    if len(heads) == 2:
        return [
            Option("", "", {"split": Split()}),
            Option("logvarfirst", "logvar before mu", {"split": Split(mu=1)}, 1.6),
        ]
    return [
        Option("", "", {"split": Split()}),
        Option("interleaved", "mu and logvar interleaved", {"split": Split(interleaved=True)}, 0.7),
        Option("logvarfirst", "logvar before mu", {"split": Split(mu=1)}, 1.6),
    ]


@dataclass(frozen=True)
class EncoderParts:
    """Our encoder, and where its tensors come from."""

    steps: list[Part]
    mu: Part
    logvar: Part
    condition_at: int | None
    cost: float
    """How unusual its geometry is."""


def path_options(encoder: Row) -> list[Option]:
    """How the encoder's convolutions shrink the picture: those with odd kernels stride, or are pooled."""
    usual = Option("", "", {"path": 0})
    if all(link.kind == "linear" or link.kernel % 2 == 0 for link in encoder):
        return [usual]
    return [usual, Option("enc2", "the encoder's second likeliest strides", {"path": 1}, 0.5)]


def encoder_parts(
    found: Autoencoder, answers: Answers, code: CodeReading, channels: int, *, split: Split, path: int
) -> EncoderParts | None:
    """The encoder for one way to read the decoder; None where it does not fit that picture."""
    encoder, head, side = found.encoder, found.heads[0], answers.geometry.side
    first = encoder[0] if encoder else head
    told = code.condition.width if code.condition else 0
    extra = first.inputs - (channels * side**2 if first.kind == "linear" else channels)
    if extra not in (0, told):
        return None
    late = 0 if extra or not encoder else _class_at_head(encoder[-1], head, told)
    end = _end_side(encoder, head, late)
    convolutions = tuple(link for link in (*encoder, head) if link.kind != "linear")
    paths = found.shrink(convolutions, side, end) if convolutions else []
    if convolutions and len(paths) <= path:
        return None
    settings = paths[path].settings if paths else ()
    activations = [None if _has_slopes(link) else answers.hidden for link in encoder]
    parts = row_parts(encoder, settings, style=answers.style, activations=activations)
    if encoder and encoder[-1].kind != "linear" and head.kind == "linear":
        parts.append(Part(Reshape((encoder[-1].outputs * end**2,))))
    heads = [weighted_part(link, settings[-1] if link.kind != "linear" else None) for link in found.heads]
    if code.class_first and extra and encoder:
        parts[0] = reordered(parts[0], class_first(told))
    elif code.class_first and (extra or late):
        heads = [reordered(part, class_first(told)) for part in heads]
    condition_at = 0 if extra else len(parts) if late else None
    if first.kind == "linear":
        parts = [Part(Reshape((channels * side**2,))), *parts]
        condition_at = None if condition_at is None else condition_at + 1
    return EncoderParts(parts, *_split(heads, split), condition_at, paths[path].cost if paths else 0.0)


def _assemble(pool: Sequence[Row], heads: tuple[Link, ...], z_dim: int) -> Iterator[Autoencoder]:
    """Find decoder and encoder among the rows that are left beside the heads."""
    for decoder, used in _decoders(pool):
        if decoder[0].inputs < z_dim:
            continue
        rest = [row for row in pool if not any(row is other for other in used)]
        for encoder in [*rest, ()]:
            if _leads_to(encoder, heads[0], decoder):
                left = tuple(row for row in rest if row is not encoder)
                yield Autoencoder(decoder, z_dim, encoder, heads, left)


def _decoders(pool: Sequence[Row]) -> Iterator[tuple[Row, tuple[Row, ...]]]:
    """Rows from a code to a picture, also those whose parts lie scattered in the file."""
    for parts, most in ((1, len(pool)), (2, 30), (3, 8)):
        if len(pool) > most:
            return
        for rows in itertools.permutations(pool, parts):
            if all(fits(before[-1], after[0]) for before, after in itertools.pairwise(rows)):
                whole = settled(tuple(link for row in rows for link in row))
                if is_decoder(whole):
                    yield whole, rows


def _leads_to(encoder: Row, head: Link, decoder: Row) -> bool:
    """Whether a row may be the encoder before this head (checked exactly once the picture is known)."""
    last = decoder[-1]
    if not encoder:
        return head.kind == "linear" and last.kind == "linear" and head.inputs >= last.outputs
    first, end = encoder[0], encoder[-1]
    if first.kind == "transposed" or end.kind == "transposed":
        return False
    takes_pixels = (
        first.inputs >= last.outputs if first.kind == last.kind == "linear" else first.kind == "conv"
    )
    if end.kind == head.kind:
        return takes_pixels and 0 <= head.inputs - end.outputs < 1024
    return takes_pixels and head.kind == "linear" and head.inputs >= end.outputs


def _class_at_head(before: Link, head: Link, told: int) -> int:
    """How many of the head's inputs stand for the class."""
    if not told or head.inputs <= told:
        return 0
    width = head.inputs - told
    if before.kind == head.kind:
        return told if before.outputs == width else 0
    fits_without = head.inputs % before.outputs == 0 and square_root(head.inputs // before.outputs)
    fits_with = width % before.outputs == 0 and square_root(width // before.outputs)
    return told if fits_with and not fits_without else 0


def _end_side(encoder: Row, head: Link, late: int) -> int:
    """Side of the picture that the encoder's convolutions end in."""
    for before, after in itertools.pairwise(encoder):
        if before.kind != "linear" and after.kind == "linear":
            return side_between(before, after)
    if encoder and encoder[-1].kind != "linear" and head.kind == "linear":
        return square_root((head.inputs - late) // encoder[-1].outputs)
    return 1


def _twins(first: Link, second: Link) -> bool:
    return (
        first.record is not second.record
        and first.record.kind == second.record.kind
        and first.record.shape == second.record.shape
        and first.record.bias_size == second.record.bias_size
        and not any(follower.kind == "norm" for follower in (*first.followers, *second.followers))
    )


def _has_slopes(link: Link) -> bool:
    return any(follower.kind == "slopes" for follower in link.followers)


def _split(heads: list[Part], split: Split) -> tuple[Part, Part]:
    """mu and logvar as layers of their own."""
    if len(heads) == 2:
        return heads[split.mu], heads[1 - split.mu]
    head = heads[0]
    assert isinstance(head.step, (Linear, Conv))
    z_dim = head.step.outputs // 2
    step = replace(head.step, outputs=z_dim)
    halves = (
        (slice(0, None, 2), slice(1, None, 2)) if split.interleaved else (slice(z_dim), slice(z_dim, None))
    )

    def take(leaf: Callable[[Tensors], Tensor], rows: slice) -> Callable[[Tensors], Tensor]:
        return lambda tensors: leaf(tensors)[rows]

    parts = [Part(step, {name: take(leaf, rows) for name, leaf in head.leaves.items()}) for rows in halves]
    return parts[split.mu], parts[1 - split.mu]
