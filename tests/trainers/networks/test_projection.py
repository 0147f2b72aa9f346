"""The projection discriminator's last layer, and the networks that end in it."""

from __future__ import annotations

import pytest
import torch

from trainers.networks.dcgan import DCGANDiscriminator, Halve
from trainers.networks.mlp import MLPDiscriminator
from trainers.networks.projection import ProjectionHead


def test_a_class_adds_its_inner_product_with_the_features() -> None:
    """Miyato & Koyama 2018, equation 5: f(x, y) = y V phi(x) + psi(phi(x))."""
    torch.manual_seed(0)
    head = ProjectionHead(5, num_classes=3)
    features, labels = torch.randn(4, 5), torch.tensor([0, 2, 1, 2])
    assert head.of_class is not None
    rows = head.of_class.weight.T[labels]
    wanted = head.score(features)[:, 0] + (rows * features).sum(1)
    torch.testing.assert_close(head(features, torch.nn.functional.one_hot(labels, 3)), wanted)
    mixed = head(features[:1], torch.tensor([[0.5, 0.5, 0.0]]))
    pure = [head(features[:1], torch.eye(3)[label : label + 1]) for label in (0, 1)]
    torch.testing.assert_close(mixed, (pure[0] + pure[1]) / 2)


def test_without_classes_it_is_a_linear_layer() -> None:
    head = ProjectionHead(5)
    features = torch.randn(4, 5)
    torch.testing.assert_close(head(features), head.score(features)[:, 0])
    with pytest.raises(ValueError, match="class weights"):
        ProjectionHead(5, num_classes=2)(features)


@pytest.mark.parametrize("resolution", [8, 16, 64])
@pytest.mark.parametrize("downsampling", ["strided", "bilinear"])
@pytest.mark.parametrize("norm", ["none", "batch"])
def test_a_convolutional_discriminator_scores_every_size(
    resolution: int, downsampling: str, norm: str
) -> None:
    torch.manual_seed(0)
    network = DCGANDiscriminator(
        resolution,
        2,
        width=4,
        max_width=8,
        norm=norm,  # type: ignore[arg-type]
        downsampling=downsampling,  # type: ignore[arg-type]
        num_classes=3,
    )
    scores = network(torch.randn(2, 2, resolution, resolution), torch.eye(3)[:2])
    assert scores.shape == (2,)


def test_halving_is_bilinear() -> None:
    images = torch.randn(1, 2, 8, 8)
    wanted = torch.nn.functional.interpolate(images, scale_factor=0.5, mode="bilinear", align_corners=False)
    torch.testing.assert_close(Halve()(images), wanted)


def test_waves_let_a_small_network_tell_close_places_apart() -> None:
    """Fit sin(40 x) on [-1, 1]: a plain network of this size cannot in so few steps."""
    errors = []
    for frequency in (0.0, 20.0):
        torch.manual_seed(0)
        network = MLPDiscriminator(1, (32, 32), frequency=frequency)
        optimiser = torch.optim.Adam(network.parameters(), 3e-3)
        x = torch.linspace(-1, 1, 256)[:, None]
        for _ in range(200):
            loss = (network(x) - (40 * x[:, 0]).sin()).square().mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
        errors.append(loss.item())
    assert errors[1] < 0.2 * errors[0]
