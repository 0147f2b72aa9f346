"""ResNet image translators: a row from a picture to a picture with a run of residual blocks in the middle."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from latentlab.formats.plain.choices import Option
from latentlab.formats.plain.geometry import Setting
from latentlab.formats.plain.parts import NormStyle, Padding, Part, behind, nested, weighted_part
from latentlab.formats.plain.pictures import CHANNELS
from latentlab.formats.plain.pieces import Link, Row
from latentlab.formats.plain.records import Record
from latentlab.models.stack import SIGNED, UNIT, ImageRange
from latentlab.models.steps import Activation, Norm, Upsample

Ending = Literal["tanh", "sigmoid", "linear", "bytes"]

_PADDINGS: dict[str, tuple[str, frozenset[str]]] = {
    "": ("", frozenset(("edges", "residual"))),
    "reflectall": ("reflection everywhere", frozenset(("edges", "residual", "down", "up"))),
    "reflectup": ("reflection also before enlarging", frozenset(("edges", "residual", "up"))),
    "reflectedges": ("reflection at first and last layer", frozenset(("edges",))),
    "zeropad": ("zero padding", frozenset()),
}
_ENDINGS: dict[Ending, tuple[str, Activation | None, ImageRange]] = {
    "tanh": ("tanh, -1 to 1", Activation("tanh"), SIGNED),
    "sigmoid": ("sigmoid, 0 to 1", Activation("sigmoid"), UNIT),
    "linear": ("plain numbers, -1 to 1", None, SIGNED),
    "bytes": ("plain numbers, 0 to 255", None, ImageRange(0.0, 255.0)),
}


@dataclass(frozen=True)
class TranslatorRow:
    """A row in its parts."""

    entry: Row
    """The first convolution and those that halve the picture."""
    residual: Row
    """The convolutions of the residual blocks, two each."""
    exit: Row
    """Those that double the picture, and the last convolution."""

    @property
    def halvings(self) -> int:
        return len(self.entry) - 1


@dataclass(frozen=True, slots=True)
class TranslatorAnswers:
    """One way to settle what shapes leave open."""

    style: NormStyle
    bare_norms: bool
    """Norms without tensors (instance norm) stand behind every convolution but the last."""
    reflected: frozenset[str]
    """Which layers pad by reflection: "edges" (first and last), "residual", "down", "up"; others by zeros."""
    ending: Ending
    upsample_mode: Literal["nearest", "bilinear"] = "nearest"


def translator_rows(row: Row) -> TranslatorRow | None:
    """The row as a translator, or None if it is none."""
    if any(link.kind == "linear" for link in row) or len(row) < 5:
        return None
    if row[0].inputs not in CHANNELS or row[-1].outputs not in CHANNELS or row[0].kernel < 3:
        return None
    widest = max(link.outputs for link in row)
    middle = [i for i, link in enumerate(row) if link.inputs == link.outputs == widest]
    if len(middle) < 2 or len(middle) % 2 or middle[-1] - middle[0] + 1 != len(middle):
        return None
    found = TranslatorRow(row[: middle[0]], row[middle[0] : middle[-1] + 1], row[middle[-1] + 1 :])
    grows = all(a.outputs < b.outputs for a, b in itertools.pairwise(found.entry))
    shrinks = all(a.outputs > b.outputs for a, b in itertools.pairwise(found.exit))
    odd = all(link.kernel % 2 for link in (*found.entry, *found.residual))
    return found if grows and shrinks and odd and len(found.exit) == len(found.entry) > 1 else None


def translator_questions(found: TranslatorRow) -> list[list[Option]]:
    """What the shapes leave open."""
    row = (*found.entry, *found.residual, *found.exit)
    norms = [follower for link in row for follower in link.followers if follower.kind == "norm"]
    resized = found.exit[0].kind == "conv"
    endings: dict[Ending, float] = {"tanh": 0.0, "sigmoid": 1.2, "linear": 1.6, "bytes": 1.0}
    paddings = {"": 0.0, "reflectall": 0.9, "reflectup": 1.0, "reflectedges": 1.2, "zeropad": 1.3}
    if norms and norms[0].is_affine and resized:  # the layout of Johnson et al.
        endings = {"bytes": 0.0, "tanh": 0.5, "linear": 1.2, "sigmoid": 1.5}
        paddings["reflectall"], paddings[""] = 0.0, 0.4
    if not resized:
        del paddings["reflectup"]
    bare = [Option("", "", {"bare_norms": False})]
    if not norms:
        none = Option("nonorm", "no normalisation", {"bare_norms": False}, 2.0)
        bare = [Option("", "", {"bare_norms": True}), none]
    questions = [
        bare,
        _styles(norms, johnson=resized),
        [Option(key, _ENDINGS[key][0], {"ending": key}, cost) for key, cost in endings.items()],
        [Option(key, _PADDINGS[key][0], {"reflected": _PADDINGS[key][1]}, c) for key, c in paddings.items()],
    ]
    if resized:
        bilinear = Option("bilinear", "bilinear enlargement", {"upsample_mode": "bilinear"}, 0.8)
        questions.append([Option("", "", {"upsample_mode": "nearest"}), bilinear])
    return questions


def translator_parts(found: TranslatorRow, answers: TranslatorAnswers) -> list[Part]:
    """Our steps, and where their tensors come from."""
    relu = Activation("relu")

    def finish(link: Link, activation: Activation | None) -> list[Part]:
        bare = [Part(Norm("instance", link.outputs, affine=False))] if answers.bare_norms else []
        return [*bare, *behind(link, answers.style, activation)]

    def convolve(link: Link, place: str, stride: int = 1) -> Part:
        padding: Padding = "reflect" if place in answers.reflected else "zeros"
        return weighted_part(link, Setting(stride, link.kernel // 2), padding_mode=padding)

    parts = [convolve(found.entry[0], "edges"), *finish(found.entry[0], relu)]
    for link in found.entry[1:]:
        parts += [convolve(link, "down", stride=2), *finish(link, relu)]
    for first, second in zip(found.residual[::2], found.residual[1::2], strict=True):
        inner = [convolve(first, "residual"), *finish(first, relu)]
        parts.append(nested([*inner, convolve(second, "residual"), *finish(second, None)]))
    for link in found.exit[:-1]:
        if link.kind == "conv":
            parts += [Part(Upsample(2, answers.upsample_mode)), convolve(link, "up")]
        else:
            setting = Setting(2, (link.kernel - 1) // 2, output_padding=link.kernel % 2)
            parts.append(weighted_part(link, setting))
        parts += finish(link, relu)
    last = found.exit[-1]
    return [*parts, convolve(last, "edges"), *behind(last, answers.style, _ENDINGS[answers.ending][1])]


def ending_range(ending: Ending) -> ImageRange:
    """The numbers of black and white."""
    return _ENDINGS[ending][2]


def _styles(norms: Sequence[Record], *, johnson: bool) -> list[Option]:
    """Running statistics belong to batch norms, or to instance norms of old torch, which do not use them."""
    batch = {"style": NormStyle()}
    if not norms or not norms[0].has_statistics:
        return [Option("", "", batch)]
    affine = norms[0].is_affine
    instance_cost = 0.0 if not affine else 0.4 if johnson else 0.9
    return [
        Option("bn", "batch norm", batch, 0.0 if affine else 0.6),
        Option("in", "instance norm", {"style": NormStyle(ignore_statistics=True)}, instance_cost),
    ]
