"""Which plain networks a file holds: every plausible reading, likeliest first, and an account of the rest."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from latentlab.errors import CheckpointError
from latentlab.formats.plain.autoencoders import (
    Autoencoder,
    EncoderParts,
    Split,
    autoencoders,
    encoder_parts,
    path_options,
    split_options,
)
from latentlab.formats.plain.branches import branched
from latentlab.formats.plain.choices import Option, likeliest, merged
from latentlab.formats.plain.conditions import CodeReading, code_options
from latentlab.formats.plain.decoders import (
    AUTOENCODER,
    Answers,
    Decoder,
    class_first,
    is_decoder,
)
from latentlab.formats.plain.parts import Part, gather, steps_of
from latentlab.formats.plain.pictures import CHANNELS, pixels_cost
from latentlab.formats.plain.pieces import Row, rows_of
from latentlab.formats.plain.records import Record, Tensors, records_of, renamed
from latentlab.formats.plain.translators import (
    TranslatorAnswers,
    TranslatorRow,
    ending_range,
    translator_parts,
    translator_questions,
    translator_rows,
)
from latentlab.formats.reading import EVERY_NETWORK, Networks, Reading
from latentlab.formats.report import Candidate
from latentlab.models.dcgan import DCGANConfig
from latentlab.models.mlp_gan import MLPGANConfig
from latentlab.models.stack import CodeConfig, layer_keys
from latentlab.models.steps import Conv, Linear
from latentlab.models.translator import TranslatorConfig
from latentlab.models.vae import VAEConfig

_MOST, _MOST_AUTOENCODERS = 12, 32
"""Readings handed back at most; autoencoders leave more open, and prove more when they are ranked."""
_MAX_LAYERS = 600
"""A file with more layers is none of these families."""
_NO_ENCODER_COST = 4.0
"""Of a reading that makes nothing of the encoder in the file."""
_MAX_ROWS = 60
"""A file whose layers do not feed one another is none of these families."""

Scored = tuple[float, Reading]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a generator lies."""

    network: str
    number: int = 0
    """Which of the generators in one state dict."""


def recognise(networks: Networks) -> list[Reading]:
    """Plausible readings of the plain families in a file, likeliest first; none where there is none."""
    scored: list[Scored] = []
    for name, tensors in networks.items():
        records = records_of(tensors)
        if len(records) <= _MAX_LAYERS:
            scored += _readings(records, name)
    if len(networks) > 1 and not any(reading.candidate.family == "vae" for _, reading in scored):
        scored = _apart(networks) or scored
    scored.sort(key=lambda item: item[0])
    most = _MOST_AUTOENCODERS if any(reading.candidate.family == "vae" for _, reading in scored) else _MOST
    return [reading for _, reading in scored[:most]]


def explain(networks: Networks) -> tuple[str, ...]:
    """For a file that was not recognised: what layers it holds, and what was missing."""
    lines: list[str] = []
    for name, tensors in networks.items():
        records = records_of(tensors)
        if not records:
            continue
        kinds = {kind: sum(record.kind == kind for record in records) for kind in _KIND_NAMES}
        counts = ", ".join(f"{count} {_KIND_NAMES[kind]}" for kind, count in kinds.items() if count)
        lines.append(f"{name or 'The file'}: {counts}")
        if len(records) > _MAX_LAYERS:
            lines.append(f"{name or 'The file'} has more layers than any plain generator.")
            continue
        broken = next((record.path for record in records if record.kind == "broken"), None)
        if broken is not None:
            lines.append(
                f"The tensors of its layer {broken[:80]!r} do not belong together: the file is damaged."
            )
            continue
        lines += [f"  {_describe(row)}" for row in rows_of(records)[:8]]
    if lines:
        lines.append(
            "Missing: layers that lead from a code to a grey or RGB picture, or from a picture to a picture "
            "through residual blocks."
        )
    return tuple(lines)


_KIND_NAMES = {
    "linear": "linear layers",
    "spatial": "convolutions",
    "norm": "normalisations",
    "slopes": "learned activations",
    "broken": "damaged layers",
}


def _describe(row: Row) -> str:
    widths = [row[0].inputs, *(link.outputs for link in row)]
    shown = " → ".join(map(str, widths if len(widths) <= 8 else [*widths[:4], "…", *widths[-3:]]))
    return f"{shown}: {_role(row)}"


def _role(row: Row) -> str:
    first, last = row[0], row[-1]
    if is_decoder(row):
        return "may be a generator"
    if translator_rows(row):
        return "may be an image translator"
    if first.kind == "conv" and first.inputs in CHANNELS:
        return "looks at pictures (a discriminator, an encoder or a classifier)"
    if first.kind == "linear" and pixels_cost(first.inputs) is not None and last.outputs < first.inputs:
        return "may look at pictures (a discriminator, an encoder or a classifier)"
    return "layers in a row"


def _readings(records: Sequence[Record], network: str) -> list[Scored]:
    if any(record.kind == "broken" for record in records):
        return []
    rows = rows_of(records)
    if len(rows) > _MAX_ROWS:
        return []
    translators = [translator for row in rows if (translator := translator_rows(row))]
    if translators:
        return [
            item
            for number, translator in enumerate(translators)
            for item in _translator_readings(translator, Place(network, number))
        ]
    for found in autoencoders(rows):
        if _is_explained(found.rest, len(found.decoder) + len(found.encoder) + 2):
            decoder = Decoder(found.decoder, AUTOENCODER)
            readings = _decoder_readings(decoder, found.rest, Place(network), found)
            if readings:
                return readings
    scored: list[Scored] = []
    for row, code, rest in branched(rows):
        if is_decoder(row) and _is_explained(rest, len(row)):
            scored += _decoder_readings(Decoder(row), rest, Place(network), None, code)
    decoders = [row for row in rows if is_decoder(row)]
    for number, row in enumerate(decoders):
        others = [other for other in rows if other not in decoders]
        if _is_explained(others, len(row)):
            scored += _decoder_readings(Decoder(row), others, Place(network, number), None)
    return scored


def _apart(networks: Networks) -> list[Scored]:
    """Readings of encoder and decoder that the file keeps as networks of their own."""
    records = [
        renamed(record, f"{name}." if name else "")
        for name, tensors in networks.items()
        for record in records_of(tensors)
    ]
    if len(records) > _MAX_LAYERS:
        return []
    return [item for item in _readings(records, EVERY_NETWORK) if item[1].candidate.family == "vae"]


def _is_explained(rows: Sequence[Row], understood: int) -> bool:
    """Whether what is left beside a generator is a critic, an embedding, or little."""
    unknown = 0
    for row in rows:
        first = row[0]
        looks = first.kind == "conv" or (first.kind == "linear" and first.inputs >= row[-1].outputs)
        if not looks and not _is_table(row):
            unknown += len(row)
    return unknown <= understood // 2


def _is_table(row: Row) -> bool:
    """An embedding of classes has the shape of a linear layer without bias."""
    return len(row) == 1 and row[0].kind == "linear" and not row[0].record.bias_size


def _decoder_readings(
    decoder: Decoder,
    others: Sequence[Row],
    place: Place,
    found: Autoencoder | None,
    code: CodeReading | None = None,
) -> list[Scored]:
    """Readings of one row.

    Args:
        decoder: the row.
        others: the network's other rows.
        place: where in the file the row lies.
        found: the autoencoder it belongs to, if any.
        code: what the code is, where its layers tell.
    """
    geometries = decoder.geometries()
    if not geometries:
        return []
    tables = [row for row in others if _is_table(row)]
    questions = decoder.questions(geometries)
    if code:
        questions.append([_told(code)])
    else:
        questions.append(code_options(decoder.code_dim, tables, found.z_dim if found else None))
    if found:
        questions += [split_options(found.heads), path_options(found.encoder)]
    scored: list[Scored] = []
    for cost, options in likeliest(questions, most=_MOST_AUTOENCODERS if found else _MOST):
        scored += _decoder_reading(decoder, found, place, options, cost + geometries[0].cost)
    return scored


def _told(code: CodeReading) -> Option:
    classes = code.condition.num_classes if code.condition else 0
    key = "branches.cz" if code.class_first else "branches.zc"
    return Option(key, f"{classes} classes beside z", {"code": code})


def _decoder_reading(
    decoder: Decoder,
    found: Autoencoder | None,
    place: Place,
    options: Sequence[Option],
    cost: float,
) -> list[Scored]:
    """The reading that these options stand for, with its cost; none where they do not fit together."""
    settled = merged(options)
    code: CodeReading = settled.pop("code")
    split, path = settled.pop("split", Split()), settled.pop("path", 0)
    order = class_first(code.condition.width) if code.class_first and code.condition else None
    answers = Answers(**settled, code_order=order)
    try:
        parts = decoder.parts(answers)
        channels = decoder.channels(answers.geometry)
        encoder = None
        if found:
            encoder = encoder_parts(found, answers, code, channels, split=split, path=path)
            if path and encoder is None:
                return []
        family, config = _config(decoder, encoder, code, parts, answers)
    except CheckpointError:  # a norm that does not fit, or a layer beyond all measure
        return []
    if found:
        cost += encoder.cost if encoder else _NO_ENCODER_COST
    prefixes = layer_keys(config.layers, (decoder.code_dim,), config.resolution)

    def convert(tensors: Tensors) -> dict[str, Tensor]:
        state = gather(parts, prefixes, tensors)
        if code.table is not None:
            state["condition.weight"] = code.table.weight(tensors)
        if encoder is not None:
            keys = [f"encoder.{index}." for index in range(len(encoder.steps))]
            state |= gather(encoder.steps, keys, tensors)
            state |= gather([encoder.mu, encoder.logvar], ["to_mu.", "to_logvar."], tensors)
        return state

    candidate = _candidate(family, config, place, options)
    return [(cost, Reading(candidate, place.network, convert))]


def _config(
    decoder: Decoder, encoder: EncoderParts | None, code: CodeReading, parts: Sequence[Part], answers: Answers
) -> tuple[str, CodeConfig]:
    common: dict[str, Any] = {
        "resolution": answers.geometry.side,
        "z_dim": code.z_dim,
        "layers": steps_of(parts),
        "image_channels": decoder.channels(answers.geometry),
        "condition": code.condition,
        "image_range": answers.image_range,
    }
    if encoder is not None:
        head = encoder.mu.step
        assert isinstance(head, (Linear, Conv))
        steps = steps_of(encoder.steps)
        return "vae", VAEConfig(**common, encoder=steps, head=head, encoder_condition=encoder.condition_at)
    if decoder.habits is AUTOENCODER:
        return "vae", VAEConfig(**common)
    if decoder.convolutions:
        return "dcgan", DCGANConfig(**common)
    return "mlp_gan", MLPGANConfig(**common)


def _translator_readings(found: TranslatorRow, place: Place) -> list[Scored]:
    scored: list[Scored] = []
    for cost, options in likeliest(translator_questions(found), most=_MOST):
        answers = TranslatorAnswers(**merged(options))
        resolution = 256 if len(found.residual) >= 18 else 128
        try:
            parts = translator_parts(found, answers)
            config = TranslatorConfig(
                layers=steps_of(parts),
                resolution=resolution,
                input_channels=found.entry[0].inputs,
                image_channels=found.exit[-1].outputs,
                image_range=ending_range(answers.ending),
            )
        except CheckpointError:  # a norm that does not fit, or a layer beyond all measure
            continue
        prefixes = layer_keys(config.layers, config.start, resolution)
        candidate = _candidate("translator", config, place, options)
        scored.append((cost, Reading(candidate, place.network, functools.partial(gather, parts, prefixes))))
    return scored


def _candidate(family: str, config: Any, place: Place, options: Sequence[Option]) -> Candidate:
    keys = [option.key for option in options if option.key]
    words = [option.words for option in options if option.words]
    if place.number:
        words.insert(0, f"generator {place.number + 1} of the file")
    if place.network not in ("", EVERY_NETWORK):
        words.insert(0, f"“{place.network}”")
    where = f"{place.network}#{place.number}" if place.number else place.network
    return Candidate(":".join([where, family, *keys]), ", ".join(words), family, config)
