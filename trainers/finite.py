"""NaN and infinity have a name here: which tensor, at which step."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from latentlab.errors import TrainingError


def check_finite(kind: str, tensors: Mapping[str, Tensor | None], step: int) -> None:
    """Raise TrainingError naming the first of `tensors` that holds NaN or infinity.

    Args:
        kind: what they are: "loss", "gradient", "weights".
        tensors: by name; None is passed over.
        step: number of the step, from 0.
    """
    for name, tensor in tensors.items():
        if tensor is not None and not bool(tensor.isfinite().all()):
            found = "NaN" if bool(tensor.isnan().any()) else "infinity"
            raise TrainingError(
                f"{found} in the {kind} {name!r} at step {step}: resume from the last checkpoint with a lower "
                "learning rate, or in float32 if the run computes in bfloat16."
            )
