"""Among the readings of a trained file, the right one looks most natural."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from sklearn.datasets import load_digits
from torch import Tensor, nn

from latentlab.formats.plain import recognise
from latentlab.formats.ranking import judge, naturalness, rank
from latentlab.formats.reading import Reading
from latentlab.models.dcgan import DCGAN, dcgan
from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed
from tests.formats.plain.test_recognition import draws_alike, open_reading, to_meta
from tests.formats.plain.zoo import Published

S, T = nn.Sequential, nn.ConvTranspose2d


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor]:
    """Pictures (N, 1, 16, 16) in [0, 1] and one-hot classes (N, 10)."""
    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16
    images = F.interpolate(images, scale_factor=2, mode="bilinear")
    return images, F.one_hot(torch.tensor(data.target), 10).float()


class SmallVAE(nn.Module):
    """Decoder first; conditional when `classes`; the encoder may be left out of the file."""

    def __init__(self, decoder: nn.Module, classes: int, activation: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.decoder = decoder
        self.fc, self.heads = nn.Linear(256 + classes, 64), nn.Linear(64, 16)
        self.activation = activation

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden = self.activation(self.fc(torch.cat([x.flatten(1), y], 1)))
        mu, logvar = self.heads(hidden)[:, ::2], self.heads(hidden)[:, 1::2]
        z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
        return self.decoder(torch.cat([y, z], 1)), mu, logvar


def train(vae: SmallVAE, images: Tensor, classes: Tensor, *, steps: int) -> None:
    torch.manual_seed(0)
    optimiser = torch.optim.Adam(vae.parameters(), 5e-3)
    for _ in range(steps):
        batch = torch.randint(len(images), (64,))
        x = images[batch]
        again, mu, logvar = vae(x, classes[batch])
        kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1).mean()
        loss = (again - x).square().flatten(1).sum(1).mean() + 0.3 * kl
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    vae.eval().requires_grad_(False)


def best(tensors: dict[str, Tensor]) -> Generator:
    def build(reading: Reading) -> Generator:
        return open_reading(reading, tensors)

    ranked = rank(recognise({"": to_meta(tensors)}), build)
    scores = [item.reading.candidate.score for item in ranked[:6]]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[0] <= 1
    return build(ranked[0].reading)


def test_an_unusual_fully_connected_vae(digits: tuple[Tensor, Tensor]) -> None:
    """tanh output, leaky ReLU, interleaved heads: three steps from the likeliest reading."""
    torch.manual_seed(0)
    images = digits[0] * 2 - 1
    decoder = S(
        nn.Linear(8, 64), nn.LeakyReLU(0.2), nn.Linear(64, 256), nn.Tanh(), nn.Unflatten(1, (1, 16, 16))
    )
    vae = SmallVAE(decoder, 0, lambda x: F.leaky_relu(x, 0.2))
    train(vae, images, torch.zeros(len(images), 0), steps=250)
    generator = best(dict(vae.state_dict()))
    assert draws_alike(generator, Published({}, lambda z, _: decoder(z), 8))
    mu = vae.heads(F.leaky_relu(vae.fc(images[:50].flatten(1)), 0.2))[:, ::2]
    torch.testing.assert_close(generator.encode(images[:50]).mu, mu)  # type: ignore[attr-defined]


def test_a_conditional_decoder_with_batch_norms(digits: tuple[Tensor, Tensor]) -> None:
    """The class before z, leaky ReLU inside, tanh: the statistics of the norms tell."""
    torch.manual_seed(0)
    images, classes = digits
    decoder = S(
        *(nn.Unflatten(1, (18, 1, 1)), T(18, 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.LeakyReLU(0.2)),
        *(
            T(32, 16, 4, 2, 1, bias=False),
            nn.BatchNorm2d(16),
            nn.LeakyReLU(0.2),
            T(16, 1, 4, 2, 1),
            nn.Tanh(),
        ),
    )
    vae = SmallVAE(decoder, 10, F.relu)
    train(vae, images * 2 - 1, classes, steps=150)
    generator = best(dict(decoder.state_dict()))
    assert draws_alike(generator, Published({}, lambda z, y: decoder(torch.cat([y, z], 1)), 8, 10))


def test_pictures_are_more_natural_than_noise_or_flat_colour(digits: tuple[Tensor, Tensor]) -> None:
    pictures = naturalness(digits[0][:64] * 2 - 1)
    noise = naturalness(normal_from_seed(0, 64, 1, 16, 16).tanh())
    assert pictures > 0.5 > 0.1 > noise
    assert naturalness(torch.zeros(8, 3, 32, 32)) == 0
    same = (digits[0][:1] * 2 - 1).expand(64, -1, -1, -1)
    assert naturalness(same) < pictures / 2
    assert naturalness(digits[0][:64] * 20) < pictures / 2


def test_judging_is_repeatable_and_shows_the_samples() -> None:
    torch.manual_seed(0)
    generator = DCGAN(dcgan(32, z_dim=8, width=4)).eval()
    first, second = judge(generator), judge(generator)
    assert first.score == second.score
    assert np.array_equal(first.sheet, second.sheet)
    assert first.sheet.shape == (64, 128, 3)
    images = generator(normal_from_seed(0, 32, 8))[:4]
    pixels = ((images.clamp(-1, 1) + 1) * 127.5).round().byte()
    np.testing.assert_array_equal(first.sheet[:32, 32:64], pixels[1].permute(1, 2, 0))


def test_numbers_that_are_not_finite_score_nothing() -> None:
    generator = DCGAN(dcgan(16, z_dim=8, width=4)).eval()
    with torch.no_grad():
        next(generator.parameters()).fill_(torch.nan)
    assert judge(generator).score == 0
