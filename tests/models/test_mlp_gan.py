"""MLP GAN: the widely taught layer list, and classes."""

from __future__ import annotations

import torch
from torch import nn

from latentlab.models.generator import one_hot
from latentlab.models.mlp_gan import MLPGAN, mlp_gan
from latentlab.models.seeds import normal_from_seed


def test_draws_what_the_published_layer_list_draws() -> None:
    torch.manual_seed(0)
    published = nn.Sequential(
        *(nn.Linear(10, 24), nn.LeakyReLU(0.2)),
        *(nn.Linear(24, 32), nn.BatchNorm1d(32), nn.LeakyReLU(0.2)),
        *(nn.Linear(32, 64), nn.Tanh()),
    )
    published(torch.randn(64, 10))
    ours = MLPGAN(mlp_gan(8, z_dim=10, hidden=(24, 32))).eval()
    ours.load_state_dict(dict(zip(ours.state_dict(), published.state_dict().values(), strict=True)))
    z = normal_from_seed(0, 3, 10)
    assert torch.equal(ours(z).flatten(1), published.eval()(z))
    assert [block.info.name for block in ours.blocks] == ["fc", "fc_2", "fc_3"]


def test_the_class_changes_the_picture() -> None:
    torch.manual_seed(0)
    ours = MLPGAN(mlp_gan(8, z_dim=10, hidden=(24,), num_classes=3, embedding=3)).eval()
    z = normal_from_seed(0, 1, 10)
    assert not torch.allclose(ours(z, one_hot(0, 3)), ours(z, one_hot(1, 3)))
