"""Gradients that diverge: seen in their norms long before anything is infinite."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from latentlab.runs import Warned
from trainers.watching.rule import Rule


class DivergingGradients(Rule):
    """Compares the norm of each network's gradient with its usual norm, and that with the least it ever was."""

    kind = "diverging_gradients"

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        for name, norm in losses.items():
            if name.startswith("norm/") and norm > 0:
                yield from self._norm(step, name.removeprefix("norm/"), math.log(norm))

    def _norm(self, step: int, network: str, norm: float) -> Iterable[Warned]:
        limits = self.limits
        now = self.average(f"now/{network}", norm, limits.short_memory)
        usual = self.average(f"usual/{network}", norm, limits.usual_memory)
        if step <= limits.quiet:
            return
        least = self._memory.setdefault("least", {})
        least[network] = min(least.get(network, usual), usual)
        jumped = now - usual > math.log(limits.jump)
        grown = usual - least[network] > math.log(limits.growth)
        if self.begins(network, jumped or grown, limits.jump_steps):
            before = usual if jumped else least[network]
            yield self.warning(
                step,
                f"The gradient of the {network} is {math.exp(now - before):,.0f} times as long as it was.",
                {"norm": math.exp(now), "usual_norm": math.exp(before)},
                "Go back to the last checkpoint with half the learning rate, or limit the gradient "
                "(gradient_clip); a higher r1_gamma steadies a discriminator.",
                "serious",
            )
