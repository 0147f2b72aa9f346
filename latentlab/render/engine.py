"""How blocks are run. The renderer sees engines; what computes behind them is their own affair."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from torch import Tensor

from latentlab.models.generator import State

NoiseMaps = tuple[tuple[Tensor | None, ...], ...]


class Engine(ABC):
    """Runs a generator's blocks one after the other. Between blocks it keeps states in a form of its own."""

    name: str
    """Shown to the user: "torch float32", "openvino bfloat16"."""
    device: str
    gains_by_batches: bool = False
    """Whether several pictures together take less time than one after the other."""

    @abstractmethod
    def start(self, image: Tensor | None = None, transform: Tensor | None = None) -> Any:
        """State before the first block, in this engine's form.

        Args:
            image: what a translator starts from.
            transform: the pose of models that have one, as `Transforms.set_transform` takes it; it holds for the
                first block that is run from this state. None leaves it as it is.
        """

    @abstractmethod
    def run(self, index: int, state: Any, codes: Tensor, noise: tuple[Tensor | None, ...]) -> Any:
        """Run block `index` on `state`; `codes` is (N, num_codes, code_dim), all of them."""

    def run_through(
        self,
        first: int,
        last: int,
        state: Any,
        codes: Tensor,
        noise: NoiseMaps,
        cancelled: Callable[[], bool],
    ) -> dict[int, Any]:
        """Run blocks `first` to `last` inclusive, asking `cancelled` between them.

        Returns:
            State after each block that was kept, by index. Without `last` in it when cancelled. An engine that
            fuses blocks may keep fewer, but always `last`.
        """
        states: dict[int, Any] = {}
        for index in range(first, last + 1):
            if index > first and cancelled():
                break
            state = self.run(index, state, codes, noise[index])
            states[index] = state
        return states

    @abstractmethod
    def to_state(self, index: int, state: Any) -> State:
        """The state after block `index` as float32 torch tensors on the CPU or the model's device."""

    @abstractmethod
    def from_state(self, index: int, state: State) -> Any:
        """The inverse of `to_state`, for edited activations."""

    @abstractmethod
    def picture(self, index: int, state: Any) -> Tensor | None:
        """The block's own picture (N, C, r, r), float, about [-1, 1]; None where a probe must show it."""

    def close(self) -> None:
        """Give back memory. The engine is not used afterwards."""
