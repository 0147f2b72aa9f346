"""Small autoencoders in the layouts that published code uses."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.formats.plain.zoo import Published, S, T, scramble


def autoencoder(module: nn.Module, z_dim: int, classes: int = 0, *, unit: bool) -> Published:
    """A module with `encode(x, y) -> mu` and `decode(z, y)`, in pictures of [0, 1] or [-1, 1]."""
    scramble(module)

    def draw(z: Tensor, y: Tensor | None) -> Tensor:
        out: Tensor = module.decode(z, y)
        return out * 2 - 1 if unit else out

    def encode(x: Tensor, y: Tensor | None) -> Tensor:
        mu: Tensor = module.encode((x + 1) / 2 if unit else x, y)
        return mu

    return Published(dict(module.state_dict()), draw, z_dim, classes, encode, family="vae")


class BasicVAE(nn.Module):
    """Fully connected, with heads of their own, in the order encoder, decoder or the other way round."""

    def __init__(self, *, decoder_first: bool = False, hidden: int = 40) -> None:
        super().__init__()
        if decoder_first:
            self.fc3, self.fc4 = nn.Linear(6, hidden), nn.Linear(hidden, 784)
        self.fc1, self.fc21, self.fc22 = nn.Linear(784, hidden), nn.Linear(hidden, 6), nn.Linear(hidden, 6)
        if not decoder_first:
            self.fc3, self.fc4 = nn.Linear(6, hidden), nn.Linear(hidden, 784)

    def encode(self, x: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = self.fc21(F.relu(self.fc1(x.flatten(1))))
        return out

    def decode(self, z: Tensor, _: Tensor | None) -> Tensor:
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))).view(-1, 1, 28, 28)


def mlp_vae_basic() -> Published:
    return autoencoder(BasicVAE(), 6, unit=True)


def mlp_vae_decoder_first() -> Published:
    return autoencoder(BasicVAE(decoder_first=True), 6, unit=True)


def mlp_vae_pixel_wide() -> Published:
    """A hidden width of 400 could be a picture of 20 x 20."""
    return autoencoder(BasicVAE(hidden=400), 6, unit=True)


class JointHeadVAE(nn.Module):
    """Fully connected with one head for mu and logvar, one behind the other or interleaved."""

    def __init__(self, *, interleaved: bool) -> None:
        super().__init__()
        self.interleaved = interleaved
        self.encoder = S(
            nn.Linear(784, 64), nn.LeakyReLU(0.2), nn.Linear(64, 32), nn.LeakyReLU(0.2), nn.Linear(32, 16)
        )
        self.decoder = S(
            nn.Linear(8, 32), nn.LeakyReLU(0.2), nn.Linear(32, 64), nn.LeakyReLU(0.2), nn.Linear(64, 784)
        )

    def encode(self, x: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = self.encoder(x.flatten(1))
        return out[:, ::2] if self.interleaved else out[:, :8]

    def decode(self, z: Tensor, _: Tensor | None) -> Tensor:
        return torch.sigmoid(self.decoder(z)).view(-1, 1, 28, 28)


def mlp_vae_joint() -> Published:
    return autoencoder(JointHeadVAE(interleaved=False), 8, unit=True)


def mlp_vae_interleaved() -> Published:
    return autoencoder(JointHeadVAE(interleaved=True), 8, unit=True)


class ConditionalMLPVAE(nn.Module):
    """One-hot class behind the pixels and behind z, or before both."""

    def __init__(self, *, label_first: bool) -> None:
        super().__init__()
        self.label_first = label_first
        self.fc1, self.mu, self.var = nn.Linear(794, 48), nn.Linear(48, 5), nn.Linear(48, 5)
        self.fc2, self.fc3 = nn.Linear(15, 48), nn.Linear(48, 784)

    def _join(self, x: Tensor, y: Tensor | None) -> Tensor:
        assert y is not None
        return torch.cat([y, x] if self.label_first else [x, y], 1)

    def encode(self, x: Tensor, y: Tensor | None) -> Tensor:
        out: Tensor = self.mu(F.relu(self.fc1(self._join(x.flatten(1), y))))
        return out

    def decode(self, z: Tensor, y: Tensor | None) -> Tensor:
        return torch.sigmoid(self.fc3(F.relu(self.fc2(self._join(z, y))))).view(-1, 1, 28, 28)


def cvae_mlp() -> Published:
    return autoencoder(ConditionalMLPVAE(label_first=False), 5, 10, unit=True)


def cvae_mlp_label_first() -> Published:
    return autoencoder(ConditionalMLPVAE(label_first=True), 5, 10, unit=True)


class ConvVAE(nn.Module):
    """Strided convolutions with norms, linear heads, transposed convolutions, a last convolution; 32 px."""

    def __init__(self, *, last_declared_heads: bool = False) -> None:
        super().__init__()
        widths = (3, 8, 16, 32)
        encoder = S(
            *(
                S(nn.Conv2d(a, b, 3, 2, 1), nn.BatchNorm2d(b), nn.LeakyReLU())
                for a, b in itertools.pairwise(widths)
            )
        )
        decoder = S(
            *(
                S(T(b, a, 3, 2, 1, output_padding=1), nn.BatchNorm2d(a), nn.LeakyReLU())
                for a, b in ((16, 32), (8, 16))
            )
        )
        final = S(
            T(8, 8, 3, 2, 1, output_padding=1), nn.BatchNorm2d(8), nn.LeakyReLU(), nn.Conv2d(8, 3, 3, 1, 1)
        )
        if last_declared_heads:
            self.encoder, self.decoder, self.final_layer = encoder, decoder, final
        else:
            self.encoder = encoder
        self.fc_mu, self.fc_var = nn.Linear(512, 10), nn.Linear(512, 10)
        self.decoder_input = nn.Linear(10, 512)
        if not last_declared_heads:
            self.decoder, self.final_layer = decoder, final

    def encode(self, x: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = self.fc_mu(self.encoder(x).flatten(1))
        return out

    def decode(self, z: Tensor, _: Tensor | None) -> Tensor:
        out = self.final_layer(self.decoder(self.decoder_input(z).view(-1, 32, 4, 4)))
        return torch.tanh(out)


def conv_vae_strided() -> Published:
    return autoencoder(ConvVAE(), 10, unit=False)


def conv_vae_heads_last() -> Published:
    return autoencoder(ConvVAE(last_declared_heads=True), 10, unit=False)


class BetaVAE(nn.Module):
    """Kernels of 4, a last convolution down to one pixel, one head for both; 64 px, no norms."""

    def __init__(self, channels: int = 1) -> None:
        super().__init__()
        self.encoder = S(
            *(nn.Conv2d(channels, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 8, 4, 2, 1), nn.ReLU()),
            *(nn.Conv2d(8, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 16, 4, 2, 1), nn.ReLU()),
            *(nn.Conv2d(16, 64, 4, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 12)),
        )
        self.decoder = S(
            *(nn.Linear(6, 64), nn.Unflatten(1, (64, 1, 1)), nn.ReLU(), T(64, 16, 4), nn.ReLU()),
            *(T(16, 16, 4, 2, 1), nn.ReLU(), T(16, 8, 4, 2, 1), nn.ReLU()),
            *(T(8, 8, 4, 2, 1), nn.ReLU(), T(8, channels, 4, 2, 1)),
        )

    def encode(self, x: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = self.encoder(x)[:, :6]
        return out

    def decode(self, z: Tensor, _: Tensor | None) -> Tensor:
        return torch.sigmoid(self.decoder(z))


def beta_vae() -> Published:
    return autoencoder(BetaVAE(), 6, unit=True)


def beta_vae_encoder_and_decoder_apart() -> dict[str, dict[str, Tensor]]:
    """Two state dicts in one file."""
    published = beta_vae()
    return {
        half: {k.removeprefix(half + "."): v for k, v in published.tensors.items() if k.startswith(half)}
        for half in ("decoder", "encoder")
    }


class UnpaddedVAE(nn.Module):
    """Unpadded strided convolutions; the decoder goes 1, 5, 13, 30, 64 with kernels of 5 and 6."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = S(
            *(nn.Conv2d(3, 8, 4, 2), nn.ReLU(), nn.Conv2d(8, 16, 4, 2), nn.ReLU()),
            *(nn.Conv2d(16, 32, 4, 2), nn.ReLU(), nn.Conv2d(32, 64, 4, 2), nn.ReLU(), nn.Flatten()),
        )
        self.fc1, self.fc2, self.fc3 = nn.Linear(256, 8), nn.Linear(256, 8), nn.Linear(8, 256)
        self.decoder = S(
            *(nn.Unflatten(1, (256, 1, 1)), T(256, 32, 5, 2), nn.ReLU(), T(32, 16, 5, 2), nn.ReLU()),
            *(T(16, 8, 6, 2), nn.ReLU(), T(8, 3, 6, 2), nn.Sigmoid()),
        )

    def encode(self, x: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = self.fc1(self.encoder(x))
        return out

    def decode(self, z: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = self.decoder(self.fc3(z))
        return out


def conv_vae_unpadded() -> Published:
    return autoencoder(UnpaddedVAE(), 8, unit=True)


class PoolingVAE(nn.Module):
    """Convolutions and max pooling; group norm; nearest enlargement; 28 px."""

    def __init__(self) -> None:
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.mu, self.logvar = nn.Linear(16 * 49, 5), nn.Linear(16 * 49, 5)
        self.fc = nn.Linear(5, 16 * 49)
        self.d1, self.n1 = nn.Conv2d(16, 8, 3, padding=1), nn.GroupNorm(4, 8)
        self.d2 = nn.Conv2d(8, 1, 3, padding=1)

    def encode(self, x: Tensor, _: Tensor | None) -> Tensor:
        x = F.max_pool2d(F.relu(self.c2(F.max_pool2d(F.relu(self.c1(x)), 2))), 2)
        out: Tensor = self.mu(x.flatten(1))
        return out

    def decode(self, z: Tensor, _: Tensor | None) -> Tensor:
        x = F.interpolate(self.fc(z).view(-1, 16, 7, 7), scale_factor=2)
        x = F.interpolate(F.relu(self.n1(self.d1(x))), scale_factor=2)
        return torch.sigmoid(self.d2(x))


def conv_vae_pooling() -> Published:
    return autoencoder(PoolingVAE(), 5, unit=True)


class ConditionalConvVAE(nn.Module):
    """The class as constant channels beside the picture, and behind z."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = S(
            nn.Conv2d(8, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 4, 2, 1), nn.ReLU(), nn.Flatten()
        )
        self.mu, self.logvar = nn.Linear(1024, 6), nn.Linear(1024, 6)
        self.decoder = S(
            *(nn.Linear(11, 1024), nn.ReLU(), nn.Unflatten(1, (16, 8, 8))),
            *(T(16, 8, 4, 2, 1), nn.ReLU(), T(8, 3, 4, 2, 1), nn.Sigmoid()),
        )

    def encode(self, x: Tensor, y: Tensor | None) -> Tensor:
        assert y is not None
        planes = y[:, :, None, None].expand(-1, -1, 32, 32)
        out: Tensor = self.mu(self.encoder(torch.cat([x, planes], 1)))
        return out

    def decode(self, z: Tensor, y: Tensor | None) -> Tensor:
        assert y is not None
        out: Tensor = self.decoder(torch.cat([z, y], 1))
        return out


def cvae_conv() -> Published:
    return autoencoder(ConditionalConvVAE(), 6, 5, unit=True)


class FeatureConditionVAE(nn.Module):
    """The class joins the flat features before the heads."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = S(
            nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), nn.Flatten()
        )
        self.mu, self.logvar = nn.Linear(794, 6), nn.Linear(794, 6)
        self.start = nn.Linear(16, 784)
        self.decoder = S(
            *(T(16, 8, 3, 2, 1, output_padding=1), nn.ReLU()),
            *(T(8, 1, 3, 2, 1, output_padding=1), nn.Sigmoid()),
        )

    def encode(self, x: Tensor, y: Tensor | None) -> Tensor:
        assert y is not None
        out: Tensor = self.mu(torch.cat([self.encoder(x), y], 1))
        return out

    def decode(self, z: Tensor, y: Tensor | None) -> Tensor:
        assert y is not None
        out: Tensor = self.decoder(F.relu(self.start(torch.cat([z, y], 1))).view(-1, 16, 7, 7))
        return out


def cvae_features() -> Published:
    return autoencoder(FeatureConditionVAE(), 6, 10, unit=True)


def decoder_alone() -> Published:
    layers = S(
        *(nn.Linear(8, 256), nn.ReLU(), nn.Unflatten(1, (16, 4, 4))),
        *(T(16, 8, 4, 2, 1), nn.ReLU(), T(8, 8, 4, 2, 1), nn.ReLU(), T(8, 3, 4, 2, 1), nn.Sigmoid()),
    )
    scramble(layers)
    return Published(dict(layers.state_dict()), lambda z, _: layers(z) * 2 - 1, 8, family="dcgan")
