"""Adversarial objectives: scores in, loss out. Every one is minimised by the network it is named after.

Scores are logits (N,), high for real. The mean over the batch is taken last, so that the mean of the losses of
equal parts of a batch is the loss of the whole batch.
"""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor

Objective = Literal["minimax", "non_saturating", "least_squares", "hinge", "wasserstein", "relativistic"]
"""How the two networks play.

"minimax" and "non_saturating": Goodfellow et al. 2014 (arXiv:1406.2661), section 3. "least_squares": Mao et al.
2017 (arXiv:1611.04076), equation 9. "hinge": Lim & Ye 2017 (arXiv:1705.02894). "wasserstein": Arjovsky et al. 2017
(arXiv:1701.07875); its critic must be kept Lipschitz. "relativistic": RpGAN (Jolicoeur-Martineau 2018,
arXiv:1807.00734) as in R3GAN (Huang et al. 2024, arXiv:2501.05441), section 2.1: every fake is compared with one
real picture, which leaves no basin of collapsed modes to fall into.
"""


def discriminator_loss(objective: Objective, real: Tensor, fake: Tensor) -> Tensor:
    """What the discriminator minimises, ().

    Args:
        objective: the game.
        real: (N,) scores of real pictures.
        fake: (N,) scores of generated ones; the i-th is paired with the i-th real one where pairs matter.
    """
    match objective:
        case "minimax" | "non_saturating":
            return F.softplus(-real).mean() + F.softplus(fake).mean()
        case "least_squares":
            return 0.5 * ((real - 1).square().mean() + fake.square().mean())
        case "hinge":
            return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        case "wasserstein":
            return fake.mean() - real.mean()
        case "relativistic":
            return F.softplus(fake - real).mean()


def generator_loss(objective: Objective, fake: Tensor, real: Tensor | None = None) -> Tensor:
    """What the generator minimises, ().

    Args:
        objective: the game.
        fake: (N,) scores of generated pictures.
        real: (N,) scores of real ones, needed where `compares_pairs`.
    """
    match objective:
        case "minimax":
            return -F.softplus(fake).mean()
        case "non_saturating":
            return F.softplus(-fake).mean()
        case "least_squares":
            return 0.5 * (fake - 1).square().mean()
        case "hinge" | "wasserstein":
            return -fake.mean()
        case "relativistic":
            if real is None:
                raise ValueError("A relativistic generator is compared with real pictures: give their scores")
            return F.softplus(real - fake).mean()


def compares_pairs(objective: Objective) -> bool:
    """Whether the generator's loss needs the scores of real pictures too."""
    return objective == "relativistic"


def only_differences_count(objective: Objective) -> bool:
    """Whether adding a constant to all scores changes nothing: the discriminator's last bias would only drift."""
    return objective in ("wasserstein", "relativistic")


def boundary(objective: Objective, real: Tensor, fake: Tensor) -> Tensor:
    """The score at which this discriminator would call a picture as likely real as fake, ().

    0 for logits and 1/2 for least squares. Where only differences of scores mean something (Wasserstein,
    relativistic) it lies half way between the means.
    """
    if only_differences_count(objective):
        return 0.5 * (real.mean() + fake.mean())
    return real.new_tensor(0.5 if objective == "least_squares" else 0.0)
