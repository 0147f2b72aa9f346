"""Small networks in the layouts that published code uses, each with the picture it draws itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.nn.utils import parametrizations

S, T = nn.Sequential, nn.ConvTranspose2d


@dataclass(frozen=True)
class Published:
    """A network as somebody saved it."""

    tensors: dict[str, Tensor]
    draw: Callable[[Tensor, Tensor | None], Tensor]
    """z (N, z_dim) and class weights to a picture (N, C, H, W) in [-1, 1]; for a translator, a picture."""
    z_dim: int
    num_classes: int = 0
    encode: Callable[[Tensor, Tensor | None], Tensor] | None = None
    """Picture in [-1, 1] to mu."""
    family: str = ""


def scramble(module: nn.Module) -> nn.Module:
    """Give norms statistics and weights as if they had been trained."""
    for part in module.modules():
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm2d)):
            for name, tensor in part.state_dict(keep_vars=True).items():
                if tensor.is_floating_point():
                    with torch.no_grad():
                        low, high = (0.5, 1.5) if name in ("weight", "running_var") else (-0.3, 0.3)
                        tensor.uniform_(low, high)
    return module.eval().requires_grad_(False)


def at_pixel(z: Tensor) -> Tensor:
    return z[:, :, None, None]


def generator(
    module: nn.Module, z_dim: int, family: str = "dcgan", *, pixel: bool = True, unit: bool = False
) -> Published:
    """A network without classes whose forward takes z."""
    scramble(module)

    def draw(z: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = module(at_pixel(z) if pixel else z)
        return out * 2 - 1 if unit else out

    return Published(dict(module.state_dict()), draw, z_dim, family=family)


# DCGAN ------------------------------------------------------------------------------------------------------


def dcgan_tutorial(width: int = 8, z: int = 20, channels: int = 3) -> Published:
    layers = S(
        *(T(z, width * 8, 4, 1, 0, bias=False), nn.BatchNorm2d(width * 8), nn.ReLU(True)),
        *(T(width * 8, width * 4, 4, 2, 1, bias=False), nn.BatchNorm2d(width * 4), nn.ReLU(True)),
        *(T(width * 4, width * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(width * 2), nn.ReLU(True)),
        *(T(width * 2, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(True)),
        *(T(width, channels, 4, 2, 1, bias=False), nn.Tanh()),
    )
    return generator(layers, z)


def dcgan_equal_widths() -> Published:
    """Square layers: their direction is not in their shape."""
    layers = S(
        *(T(16, 16, 4, 1, 0), nn.BatchNorm2d(16), nn.ReLU()),
        *(T(16, 16, 4, 2, 1), nn.BatchNorm2d(16), nn.ReLU()),
        *(T(16, 16, 4, 2, 1), nn.BatchNorm2d(16), nn.ReLU()),
        *(T(16, 3, 4, 2, 1), nn.Tanh()),
    )
    return generator(layers, 16)


def dcgan_mnist_28() -> Published:
    """1, 4, 7, 14, 28 pixels, the third layer with a kernel of 3."""
    layers = S(
        *(T(20, 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
        *(T(32, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
        *(T(16, 8, 4, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
        *(T(8, 1, 4, 2, 1, bias=False), nn.Tanh()),
    )
    return generator(layers, 20)


def dcgan_seven_start() -> Published:
    """1, 7, 14, 28 pixels."""
    layers = S(
        *(T(20, 32, 7, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
        *(T(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
        *(T(16, 1, 4, 2, 1, bias=False), nn.Tanh()),
    )
    return generator(layers, 20)


def dcgan_linear_start() -> Published:
    layers = S(
        *(nn.Linear(20, 32 * 49), nn.BatchNorm1d(32 * 49), nn.ReLU(), nn.Unflatten(1, (32, 7, 7))),
        *(T(32, 16, 5, 2, 2, 1), nn.BatchNorm2d(16), nn.ReLU()),
        *(T(16, 1, 5, 2, 2, 1), nn.Tanh()),
    )
    return generator(layers, 20, pixel=False)


def dcgan_upsampling() -> Published:
    """Nearest enlargement and convolutions; two of the norms with an epsilon of 0.8."""
    layers = S(
        *(
            nn.Linear(20, 32 * 64),
            nn.Unflatten(1, (32, 8, 8)),
            nn.BatchNorm2d(32),
            nn.Upsample(scale_factor=2),
        ),
        *(
            nn.Conv2d(32, 32, 3, 1, 1),
            nn.BatchNorm2d(32, 0.8),
            nn.LeakyReLU(0.2),
            nn.Upsample(scale_factor=2),
        ),
        *(nn.Conv2d(32, 16, 3, 1, 1), nn.BatchNorm2d(16, 0.8), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(16, 3, 3, 1, 1), nn.Tanh()),
    )
    return generator(layers, 20, pixel=False)


def dcgan_leaky_sigmoid() -> Published:
    layers = S(
        *(T(20, 32, 4, 1, 0), nn.BatchNorm2d(32), nn.LeakyReLU(0.2)),
        *(T(32, 16, 4, 2, 1), nn.BatchNorm2d(16), nn.LeakyReLU(0.2)),
        *(T(16, 1, 4, 2, 1), nn.Sigmoid()),
    )
    return generator(layers, 20, unit=True)


def dcgan_dropout_prelu() -> Published:
    layers = S(
        *(T(20, 32, 4, 1, 0), nn.Dropout2d(0.3), nn.PReLU()),
        *(T(32, 16, 4, 2, 1), nn.Dropout2d(0.3), nn.PReLU(16)),
        *(T(16, 3, 4, 2, 1), nn.Tanh()),
    )
    return generator(layers, 20)


def dcgan_affine_free_norm() -> Published:
    layers = S(
        *(T(20, 32, 4, 1, 0), nn.BatchNorm2d(32, affine=False), nn.ReLU()),
        *(T(32, 16, 4, 2, 1), nn.BatchNorm2d(16, affine=False), nn.ReLU()),
        *(T(16, 3, 4, 2, 1), nn.Tanh()),
    )
    return generator(layers, 20)


def _normalised(wrap: Callable[[nn.Module], nn.Module]) -> Published:
    layers = S(
        *(wrap(T(20, 32, 4, 1, 0)), nn.BatchNorm2d(32), nn.ReLU()),
        *(wrap(T(32, 16, 4, 2, 1)), nn.BatchNorm2d(16), nn.ReLU()),
        *(wrap(T(16, 3, 4, 2, 1)), nn.Tanh()),
    )
    layers(torch.randn(4, 20, 1, 1))  # one step of the power iteration
    return generator(layers, 20)


def dcgan_spectral_norm() -> Published:
    return _normalised(nn.utils.spectral_norm)


def dcgan_spectral_parametrization() -> Published:
    return _normalised(parametrizations.spectral_norm)


def dcgan_weight_norm() -> Published:
    return _normalised(parametrizations.weight_norm)


def dcgan_half_precision() -> Published:
    published = dcgan_tutorial()
    halved = {k: v.half() if v.is_floating_point() else v for k, v in published.tensors.items()}
    module = S(
        *(T(20, 64, 4, 1, 0, bias=False), nn.BatchNorm2d(64), nn.ReLU()),
        *(T(64, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
        *(T(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
        *(T(16, 8, 4, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
        *(T(8, 3, 4, 2, 1, bias=False), nn.Tanh()),
    )
    module.load_state_dict(halved)
    return Published(
        halved, lambda z, _: module.eval().requires_grad_(False)(at_pixel(z)), 20, family="dcgan"
    )


def gan_with_critic() -> Published:
    """One state dict holds the critic first, then the generator, under names that say the opposite."""
    module = nn.ModuleDict(
        {
            "generator": S(
                *(nn.Conv2d(3, 16, 4, 2, 1), nn.LeakyReLU(0.2)),
                *(nn.Conv2d(16, 32, 4, 2, 1), nn.BatchNorm2d(32), nn.LeakyReLU(0.2)),
                *(nn.Conv2d(32, 1, 4, 1, 0), nn.Sigmoid()),
            ),
            "discriminator": S(
                *(T(20, 32, 4, 1, 0), nn.BatchNorm2d(32), nn.ReLU()),
                *(T(32, 16, 4, 2, 1), nn.BatchNorm2d(16), nn.ReLU()),
                *(T(16, 3, 2, 2, 0), nn.Tanh()),
            ),
        }
    )
    scramble(module)
    return Published(
        dict(module.state_dict()), lambda z, _: module["discriminator"](at_pixel(z)), 20, family="dcgan"
    )


# Conditional DCGAN ------------------------------------------------------------------------------------------


class ConditionalDCGAN(nn.Module):
    def __init__(self, z: int, classes: int, embedding: int, *, label_first: bool) -> None:
        super().__init__()
        self.label_first = label_first
        self.emb = nn.Embedding(classes, embedding) if embedding else None
        self.net = S(
            *(T(z + (embedding or classes), 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
            *(T(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
            *(T(16, 3, 4, 2, 1), nn.Tanh()),
        )

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        y = y if self.emb is None else y @ self.emb.weight
        out: Tensor = self.net(at_pixel(torch.cat([y, z] if self.label_first else [z, y], 1)))
        return out


def conditional(
    module: nn.Module, z_dim: int, classes: int, family: str = "dcgan", *, unit: bool = False
) -> Published:
    scramble(module)

    def draw(z: Tensor, y: Tensor | None) -> Tensor:
        out: Tensor = module(z, y)
        return out * 2 - 1 if unit else out

    return Published(dict(module.state_dict()), draw, z_dim, classes, family=family)


def cdcgan_one_hot() -> Published:
    return conditional(ConditionalDCGAN(100, 10, 0, label_first=False), 100, 10)


def cdcgan_one_hot_first() -> Published:
    return conditional(ConditionalDCGAN(100, 10, 0, label_first=True), 100, 10)


def cdcgan_embedding() -> Published:
    return conditional(ConditionalDCGAN(20, 7, 12, label_first=False), 20, 7)


def cdcgan_embedding_first() -> Published:
    return conditional(ConditionalDCGAN(20, 7, 12, label_first=True), 20, 7)


class ProductGAN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.label_emb = nn.Embedding(10, 20)
        self.l1 = S(nn.Linear(20, 32 * 64))
        self.conv_blocks = S(
            *(nn.BatchNorm2d(32), nn.Upsample(scale_factor=2), nn.Conv2d(32, 32, 3, padding=1)),
            *(nn.BatchNorm2d(32, 0.8), nn.LeakyReLU(0.2), nn.Upsample(scale_factor=2)),
            *(nn.Conv2d(32, 16, 3, padding=1), nn.BatchNorm2d(16, 0.8), nn.LeakyReLU(0.2)),
            *(nn.Conv2d(16, 1, 3, padding=1), nn.Tanh()),
        )

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        out: Tensor = self.conv_blocks(self.l1(z * (y @ self.label_emb.weight)).view(-1, 32, 8, 8))
        return out


def acgan_product() -> Published:
    return conditional(ProductGAN(), 20, 10)


class TwoBranchGAN(nn.Module):
    """z and class have first layers of their own, whose features are put side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.deconv1_1, self.deconv1_1_bn = T(20, 24, 4, 1, 0), nn.BatchNorm2d(24)
        self.deconv1_2, self.deconv1_2_bn = T(10, 8, 4, 1, 0), nn.BatchNorm2d(8)
        self.deconv2, self.deconv2_bn = T(32, 16, 4, 2, 1), nn.BatchNorm2d(16)
        self.deconv3 = T(16, 1, 4, 2, 1)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        x = F.relu(self.deconv1_1_bn(self.deconv1_1(at_pixel(z))))
        c = F.relu(self.deconv1_2_bn(self.deconv1_2(at_pixel(y))))
        x = F.relu(self.deconv2_bn(self.deconv2(torch.cat([x, c], 1))))
        return torch.tanh(self.deconv3(x))


def cdcgan_two_branches() -> Published:
    return conditional(TwoBranchGAN(), 20, 10)


# MLP GAN ----------------------------------------------------------------------------------------------------


def mlp_gan_plain() -> Published:
    layers = S(
        *(nn.Linear(100, 32), nn.LeakyReLU(0.2), nn.Linear(32, 64), nn.LeakyReLU(0.2)),
        *(nn.Linear(64, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28))),
    )
    return generator(layers, 100, "mlp_gan", pixel=False)


def mlp_gan_eps() -> Published:
    """Batch norms with an epsilon of 0.8, and a critic behind it in the same file."""
    layers = S(
        *(
            nn.Linear(100, 32),
            nn.LeakyReLU(0.2),
            nn.Linear(32, 64),
            nn.BatchNorm1d(64, 0.8),
            nn.LeakyReLU(0.2),
        ),
        *(nn.Linear(64, 1024), nn.BatchNorm1d(1024, 0.8), nn.LeakyReLU(0.2)),
        *(nn.Linear(1024, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28))),
    )
    critic = S(
        nn.Linear(784, 512), nn.LeakyReLU(0.2), nn.Linear(512, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1)
    )
    both = nn.ModuleDict({"g": layers, "d": critic})
    scramble(both)
    return Published(dict(both.state_dict()), lambda z, _: layers(z), 100, family="mlp_gan")


def mlp_gan_relu_sigmoid_rgb() -> Published:
    layers = S(
        *(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 192), nn.ReLU(), nn.Dropout(0.3)),
        *(nn.Linear(192, 3072), nn.Sigmoid(), nn.Unflatten(1, (3, 32, 32))),
    )
    return generator(layers, 64, "mlp_gan", pixel=False, unit=True)


class ConditionalMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.label_emb = nn.Embedding(10, 10)
        self.model = S(
            *(nn.Linear(110, 32), nn.LeakyReLU(0.2), nn.Linear(32, 64), nn.BatchNorm1d(64, 0.8)),
            *(nn.LeakyReLU(0.2), nn.Linear(64, 1024), nn.Tanh()),
        )

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        out: Tensor = self.model(torch.cat((y @ self.label_emb.weight, z), -1))
        return out.view(-1, 1, 32, 32)


def mlp_cgan() -> Published:
    return conditional(ConditionalMLP(), 100, 10, "mlp_gan")
