"""NaN and infinity have a name here: which tensor, at which step."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from latentlab.errors import TrainingError

_REMEDY = "resume from the last checkpoint with a lower learning rate, or in float32 if this was bfloat16"


class NotFiniteError(TrainingError):
    """NaN or infinity appeared in training."""


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
            raise NotFiniteError(f"{found} in the {kind} {name!r} at step {step}: {_REMEDY}.")


def check_losses(losses: Mapping[str, float], step: int) -> None:
    """Raise NotFiniteError naming the first loss that is not a finite number."""
    for name, value in losses.items():
        if not math.isfinite(value):
            raise NotFiniteError(f"The loss {name!r} is {value} at step {step}: {_REMEDY}.")


def first_bad_layer(networks: Mapping[str, nn.Module], step: Callable[[], object]) -> str:
    """Where NaN or infinity first appears when a step is run again, in words; empty where it does not.

    Weights are looked at first: once they are bad, everything is. Then every layer's output and the gradient that
    comes back to it, in the order in which they are computed.

    Args:
        networks: in training, by name.
        step: runs the step that failed; what it raises is passed over.
    """
    for network_name, network in networks.items():
        for name, weight in network.named_parameters():
            if not bool(weight.isfinite().all()):
                return f"the weights {network_name}.{name}"
    found: list[str] = []
    with _watched(networks, found), contextlib.suppress(TrainingError):
        step()
    return found[0] if found else ""


@contextlib.contextmanager
def _watched(networks: Mapping[str, nn.Module], found: list[str]) -> Iterator[None]:
    def look(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, inputs: Any, output: Any) -> None:
            for tensor in _tensors(output):
                _note(found, f"the output of {name}", tensor)
                if tensor.requires_grad:
                    tensor.register_hook(  # type: ignore[no-untyped-call]
                        lambda gradient: _note(found, f"the gradient at {name}", gradient)
                    )

        return hook

    handles = [
        module.register_forward_hook(look(f"{network_name}.{name}" if name else network_name))
        for network_name, network in networks.items()
        for name, module in network.named_modules()
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _note(found: list[str], name: str, tensor: Tensor) -> None:
    if not found and not bool(tensor.detach().isfinite().all()):
        found.append(f"{name} ({'NaN' if bool(tensor.isnan().any()) else 'infinity'})")


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        if value.is_floating_point():
            yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
