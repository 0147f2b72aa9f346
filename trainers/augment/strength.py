"""How often to augment: a probability that follows how far the discriminator overfits."""

from __future__ import annotations

from trainers.settings import Settings, setting


class StrengthSettings(Settings):
    """Adaptive augmentation: a group of hyper-parameters to inherit from."""

    ada_target: float = setting(
        0.6,
        "Share of real pictures judged real, less those judged fake, that augmentation should keep.",
        group="Augmentation",
        least=0,
        most=1,
    )
    ada_images: float = setting(
        500_000,
        "Images over which the probability of augmentation may climb from 0 to 1.",
        unit="images",
        group="Augmentation",
        least=1,
    )


class Strength:
    """Probability of augmentation, adjusted from E[sign D(real)] (Karras et al. 2020, arXiv:2006.06676, 3.1)."""

    _EVERY = 4  # steps, as in the paper

    def __init__(self, config: StrengthSettings, batch_size: int) -> None:
        """Start without augmentation.

        Args:
            config: target and pace.
            batch_size: of all processes together.
        """
        self.p = 0.0
        self._target = config.ada_target
        self._stride = batch_size * self._EVERY / config.ada_images
        self._seen: list[float] = []

    def update(self, sign: float) -> None:
        """Take in one step.

        Args:
            sign: mean sign of the scores of real pictures over the batch, against the discriminator's boundary.
        """
        self._seen.append(sign)
        if len(self._seen) == self._EVERY:
            overfits = sum(self._seen) / self._EVERY > self._target
            self.p = min(1.0, max(0.0, self.p + (self._stride if overfits else -self._stride)))
            self._seen = []

    def state_dict(self) -> dict[str, object]:
        """The probability and what was seen since it last changed."""
        return {"p": self.p, "seen": list(self._seen)}

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Put back what `state_dict` returned."""
        p, seen = state["p"], state["seen"]
        assert isinstance(p, float)
        assert isinstance(seen, list)
        self.p, self._seen = p, list(seen)
