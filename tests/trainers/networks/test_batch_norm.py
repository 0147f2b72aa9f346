"""Batch normalisation over a team: with one process it is torch's; two processes are tested with all systems."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from latentlab.models.modules import BatchNorm
from trainers.networks.batch_norm import TeamBatchNorm, share_statistics
from trainers.team import ALONE, Team


@pytest.mark.parametrize("shape", [(6, 4), (6, 4, 3, 5)])
@pytest.mark.parametrize("training", [True, False])
def test_it_is_torchs_batch_norm(shape: tuple[int, ...], training: bool) -> None:
    torch.manual_seed(0)
    theirs = BatchNorm(4)
    nn.init.normal_(theirs.weight)
    theirs(torch.randn(shape) + 1)
    ours = TeamBatchNorm(theirs, ALONE)
    theirs.train(training)
    ours.train(training)
    images, weight = (3 * torch.randn(shape) - 1).requires_grad_(), torch.randn(shape)
    found, wanted = ours(images), theirs(images)
    torch.testing.assert_close(found, wanted)
    for ours_too, theirs_too in zip(
        torch.autograd.grad((found * weight).sum(), [images, *ours.parameters()]),
        torch.autograd.grad((wanted * weight).sum(), [images, *theirs.parameters()]),
        strict=True,
    ):
        torch.testing.assert_close(ours_too, theirs_too, rtol=1e-4, atol=1e-5)
    for ours_too, theirs_too in zip(ours.buffers(), theirs.buffers(), strict=True):
        torch.testing.assert_close(ours_too, theirs_too)


def test_only_a_team_needs_it() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.Sequential(BatchNorm(2)))
    assert not any(isinstance(module, TeamBatchNorm) for module in share_statistics(network, ALONE).modules())
    names = list(network.state_dict())
    shared = share_statistics(network, Team(0, 2))
    assert sum(isinstance(module, TeamBatchNorm) for module in shared.modules()) == 1
    assert list(shared.state_dict()) == names
