"""Small image translators in the layouts that published code uses."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from tests.formats.plain.zoo import Published, S, T, scramble

Norm = Callable[[int], nn.Module]


class ResidualBlock(nn.Module):
    def __init__(self, width: int, norm: Norm, *, reflect: bool, dropout: bool) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for second in (False, True):
            layers += [nn.ReflectionPad2d(1)] if reflect else []
            layers += [nn.Conv2d(width, width, 3, padding=0 if reflect else 1), norm(width)]
            layers += [] if second else [nn.ReLU()]
            layers += [nn.Dropout(0.5)] if dropout and not second else []
        self.conv_block = S(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.conv_block(x)
        return out


def plain_instance_norm(width: int) -> nn.Module:
    return nn.InstanceNorm2d(width)


def translator(
    *,
    norm: Norm = plain_instance_norm,
    resize: bool = False,
    reflect_residual: bool = True,
    dropout: bool = False,
    residuals: int = 3,
    tanh: bool = True,
) -> nn.Module:
    width = 4
    doublings: list[nn.Module] = []
    for before in (16, 8):
        if resize:
            doublings += [nn.Upsample(scale_factor=2), nn.Conv2d(before, before // 2, 3, 1, 1)]
        else:
            doublings += [T(before, before // 2, 3, 2, 1, 1)]
        doublings += [norm(before // 2), nn.ReLU()]
    return S(
        *(nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), norm(width), nn.ReLU()),
        *(nn.Conv2d(width, 8, 3, 2, 1), norm(8), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), norm(16), nn.ReLU()),
        *(ResidualBlock(16, norm, reflect=reflect_residual, dropout=dropout) for _ in range(residuals)),
        *doublings,
        *(nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh() if tanh else nn.Identity()),
    )


def published(module: nn.Module) -> Published:
    scramble(module)
    return Published(dict(module.state_dict()), lambda image, _: module(image), 0, family="translator")


def cyclegan() -> Published:
    return published(translator(residuals=6))


def cyclegan_dropout_batch_norm() -> Published:
    return published(translator(norm=nn.BatchNorm2d, dropout=True))


def cyclegan_resize() -> Published:
    return published(translator(resize=True))


def cyclegan_old_statistics() -> Published:
    """Instance norms of old torch kept running statistics that nobody used."""
    module = translator()
    scramble(module)
    tensors: dict[str, Tensor] = {}
    for key, tensor in module.state_dict().items():
        tensors[key] = tensor
        if key.endswith("bias"):
            channels = tensor.shape[0]
            path, _, number = key.removesuffix(".bias").rpartition(".")
            if key.startswith(("1.", "4.", "7.", "13.", "16.")) or ".conv_block." in key:
                after = f"{path}.{int(number) + 1}" if path else str(int(number) + 1)
                tensors[f"{after}.running_mean"] = torch.randn(channels)
                tensors[f"{after}.running_var"] = torch.rand(channels) + 0.5
    return Published(tensors, lambda image, _: module(image), 0, family="translator")


class StyleLayer(nn.Module):
    """Reflection padding everywhere, affine instance norm, pictures of 0 to 255."""

    def __init__(self, before: int, after: int, kernel: int, stride: int = 1, upsample: int = 1) -> None:
        super().__init__()
        self.upsample = upsample
        self.pad = nn.ReflectionPad2d(kernel // 2)
        self.conv2d = nn.Conv2d(before, after, kernel, stride)

    def forward(self, x: Tensor) -> Tensor:
        if self.upsample > 1:
            x = nn.functional.interpolate(x, scale_factor=self.upsample)
        out: Tensor = self.conv2d(self.pad(x))
        return out


class StyleResidual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1, self.in1 = StyleLayer(width, width, 3), nn.InstanceNorm2d(width, affine=True)
        self.conv2, self.in2 = StyleLayer(width, width, 3), nn.InstanceNorm2d(width, affine=True)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.in2(self.conv2(self.in1(self.conv1(x)).relu()))
        return out


class StyleTransfer(nn.Module):
    """All norms declared behind the layers they belong to, the activations nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.in1 = StyleLayer(3, 4, 9), nn.InstanceNorm2d(4, affine=True)
        self.conv2, self.in2 = StyleLayer(4, 8, 3, 2), nn.InstanceNorm2d(8, affine=True)
        self.conv3, self.in3 = StyleLayer(8, 16, 3, 2), nn.InstanceNorm2d(16, affine=True)
        self.res = S(*(StyleResidual(16) for _ in range(5)))
        self.deconv1, self.in4 = StyleLayer(16, 8, 3, 1, 2), nn.InstanceNorm2d(8, affine=True)
        self.deconv2, self.in5 = StyleLayer(8, 4, 3, 1, 2), nn.InstanceNorm2d(4, affine=True)
        self.deconv3 = StyleLayer(4, 3, 9)

    def forward(self, x: Tensor) -> Tensor:
        x = self.in3(self.conv3(self.in2(self.conv2(self.in1(self.conv1(x)).relu())).relu())).relu()
        x = self.res(x)
        x = self.in5(self.deconv2(self.in4(self.deconv1(x)).relu())).relu()
        out: Tensor = self.deconv3(x)
        return out


def style_transfer() -> Published:
    module = StyleTransfer()
    scramble(module)

    def draw(image: Tensor, _: Tensor | None) -> Tensor:
        out: Tensor = module((image + 1) * 127.5)
        return out / 127.5 - 1

    return Published(dict(module.state_dict()), draw, 0, family="translator")
