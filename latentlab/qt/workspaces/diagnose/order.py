"""What shall be measured, against what, and how: one value that names its result's folder."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from latentlab import places
from latentlab.atomic import write_atomically
from latentlab.diagnosis.result import Result
from latentlab.formats.bundled import brings_data

_NAME = re.compile(r"[^\w.-]+")
_FILE = "order.json"

FEATURES = ("auto", "pixels", "random", "efficientnet", "discriminator", "encoder", "classifier", "inception")
SAMPLES = (500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class Order:
    """One diagnosis."""

    subject: str
    """Path of a model file or of a run's folder."""
    name: str
    """What people call it."""
    is_run: bool = False
    data: str = ""
    """A folder, an archive or a table of pictures; "" means what the subject was trained on."""
    features: str = "auto"
    samples: int = 2000
    weights: str = ""
    """A file of Inception weights, where `features` are "inception"."""

    @property
    def is_complete(self) -> bool:
        """Whether it can be measured."""
        known = self.knows_data or bool(self.data)
        return bool(self.subject) and known and (self.features != "inception" or bool(self.weights))

    @property
    def knows_data(self) -> bool:
        """Whether the data need not be named: a run's own, or those of a model that ships."""
        return self.is_run or (bool(self.subject) and brings_data(Path(self.subject)))

    @property
    def data_name(self) -> str:
        """What people call the data; "" where they are the subject's own."""
        return Path(self.data).name if self.data else ""

    def folder(self) -> Path:
        """Where its result lies: the same for the same order."""
        digest = hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:10]
        return results_folder() / f"{_NAME.sub('-', self.name)[:40] or 'model'}-{digest}"

    def arguments(self, folder: Path, *, follow: bool = False) -> list[str]:
        """Of the command line; `follow` measures a live run anew with every checkpoint."""
        words = ["diagnose", self.subject, "--out", str(folder), "--samples", str(self.samples)]
        if self.data:
            words += ["--data", self.data]
        if self.features != "auto":
            file = f":{self.weights}" if self.features == "inception" else ""
            words += ["--features", self.features + file]
        if follow:
            words.append("--follow")
        return words

    def write(self, folder: Path) -> None:
        """Remember in a result's folder how it was ordered."""
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / _FILE, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, folder: Path) -> Order | None:
        """How a result was ordered here; None where it was not, or is not known."""
        try:
            return cls(**json.loads((folder / _FILE).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None


def order_of(result: Result) -> Order:
    """The order that a result from elsewhere comes nearest to, to measure it again here."""
    subject, source = result.subject, result.against.source
    is_run = subject.kind == "run"
    found = Order(subject.path, subject.name, is_run)
    own = found.knows_data and (source == subject.path or not Path(source).exists())
    return found if own else replace(found, data=source)


def results_folder() -> Path:
    """Where results are kept."""
    return places.data_dir() / "diagnoses"
