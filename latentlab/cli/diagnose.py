"""Say what a generator lost, repeats and copies: measures with their uncertainty, and verdicts.

MODEL_OR_RUN is a model file or the folder of a run, whose checkpoints show when something was lost. PATH is what
`latentlab data` takes; a run's own data when it is left out.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from latentlab.errors import Cancelled, DiagnosisError, LatentLabError, TrainingError

if TYPE_CHECKING:
    from latentlab.diagnosis.data import Data
    from latentlab.diagnosis.features import Extractor
    from latentlab.diagnosis.features.own import Network
    from latentlab.diagnosis.session import Model
    from latentlab.runs import RunFolder

_FEATURES = ("auto", "pixels", "random", "efficientnet", "discriminator", "encoder", "classifier")
_LIVE_SHARE = 0.03
"""Of one processor, that following a run may take."""
_PREPARING = 0.2
"""Of all work, where pictures have to be prepared first."""
_LOOK = 2.0
"""Seconds between looks for a new checkpoint."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab diagnose`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("subject", type=Path, metavar="MODEL_OR_RUN", help="what is measured")
    parser.add_argument("--data", metavar="PATH", help="what it is measured against")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where the result goes; beside the run, or not kept"
    )
    parser.add_argument("--samples", type=int, default=2000, metavar="N", help="samples; 2000")
    parser.add_argument(
        "--items", type=int, default=0, metavar="N", help="items of the data; as many as samples"
    )
    parser.add_argument(
        "--features",
        default="auto",
        metavar="KIND",
        help=f"what pictures are seen by: {', '.join(_FEATURES)}, or inception:FILE with the weights; auto",
    )
    parser.add_argument("--psi", type=float, default=1.0, help="truncation; 1")
    parser.add_argument("--seed", type=int, default=0, help="of the first sample; 0")
    parser.add_argument("--bins", type=int, default=50, metavar="N", help="regions of the data; 50")
    parser.add_argument("--checkpoints", type=int, default=12, metavar="N", help="of a run, at most; 12")
    parser.add_argument("--no-latent", action="store_true", help="leave the latent space alone: faster")
    parser.add_argument("--no-cache", action="store_true", help="keep nothing for next time")
    parser.add_argument(
        "--follow", action="store_true", help="measure a live run anew with every checkpoint, cheaply"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report here too")


def run(options: argparse.Namespace) -> int:
    """Measure, print and write."""
    if options.samples < 20:
        raise DiagnosisError("Fewer than 20 samples say nothing: ask for more.")
    out = options.out or (options.subject / "diagnosis" if options.subject.is_dir() else None)
    with _interruptible() as stopped:
        if out is None:
            import tempfile

            with tempfile.TemporaryDirectory() as folder:
                return _once(options, Path(folder), stopped)
        if options.follow:
            return _follow(options, out, stopped)
        return _once(options, out, stopped)


def _once(options: argparse.Namespace, out: Path, stopped: list[bool]) -> int:
    from latentlab.diagnosis.html import write_page
    from latentlab.diagnosis.result import Result, as_json
    from latentlab.diagnosis.text import as_text

    try:
        measure(options, out, stopped)
    except Cancelled:
        print("Stopped.", file=sys.stderr)
        return 130
    result = Result.open(out)
    if options.html:
        write_page(result, options.html)
    print(json.dumps(as_json(result), indent=2, ensure_ascii=False) if options.json else as_text(result))
    return 0


def measure(options: argparse.Namespace, out: Path, stopped: list[bool]) -> None:
    """Write a result.

    Raises:
        Cancelled: somebody said so; `progress.json` says it too.
        LatentLabError: it cannot be done.
    """
    from latentlab.atomic import write_atomically
    from latentlab.cli.measured import arrays_of, as_trained, dataset_of, discriminator, open_subject
    from latentlab.diagnosis.diagnose import diagnose
    from latentlab.diagnosis.html import write_page
    from latentlab.diagnosis.result import Against, Result, Subject
    from latentlab.diagnosis.sampling import MOST_SIDE
    from latentlab.diagnosis.session import Options, Session
    from latentlab.diagnosis.store import Store
    from latentlab.diagnosis.text import as_text
    from latentlab.diagnosis.writing import ResultWriter

    terminal = sys.stderr.isatty()

    def tell(text: str) -> None:
        if terminal:
            print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)

    writer = ResultWriter(out, Subject("model", str(options.subject), options.subject.name), Against("", ""))
    try:
        writer.tell("running", "Opening the model", 0.0)
        measured = open_subject(options.subject, most_checkpoints=options.checkpoints)
        writer.subject = measured.subject

        begin = 0.0

        def reading(text: str, share: float = 0.0) -> None:
            nonlocal begin
            begin = _PREPARING * share
            tell(text)
            writer.tell("running", text, begin)
            writer.check()
            if stopped[0]:
                raise Cancelled

        reading("Reading the data")
        most = options.items or options.samples
        dataset = dataset_of(measured, options.data, most, reading)
        data = arrays_of(
            dataset,
            options.data or measured.subject.path,
            most,
            min(measured.model.generator.capabilities.resolution, MOST_SIDE),
        )
        data = data if options.data else as_trained(data, measured)
        held = int(data.held_out.sum())
        writer.against = Against(data.source, data.text, len(data.items) - held, held)
        judge = None
        try:
            judge = None if options.data else discriminator(measured, dataset)
        except TrainingError:  # its text is advice for going on with the training
            writer.notes.append("The discriminator was left out: its checkpoint does not fit the data.")
        extractor = _extractor(options.features, measured.model, data, judge[1] if judge else None)
        writer.seen_by = extractor.name if extractor else "points"
        model = measured.model
        if judge is not None:
            model = dataclasses.replace(model, scores=judge[0])
        session = Session(
            writer,
            model,
            data,
            extractor,
            Options(
                samples=options.samples,
                over_time=min(options.samples, 500),
                bins=options.bins,
                psi=options.psi,
                seed=options.seed,
                latent=not options.no_latent,
            ),
            None if options.no_cache else Store(),
            may_choose=options.features == "auto" and extractor is not None,
        )
        for stage in diagnose(session, measured.changes, begin=begin, watch=lambda share: stopped[0]):
            tell(stage)
        tell("")
        result = Result.open(out)
        write_atomically(out / "report.txt", as_text(result).encode())
        write_page(result, out / "report.html")
        writer.tell("finished", "Finished", 1.0)
    except Cancelled:
        writer.tell("cancelled", "Stopped", 0.0)
        raise
    except LatentLabError as error:
        writer.tell("failed", "Failed", 0.0, str(error))
        raise


def _follow(options: argparse.Namespace, out: Path, stopped: list[bool]) -> int:
    """Measure with every new checkpoint until the run ends, with long rests: training comes first.

    What earlier passes drew and saw is kept, so that a pass draws from the new checkpoint alone.
    """
    import torch

    from latentlab.diagnosis.result import Result
    from latentlab.runs import RunFolder

    if hasattr(os, "nice"):
        os.nice(19)
    torch.set_num_threads(1)  # a second one spins for as long as training has the other processor
    folder = RunFolder(options.subject)
    if not folder.exists():
        raise DiagnosisError(f"{options.subject} is no run: only a run can be followed.")
    options.samples, options.no_latent = min(options.samples, 500), True
    done = -1
    while not stopped[0]:
        models = folder.list_models()
        newest = models[-1].step if models else -1
        status = folder.read_status()
        live = status is not None and status.is_live
        if newest > done:
            began = time.process_time()
            try:
                measure(options, out, stopped)
            except Cancelled:
                break
            done = newest
            first = Result.open(out).verdicts
            print(f"step {newest:,}: {first[0].title if first else ''}", flush=True)
            _rest((time.process_time() - began) * (1 / _LIVE_SHARE - 1) if live else 0.0, folder, stopped)
        elif not live:
            break
        else:
            _rest(_LOOK, folder, stopped)
    return 130 if stopped[0] else 0


def _rest(seconds: float, folder: RunFolder, stopped: list[bool]) -> None:
    """Sleep, until somebody stops it or the run ends."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stopped[0]:
        time.sleep(min(0.5, seconds))
        status = folder.read_status()
        if status is None or not status.is_live:
            return


def _extractor(kind: str, model: Model, data: Data, judge: Network | None) -> Extractor | None:
    """What pictures are seen by; None for points."""
    from latentlab.diagnosis.diagnose import natural_features
    from latentlab.diagnosis.features.efficientnet import EfficientNetLite0
    from latentlab.diagnosis.features.inception import Inception
    from latentlab.diagnosis.features.own import LabelNetwork, encoder
    from latentlab.diagnosis.features.pixels import Pixels
    from latentlab.diagnosis.features.random_network import RandomNetwork

    if data.is_points:
        return None
    pictures = np.asarray(data.items, np.uint8)
    seen = ~data.held_out
    word, _, file = kind.partition(":")
    match word:
        case "auto":
            return natural_features(pictures[seen])
        case "pixels":
            return Pixels(pictures[seen])
        case "random":
            return RandomNetwork()
        case "efficientnet":
            return EfficientNetLite0()
        case "inception" if file:
            return Inception(Path(file))
        case "discriminator" if judge is not None:
            return judge
        case "discriminator":
            raise DiagnosisError(
                "There is no discriminator: name a run without --data, of a GAN without classes."
            )
        case "encoder" if model.generator.capabilities.has_encoder:
            return encoder(model.generator, model.key)
        case "encoder":
            raise DiagnosisError("The model has no encoder: choose other features.")
        case "classifier" if data.labels is not None and len(data.items) >= 64:
            return LabelNetwork(pictures[seen], data.labels[seen], len(data.class_names))
        case "classifier":
            raise DiagnosisError("The data have no labels: choose other features.")
    raise DiagnosisError(
        f"There are no features {kind!r}: choose among {', '.join(_FEATURES)}, inception:FILE."
    )


@contextmanager
def _interruptible() -> Iterator[list[bool]]:
    """One flag that Ctrl+C and a polite kill set."""
    stopped = [False]

    def stop(number: int, frame: object) -> None:
        stopped[0] = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
