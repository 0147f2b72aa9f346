"""What a recogniser of tensors hands back: plausible readings of the networks in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latentlab.formats.report import Candidate

if TYPE_CHECKING:
    from torch import Tensor


EVERY_NETWORK = "*"
"""In `Reading.network`: all of a file's networks together, each tensor named "<network>.<name>"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One plausible way to understand a network in a file."""

    candidate: Candidate
    """What it would be: family and config."""
    network: str
    """Which of the file's networks it reads; "" when the file is one state dict, `EVERY_NETWORK` for all."""
    convert: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]
    """That network's tensors, under their names in the file, to the family's state dict.

    Called with tensors on the CPU, floating ones already float32, each read from the file when it is asked for.
    May return views of them, and more than the state dict needs.
    """


Networks = Mapping[str, Mapping[str, "Tensor"]]
"""A file's networks by name, each a state dict.

What a recogniser is given lies on the "meta" device: shapes and types, no numbers, so that recognising costs no
memory whatever a file claims.
"""

Recogniser = Callable[[Networks], list[Reading]]
"""The plausible readings of a file, best first; none when it is something else."""
