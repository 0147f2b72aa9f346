"""Which curves share a plot."""

from __future__ import annotations

import pytest

from latentlab.qt.workspaces.train.curve_groups import GRADIENTS, LIKELIHOOD, LOSSES, SCORES, group_of


@pytest.mark.parametrize(
    ("name", "adversarial", "group"),
    [
        ("similarity", True, LIKELIHOOD),
        ("kl", True, LIKELIHOOD),
        ("discriminator", True, LOSSES),
        ("error", True, LOSSES),
        ("real", True, SCORES),
        ("norm/vae", True, GRADIENTS),
        ("kl", False, LOSSES),
        ("reconstruction", False, LOSSES),
    ],
)
def test_nats_do_not_flatten_the_losses_of_a_discriminator(name: str, adversarial: bool, group: str) -> None:
    assert group_of(name, adversarial=adversarial) == group
