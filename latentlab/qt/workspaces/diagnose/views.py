"""What pages show, ready to be painted: made in the job thread, read in the window's."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.result import Result
from latentlab.qt.widgets.mosaic import Group
from latentlab.qt.widgets.pair_strip import AlikePair
from latentlab.qt.workspaces.diagnose.header import Headline
from latentlab.qt.workspaces.diagnose.regions import Extent, Outlined
from latentlab.qt.workspaces.diagnose.selection import Chosen

Numbers = NDArray[np.floating]
Counts = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class BinsView:
    """Regions of the data over the checkpoints."""

    z: Numbers
    """(K, T) standard errors above the data, in the order of `order`; NaN where nothing was measured."""
    order: tuple[int, ...]
    """(K,) bin of each row: by z at the last checkpoint, the most frequent first."""
    real: Counts
    """(K,) pictures of the data in each bin, by bin."""
    generated: Counts
    """(K, T) generated ones, by bin."""
    steps: tuple[int, ...]
    """(T,) of the checkpoints; one alone for a model."""
    starved: tuple[int, ...]
    """Bins drawn too rarely."""
    names: tuple[str, ...] = ()
    """(K,) what pictures of a bin have in common, by bin; "" where it is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class MapView:
    """The plane of training and generated pictures."""

    real: Numbers
    """(N, 2)."""
    generated: Numbers
    """(M, 2)."""
    extent: Extent
    contours: tuple[tuple[Numbers, float], ...]
    regions: tuple[Outlined, ...]
    """Around training pictures that nothing generated comes near."""
    over_time: Numbers | None = None
    """(T, m, 2) of the first m samples at each checkpoint."""
    steps: tuple[int, ...] = ()
    """(T,)."""
    is_points: bool = False
    """The data are points, not pictures."""
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ScoresView:
    """How a discriminator judges."""

    train: Numbers
    held_out: Numbers
    generated: Numbers
    notice: str = ""
    tone: str = "ok"


@dataclass(frozen=True, slots=True, eq=False)
class NeverView:
    """Training pictures that are farthest from everything generated."""

    groups: tuple[Group, ...]
    total: int
    """Pictures that are not covered, also those that are not shown."""


@dataclass(frozen=True, slots=True, eq=False)
class PairsView:
    """Generated pictures that are alike."""

    pairs: tuple[AlikePair, ...]
    support: str
    """How many different pictures there are, with the interval."""
    notice: str = ""
    tone: str = "warning"


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """Which bin and class each picture belongs to; empty where it was not measured."""

    real_bins: Counts = field(default_factory=lambda: np.empty(0, np.int64))
    generated_bins: Counts = field(default_factory=lambda: np.empty(0, np.int64))
    real_classes: Counts = field(default_factory=lambda: np.empty(0, np.int64))
    generated_classes: Counts = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class BasinView:
    """Which bin each place of a latent plane falls into."""

    bins: Counts
    """(S, S), rows from the top."""
    axes: tuple[str, str]
    """What goes to the right, and up."""
    shares: tuple[tuple[int, float], ...]
    """Bins by the share of the plane that falls into them, greatest first."""
    pictures: NDArray[np.uint8] | None = None
    """(s, s, h, w, C) of every few places."""
    names: tuple[str, ...] = ()
    """Of bins, where they have any."""


@dataclass(frozen=True, slots=True, eq=False)
class WalkView:
    """How much pictures change along a walk through the latent space."""

    places: Numbers
    """(P,) along the walk."""
    values: Numbers
    """(P, k) largest singular values of the Jacobian, largest first."""
    pictures: NDArray[np.uint8] | None = None
    """(P, h, w, C)."""
    notice: str = ""
    tone: str = "ok"


@dataclass(frozen=True, slots=True, eq=False)
class DirectionsView:
    """What each number of z does to the pictures."""

    effect: Numbers
    """(z_dim,)."""
    dead: NDArray[np.bool_]
    """(z_dim,)."""
    notice: str = ""
    tone: str = "ok"


@dataclass(frozen=True, slots=True, eq=False)
class TruncationView:
    """What truncation costs."""

    psi: Numbers
    """(P,)."""
    curves: tuple[tuple[str, Numbers, Numbers, Numbers], ...]
    """Name, values, low, high; (P,) each."""
    notice: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ClassesView:
    """How diverse each class is drawn beside the data."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    values: Numbers
    """(C, M) from 0 to 1, as good as the data."""
    texts: tuple[tuple[str, ...], ...]
    """(C, M) what each cell says."""
    members: tuple[tuple[int, ...], ...]
    """(C,) generated pictures of each."""
    confusion: Counts | None = None
    """(C, C) asked for x seen."""
    notice: str = ""
    tone: str = "ok"


@dataclass(frozen=True, slots=True, eq=False)
class TraitsView:
    """What labels and captions name: how often the data have it, and the samples."""

    names: tuple[str, ...]
    real: Numbers
    """(G,) shares."""
    generated: Numbers
    """(G, 3) share, low, high."""
    lost: NDArray[np.bool_]
    """(G,)."""


@dataclass(frozen=True, slots=True, eq=False)
class CaptionsView:
    """How different the pictures of one caption are."""

    texts: tuple[str, ...]
    """(Q,)."""
    spread: Numbers
    """(Q, 3) value, low, high: 1 is as different as pictures of different captions."""
    pictures: NDArray[np.uint8] | None
    """(Q, n, h, w, C)."""
    notice: str = ""
    tone: str = "ok"


@dataclass(frozen=True, slots=True, eq=False)
class EncoderView:
    """How a VAE uses its code."""

    order: tuple[int, ...]
    """Dimensions by use, most used first."""
    kl: Numbers
    """(D,) nats."""
    variance: Numbers
    """(D,) of the posterior means."""
    mean: Numbers
    """(D,) of the aggregated posterior."""
    deviation: Numbers
    """(D,) of the aggregated posterior."""
    histogram: Counts | None = None
    """(D, 40) of the aggregated posterior over -4 ... 4."""
    over_time: Numbers | None = None
    """(D, T) nats."""
    steps: tuple[int, ...] = ()
    """(T,)."""
    traversals: NDArray[np.uint8] | None = None
    """(n, P, h, w, C) along the most used dimensions, in the order of `order`."""
    traversal_values: Numbers | None = None
    """(P,)."""
    pairs: NDArray[np.uint8] | None = None
    """(n, 2, h, w, C) pictures and what the VAE made of them."""
    facts: tuple[tuple[str, str, str], ...] = ()
    """Name, figure with interval, what it means."""
    notice: str = ""
    tone: str = "ok"


@dataclass(frozen=True, slots=True, eq=False)
class TranslationView:
    """Whether a translation keeps what it is given, and how."""

    rows: NDArray[np.uint8] | None
    """(n, c, h, w, C) pictures in columns."""
    columns: tuple[str, ...]
    noise: Numbers
    """(P,) standard deviations of the noise in the translation."""
    curves: tuple[tuple[str, Numbers], ...]
    """Name, error of the way back (P,)."""
    facts: tuple[tuple[str, str, str], ...] = ()
    notice: str = ""
    tone: str = "ok"


@dataclass(frozen=True, slots=True)
class VerdictView:
    """One verdict with its evidence."""

    key: str
    tone: str
    """"error", "warning", "ok" or "" for a note."""
    title: str
    text: str
    evidence: tuple[str, ...]
    """Figures with intervals that it rests on."""
    rule: str
    """What makes it speak, with the limits."""
    remedy: str = ""
    """What to do."""
    change: tuple[tuple[str, bool | int | float | str], ...] = ()
    """The remedy as settings of a run."""
    roll_back: int | None = None
    page: str = ""
    """Where its evidence is seen; "" for none."""
    chosen: Chosen = field(default_factory=Chosen)
    """What it speaks of."""


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One measure in words."""

    key: str
    group: str
    name: str
    figure: str
    interval: str
    data: str
    """The same of the data itself, where it is known."""
    meaning: str
    tooltip: str
    """The researcher's words."""


@dataclass(frozen=True, slots=True, eq=False)
class TimeView:
    """Figures over the checkpoints."""

    steps: Numbers
    """(T,)."""
    curves: tuple[tuple[str, Numbers], ...]
    """Name, and (T, 3) value, low, high."""


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """A whole result as pages show it. None where something was not measured or does not apply."""

    result: Result
    bins: BinsView | None = None
    map: MapView | None = None
    scores: ScoresView | None = None
    never: NeverView | None = None
    pairs: PairsView | None = None
    time: TimeView | None = None
    members: Membership = field(default_factory=Membership)
    basins: BasinView | None = None
    walk: WalkView | None = None
    truncation: TruncationView | None = None
    directions: DirectionsView | None = None
    classes: ClassesView | None = None
    captions: CaptionsView | None = None
    traits: TraitsView | None = None
    encoder: EncoderView | None = None
    translation: TranslationView | None = None
    verdicts: tuple[VerdictView, ...] = ()
    measures: tuple[MeasureView, ...] = ()
    headlines: tuple[Headline, ...] = ()
    real: NDArray[np.uint8] | None = None
    """(N, h, w, C)."""
    generated: NDArray[np.uint8] | None = None
    real_names: NDArray[np.str_] | None = None
