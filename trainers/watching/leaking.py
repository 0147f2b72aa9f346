"""Augmentation that leaks: samples that show what was done to the discriminator's pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from latentlab.runs import Warned
from trainers.watching.rule import Rule
from trainers.watching.samples import seen
from trainers.watching.watcher import Sight

_REMEDY = (
    "Leave out the transform that shows (transforms), lower the target or the largest probability of ada, or use "
    "more pictures."
)
_SHOWN_BY = {
    "light": ("colour",),
    "edges": ("shift", "scale", "turn", "cutout"),
    "turned": ("quarter_turns", "turn"),
}
"""Transforms that each sign can come from."""
_EMPTY = 0.03
"""Standard deviation along an edge that counts as empty, pictures lying in [-1, 1]."""


class AugmentationLeaking(Rule):
    """Looks at the probability of augmentation, and in samples for spread, empty edges and turned pictures."""

    kind = "augmentation_leaking"

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        if "augment" not in losses:
            return
        p = losses["augment"]
        if self.begins("strength", p > self.limits.strength, self.limits.strength_steps):
            yield self.warning(
                step,
                f"Pictures are augmented with probability {p:.2f}: from about {self.limits.strength} on the "
                "generator cannot know which pictures are real and draws augmented ones.",
                {"augment": p},
                _REMEDY,
            )

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        augment = getattr(self.config.settings, "augment", "none")
        if augment == "none" or sight.drawn.ndim != 4 or self.is_early(sight.step):
            return
        look = seen(sight)
        used = set(getattr(self.config.settings, "transforms", ()))
        for sign, (text, is_leak, figure, evidence) in self._signs(look.drawn, look.train).items():
            # Samples that are still bad may show the same, but less from sheet to sheet.
            stalled = self.has_stalled(sign, figure)
            may_leak = not used.isdisjoint(_SHOWN_BY[sign])
            if self.begins(sign, may_leak and stalled and is_leak, self.limits.sheets):
                yield self.warning(
                    sight.step, f"The augmentation shows in samples: {text}", evidence, _REMEDY
                )

    def _signs(self, drawn: Tensor, train: Tensor) -> dict[str, tuple[str, bool, float, dict[str, float]]]:
        """Words, whether it is a leak, a figure that rises when it gets better, and the evidence."""
        limits = self.limits
        light = _spread_of_light(drawn) / max(_spread_of_light(train), 0.02)
        edges, usual = empty_edges(drawn), empty_edges(train)
        upright = uprightness(drawn, train)
        return {
            "light": (
                f"their brightness spreads {light:.1f} times as wide as that of the data.",
                light > limits.spread,
                1 / max(light, 1e-3),
                {"spread_of_brightness": light},
            ),
            "edges": (
                f"{edges:.0%} have an empty edge, and {usual:.0%} of the data.",
                edges - usual > limits.border,
                1 - edges + usual,
                {"empty_edges": edges, "empty_edges_of_data": usual},
            ),
            "turned": (
                f"they are {upright:.0%} as upright as the data.",
                upright < limits.turned,
                max(upright, 1e-3),
                {"uprightness": upright},
            ),
        }


def _spread_of_light(images: Tensor) -> float:
    """Standard deviation over pictures (N, C, H, W) of their mean brightness."""
    return float(images.float().mean((1, 2, 3)).std(correction=0))


def empty_edges(images: Tensor) -> float:
    """Share of pictures with an outermost row or column that is of one colour, as shifted pictures have."""
    sides = (images[:, :, 0], images[:, :, -1], images[:, :, :, 0], images[:, :, :, -1])  # (N, C, L) each
    empty = torch.stack([side.float().std(2, correction=0).amax(1) < _EMPTY for side in sides])
    return float(empty.any(0).float().mean())


def uprightness(images: Tensor, data: Tensor) -> float:
    """How far pictures look like the mean of the data rather than like that mean upside down; 1 is like the data.

    Data that have no upper and lower end give 1.
    """
    mean = data.float().mean(0)
    axis = (mean - mean.flip(-1, -2)).flatten()
    along = data.float().flatten(1) @ axis
    if float(along.mean()) < float(along.std(correction=0)):
        return 1.0
    return float((images.float().flatten(1) @ axis).mean() / along.mean())
