import numpy as np
import pytest
import torch

from latentlab.errors import RenderError
from latentlab.render.pixels import to_pixels


def _by_hand(images: np.ndarray) -> np.ndarray:
    """The formula of NVIDIA's scripts, one number at a time."""
    return np.trunc(np.clip(images.astype(np.float32) * np.float32(127.5) + 128, 0, 255)).astype(np.uint8)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_rgb_is_scaled_cut_off_and_truncated(layout: torch.memory_format) -> None:
    images = torch.linspace(-1.5, 1.5, 2 * 3 * 5 * 7).reshape(2, 3, 5, 7)
    pixels = to_pixels(images.contiguous(memory_format=layout))
    assert pixels.shape == (2, 5, 7, 3)
    assert pixels.flags.c_contiguous
    np.testing.assert_array_equal(pixels, _by_hand(images.numpy().transpose(0, 2, 3, 1)))


def test_the_input_is_left_alone() -> None:
    images = torch.full((1, 3, 2, 2), 0.25)
    to_pixels(images)
    assert torch.equal(images, torch.full((1, 3, 2, 2), 0.25))


@pytest.mark.parametrize(("channels", "shown"), [(1, (0, 0, 0)), (2, (0, 0, 0)), (4, (0, 1, 2))])
def test_grey_becomes_rgb_and_a_fourth_channel_is_not_shown(channels: int, shown: tuple[int, ...]) -> None:
    images = torch.linspace(-1, 1, channels).reshape(1, channels, 1, 1).expand(1, channels, 3, 3)
    pixel = to_pixels(images)[0, 1, 1]
    assert pixel.tolist() == [_by_hand(images.numpy())[0, channel, 0, 0] for channel in shown]


def test_half_precision_is_shown() -> None:
    images = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.bfloat16).reshape(1, 3, 1, 1)
    assert to_pixels(images).ravel().tolist() == [0, 128, 255]


def test_nan_is_an_error_and_infinity_is_cut_off() -> None:
    images = torch.zeros(1, 3, 8, 8)
    images[0, 1, 2, 3] = float("inf")
    images[0, 0, 0, 0] = -float("inf")
    assert to_pixels(images)[0, 2, 3, 1] == 255
    images[0, 2, 7, 7] = float("nan")
    with pytest.raises(RenderError, match="NaN"):
        to_pixels(images)
