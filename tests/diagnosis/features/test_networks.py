"""Networks that see pictures, against a plain reading of their papers with random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from latentlab.diagnosis.features import extract
from latentlab.diagnosis.features.efficientnet import EfficientNetLite0, weights_file
from latentlab.diagnosis.features.inception import Inception
from latentlab.diagnosis.features.pixels import Pixels
from latentlab.diagnosis.features.random_network import RandomNetwork
from latentlab.diagnosis.store import Store
from latentlab.errors import DiagnosisError

_BLOCKS = [
    # input, output, kernel, stride, expansion: table 1 of the paper, repeats written out
    (32, 16, 3, 1, 1),
    (16, 24, 3, 2, 6),
    (24, 24, 3, 1, 6),
    (24, 40, 5, 2, 6),
    (40, 40, 5, 1, 6),
    (40, 80, 3, 2, 6),
    (80, 80, 3, 1, 6),
    (80, 80, 3, 1, 6),
    (80, 112, 5, 1, 6),
    (112, 112, 5, 1, 6),
    (112, 112, 5, 1, 6),
    (112, 192, 5, 2, 6),
    (192, 192, 5, 1, 6),
    (192, 192, 5, 1, 6),
    (192, 192, 5, 1, 6),
    (192, 320, 3, 1, 6),
]


def pictures(count: int, side: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, channels), np.uint8)


def efficientnet_tensors() -> dict[str, Tensor]:
    torch.manual_seed(0)
    found: dict[str, Tensor] = {}

    def conv(conv_name: str, norm: str, out: int, inputs: int, kernel: int) -> None:
        found[f"{conv_name}.weight"] = torch.randn(out, inputs, kernel, kernel) / (inputs * kernel**2) ** 0.5
        found[f"{norm}.weight"] = 1 + 0.2 * torch.randn(out)
        found[f"{norm}.bias"] = 0.5 + 0.2 * torch.randn(out)
        found[f"{norm}.running_mean"] = 0.1 * torch.randn(out)
        found[f"{norm}.running_var"] = 0.5 + torch.rand(out)

    conv("_conv_stem", "_bn0", 32, 3, 3)
    for number, (inputs, out, kernel, _, expansion) in enumerate(_BLOCKS):
        name, wide = f"_blocks.{number}.", inputs * expansion
        if expansion > 1:
            conv(f"{name}_expand_conv", f"{name}_bn0", wide, inputs, 1)
        conv(f"{name}_depthwise_conv", f"{name}_bn1", wide, 1, kernel)
        conv(f"{name}_project_conv", f"{name}_bn2", out, wide, 1)
    conv("_conv_head", "_bn1", 1280, 320, 1)
    found["_fc.weight"], found["_fc.bias"] = torch.randn(1000, 1280), torch.randn(1000)
    return found


def plain_efficientnet(tensors: dict[str, Tensor], x: Tensor) -> Tensor:
    """Layer after layer, nothing folded; "same" padding from TensorFlow's documentation."""

    def layer(x: Tensor, conv: str, norm: str, stride: int, groups: int = 1, bend: bool = True) -> Tensor:
        weight = tensors[f"{conv}.weight"]
        kernel = weight.shape[-1]
        size = x.shape[-1]
        total = max(kernel - stride, 0) if size % stride == 0 else max(kernel - size % stride, 0)
        x = F.pad(x, (total // 2, total - total // 2) * 2)
        x = F.conv2d(x, weight, stride=stride, groups=groups)
        stats = [tensors[f"{norm}.{name}"] for name in ("running_mean", "running_var", "weight", "bias")]
        x = F.batch_norm(x, *stats, training=False, eps=1e-3)
        return F.relu6(x) if bend else x

    x = layer(x, "_conv_stem", "_bn0", 2)
    for number, (inputs, out, _, stride, expansion) in enumerate(_BLOCKS):
        name = f"_blocks.{number}."
        y = layer(x, f"{name}_expand_conv", f"{name}_bn0", 1) if expansion > 1 else x
        y = layer(y, f"{name}_depthwise_conv", f"{name}_bn1", stride, y.shape[1])
        y = layer(y, f"{name}_project_conv", f"{name}_bn2", 1, bend=False)
        x = x + y if stride == 1 and inputs == out else y
    return layer(x, "_conv_head", "_bn1", 1).mean((2, 3))


def test_efficientnet_is_the_network_of_its_paper(tmp_path: Path) -> None:
    tensors = efficientnet_tensors()
    torch.save(tensors, tmp_path / "weights.pth")
    network = EfficientNetLite0(tmp_path / "weights.pth")
    for side in (96, 100):
        seen = pictures(2, side)
        images = (torch.from_numpy(seen).permute(0, 3, 1, 2).float() - 127) / 128
        expected = plain_efficientnet(tensors, images).numpy()
        assert np.abs(network(seen) - expected).max() < 1e-4 * np.abs(expected).max()


@pytest.mark.skipif(weights_file() is None, reason="its package is not installed")
def test_efficientnet_knows_a_temple_and_a_flower() -> None:
    from sklearn.datasets import load_sample_images

    temple, flower = (picture[:, 106:533] for picture in load_sample_images().images)
    network = EfficientNetLite0()
    assert set(np.argsort(-network.logits(temple[None])[0])[:5]) & {698, 663}  # palace, monastery
    assert network.logits(flower[None])[0].argmax() == 985  # daisy


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(b"nothing")
    with pytest.raises(DiagnosisError, match="damaged"):
        EfficientNetLite0(tmp_path / "weights.pth")
    with pytest.raises(DiagnosisError, match="pytorch-fid"):
        Inception(tmp_path / "weights.pth")


def test_features_are_kept_by_content(tmp_path: Path) -> None:
    store, network = Store(tmp_path), RandomNetwork()
    seen = pictures(7, 16)
    first = extract(network, seen, store=store, batch=3)
    assert np.allclose(first, network(seen), atol=1e-5)

    class Blind:
        name, key = network.name, network.key

        def __call__(self, pictures: np.ndarray) -> np.ndarray:
            raise AssertionError("it looked again")

    assert np.array_equal(extract(Blind(), seen, store=store), first)
    with pytest.raises(AssertionError):
        extract(Blind(), seen[::-1], store=store)


def test_pixels_are_principal_axes() -> None:
    from sklearn.decomposition import PCA

    seen = pictures(60, 8, 1)
    flat = seen.reshape(60, -1) / 255
    own, other = Pixels(seen, 10)(seen), PCA(10).fit_transform(flat)
    assert np.allclose(np.abs(own), np.abs(other), atol=1e-4)


def test_grey_pictures_are_seen_too() -> None:
    grey = pictures(3, 24, 1)
    network = RandomNetwork()
    assert np.allclose(network(grey), network(np.repeat(grey, 3, 3)), atol=1e-5)
