"""What was measured, as a folder: written by `latentlab diagnose`, read by whoever shows it.

    result.json     figures, verdicts, what was measured against what; rewritten whole as stages finish
    progress.json   what is being done now, and how far it is
    cancel          appears when somebody wants it stopped
    arrays/*.npy    pictures, positions, numbers (`latentlab.diagnosis.contents`), mapped when asked for
    report.html     the same for reading, in one file
    report.txt

Partial at any moment and never half-written: an array is on disk before the result.json that names it. Importing
this module takes numpy and the standard library alone.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.contents import ARRAYS
from latentlab.errors import DiagnosisError
from latentlab.latents.recipe import ClassWeight, PhotoSource, Recipe, SeedSource

Severity = Literal["good", "note", "warning", "serious"]
State = Literal["running", "finished", "cancelled", "failed"]
Better = Literal["higher", "lower", "data", ""]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure."""

    key: str
    """"coverage", "bins_differ": for links and comparisons."""
    group: str
    """"variety", "fidelity", "repetition", "copying", "discriminator", "latent", "code", "translation"."""
    name: str
    """Artist words."""
    term: str
    """The researcher's words, with the source."""
    value: float
    low: float = math.nan
    """Of the 95 % interval; NaN where there is none."""
    high: float = math.nan
    data: float = math.nan
    """The same figure for held-out data, or what a perfect generator would have on average; NaN if unknown."""
    better: Better = ""
    """Where good figures lie; "data" is near `data`."""
    of: float = math.nan
    """What it is a number of: 17 of 50 bins."""
    unit: str = ""
    meaning: str = ""
    """What this figure says, in one sentence."""
    bias: str = ""
    """How few samples move it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conclusion, with everything that it rests on."""

    key: str
    """Name of its rule in `latentlab.diagnosis.verdicts`."""
    severity: Severity
    title: str
    text: str
    rule: str
    """What makes it speak, with its limits."""
    figures: tuple[str, ...] = ()
    """Keys of figures."""
    arrays: tuple[str, ...] = ()
    """Arrays that show it, the most telling first."""
    remedy: str = ""
    change: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    """The remedy as settings of the run by path, to branch with."""
    roll_back: int | None = None
    """Step of the run's last sound checkpoint."""
    bins: tuple[int, ...] = ()
    real: tuple[int, ...] = ()
    generated: tuple[int, ...] = ()
    pairs: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()
    dimensions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """The content of `progress.json`."""

    state: State
    stage: str
    """What is being done, for people."""
    share: float
    """Of everything, 0 ... 1."""
    seconds: float
    """Since it began."""
    seconds_left: float | None = None
    error: str = ""
    """Cause and remedy, where it failed."""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What was measured."""

    kind: Literal["model", "run"]
    path: str
    name: str
    family: str = ""
    resolution: int = 0
    """0 for points."""
    step: int | None = None
    model: str = ""
    """File of the model that the samples come from: what Explore opens."""
    is_translator: bool = False
    z_dim: int = 0


@dataclass(frozen=True, slots=True)
class Against:
    """The data."""

    source: str
    """The path or word that was given."""
    text: str
    """In a sentence."""
    train: int = 0
    held_out: int = 0
    """Items that were used."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A result as it is on disk at one moment. `Result.open` again to see more of it."""

    folder: Path
    subject: Subject
    against: Against
    seen_by: str
    """The features, for people: "EfficientNet-Lite0", "pixels (PCA, 64)"."""
    figures: Mapping[str, Figure]
    """By key, in the order in which they are shown."""
    verdicts: tuple[Verdict, ...]
    """The gravest first; empty until everything was measured."""
    names: frozenset[str]
    """Of the arrays that are there."""
    steps: tuple[int, ...] = ()
    """Of the checkpoints in `bin_generated` and other arrays over time; empty for a model."""
    class_names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Of `translation_rows`."""
    psi: float = 1.0
    """Truncation of the samples."""
    created: float = 0.0
    """Seconds since 1970."""
    seconds: float = 0.0
    """That the measures took, so far."""
    stages: tuple[str, ...] = ()
    """Finished ones, in order."""
    notes: tuple[str, ...] = ()
    """What was left out, and why."""

    @classmethod
    def open(cls, folder: Path) -> Result:
        """Read what is there.

        Raises:
            DiagnosisError: there is no result yet, or it cannot be understood.
        """
        path = folder / "result.json"
        try:
            values = json.loads(path.read_bytes())
            return cls(
                folder=folder,
                subject=Subject(**values["subject"]),
                against=Against(**values["against"]),
                seen_by=str(values["seen_by"]),
                figures={item["key"]: Figure(**_numbers(item)) for item in values["figures"]},
                verdicts=tuple(Verdict(**_tuples(item)) for item in values["verdicts"]),
                names=frozenset(values["arrays"]) & ARRAYS.keys(),
                steps=tuple(values["steps"]),
                class_names=tuple(values["class_names"]),
                columns=tuple(values["columns"]),
                psi=float(values["psi"]),
                created=float(values["created"]),
                seconds=float(values["seconds"]),
                stages=tuple(values["stages"]),
                notes=tuple(values["notes"]),
            )
        except FileNotFoundError:
            raise DiagnosisError(f"{folder} holds no result: name a folder that `diagnose` wrote.") from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DiagnosisError(f"{path} cannot be read ({error}): measure again.") from error

    def array(self, name: str) -> NDArray[Any] | None:
        """An array of `ARRAYS`, mapped into memory and read-only; None where it was not measured.

        Raises:
            DiagnosisError: its file is damaged or gone.
        """
        if name not in self.names:
            return None
        path = self.folder / "arrays" / f"{name}.npy"
        try:
            found: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise DiagnosisError(f"{path} cannot be read ({error}): measure again.") from error
        return found

    def recipe(self, sample: int) -> Recipe:
        """How Explore draws a generated sample again, with `subject.model`. A translator's names a photo by path.

        Raises:
            DiagnosisError: there is no such sample.
        """
        sources, seeds = self.array("generated_source"), self.array("generated_seed")
        if sources is not None:
            if not 0 <= sample < len(sources):
                raise DiagnosisError(f"There is no sample {sample}.")
            return Recipe(source=PhotoSource(str(sources[sample]), ""))
        if seeds is None or not 0 <= sample < len(seeds):
            raise DiagnosisError(f"There is no sample {sample}.")
        classes, captions = self.array("generated_class"), self.array("generated_caption")
        return Recipe(
            source=SeedSource(int(seeds[sample])),
            classes=() if classes is None else (ClassWeight(int(classes[sample])),),
            caption="" if captions is None else str(captions[sample]),
            truncation_psi=self.psi,
        )


def cancel(folder: Path) -> None:
    """Ask the process that writes the result in `folder` to stop; it does so within a second or two.

    Raises:
        OSError: the folder cannot be written to.
    """
    (folder / "cancel").touch()


def read_progress(folder: Path) -> Progress | None:
    """How far it is; None before it began."""
    try:
        return Progress(**json.loads((folder / "progress.json").read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def as_json(result: Result) -> dict[str, Any]:
    """Figures and verdicts as JSON values; NaN and infinity become null and "inf"."""
    return {
        "subject": dataclasses.asdict(result.subject),
        "against": dataclasses.asdict(result.against),
        "seen_by": result.seen_by,
        "figures": [plain(figure) for figure in result.figures.values()],
        "verdicts": [plain(verdict) for verdict in result.verdicts],
        "steps": list(result.steps),
        "class_names": list(result.class_names),
        "seconds": result.seconds,
        "notes": list(result.notes),
    }


def plain(value: Figure | Verdict) -> dict[str, Any]:
    """A figure or a verdict as JSON values."""
    return dict(_finite(dataclasses.asdict(value)))


def _finite(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            yield key, None if math.isnan(value) else "inf" if value > 0 else "-inf"
        else:
            yield key, value


_FLOATS = ("value", "low", "high", "data", "of")


def _numbers(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: (math.nan if value is None else float(value)) if key in _FLOATS else value
        for key, value in item.items()
    }


def _tuples(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}
