import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from latentlab.errors import RecipeError
from latentlab.latents.recipe import PhotoSource
from latentlab.render import photos
from latentlab.render.photos import PhotoShelf, photo_source

_RAMP = np.linspace(0, 255, 16 * 16).astype(np.uint8).reshape(16, 16)


def _load(path: Path, channels: int = 3, resolution: int = 16) -> np.ndarray:
    values = PhotoShelf(channels, resolution)(photo_source(path))
    assert values.shape == (1, channels, resolution, resolution)
    return (values[0].permute(1, 2, 0).numpy() + 1) * 127.5


def _save(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


def test_rgb_at_the_models_size_comes_through_unchanged(tmp_path: Path) -> None:
    colours = np.random.RandomState(0).randint(0, 256, (16, 16, 3), np.uint8)
    path = _save(Image.fromarray(colours), tmp_path / "photo.png")
    np.testing.assert_allclose(_load(path), colours, atol=1e-4)


def test_the_middle_square_is_taken(tmp_path: Path) -> None:
    wide = np.zeros((16, 40, 3), np.uint8)
    wide[:, 12:28] = 200
    np.testing.assert_allclose(_load(_save(Image.fromarray(wide), tmp_path / "wide.png")), 200, atol=1e-3)


def test_exif_orientation_turns_it_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    path = _save(Image.fromarray(_RAMP), tmp_path / "turned.png", exif=exif)
    np.testing.assert_allclose(_load(path)[..., 0], np.rot90(_RAMP, -1), atol=1e-4)


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    colours = np.zeros((16, 16, 4), np.uint8)
    colours[:8, :, 3] = 255
    shown = _load(_save(Image.fromarray(colours), tmp_path / "cut.png"))
    np.testing.assert_allclose(shown[:8], 0, atol=1e-4)
    np.testing.assert_allclose(shown[8:], 255, atol=1e-4)


def test_grey_and_palette_and_cmyk(tmp_path: Path) -> None:
    grey = _load(_save(Image.fromarray(_RAMP), tmp_path / "grey.png"))
    np.testing.assert_allclose(grey, np.repeat(_RAMP[..., None], 3, axis=2), atol=1e-4)
    palette = _load(_save(Image.fromarray(_RAMP).convert("P"), tmp_path / "palette.png"))
    np.testing.assert_allclose(palette, grey, atol=1e-4)
    cmyk = _load(_save(Image.new("CMYK", (16, 16), (0, 0, 0, 127)), tmp_path / "print.tif"))
    np.testing.assert_allclose(cmyk, 128, atol=1)


def test_sixteen_bits_are_scaled_not_cut_off(tmp_path: Path) -> None:
    deep = (_RAMP.astype(np.uint16) * 257).copy()
    path = _save(Image.fromarray(deep), tmp_path / "deep.png")
    np.testing.assert_allclose(_load(path)[..., 0], _RAMP, atol=1e-4)
    real = _save(Image.fromarray((_RAMP / np.float32(255)).astype(np.float32)), tmp_path / "real.tif")
    np.testing.assert_allclose(_load(real)[..., 0], _RAMP, atol=1)


def test_a_grey_model_gets_grey(tmp_path: Path) -> None:
    red = Image.new("RGB", (30, 30), (255, 0, 0))
    np.testing.assert_allclose(_load(_save(red, tmp_path / "red.png"), channels=1), 76, atol=1)


def test_a_changed_or_missing_picture_is_noticed(tmp_path: Path) -> None:
    path = _save(Image.fromarray(_RAMP), tmp_path / "photo.png")
    source = photo_source(path)
    Image.fromarray(255 - _RAMP).save(path)
    with pytest.raises(RecipeError, match="changed since"):
        PhotoShelf(3, 16)(source)
    path.unlink()
    with pytest.raises(RecipeError, match="not there any more"):
        PhotoShelf(3, 16)(source)
    with pytest.raises(RecipeError, match="cannot be read"):
        PhotoShelf(3, 16)(PhotoSource(str(tmp_path), ""))


def test_a_photo_in_use_is_not_read_again(tmp_path: Path) -> None:
    path = _save(Image.fromarray(_RAMP), tmp_path / "photo.png")
    shelf, source = PhotoShelf(3, 16), photo_source(path)
    first = shelf(source)
    path.unlink()
    assert shelf(source) is first


def test_too_large_pictures_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _save(Image.new("L", (20_000, 10_000)), tmp_path / "huge.png")
    with pytest.raises(RecipeError, match="million pixels"):
        _load(path)
    monkeypatch.setattr(photos, "MAX_BYTES", 100)
    with pytest.raises(RecipeError, match="larger than"):
        photo_source(path)


def _encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(np.random.RandomState(1).randint(0, 256, (24, 31, 3), np.uint8))
    image.save(buffer, kind)
    return buffer.getvalue()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"]),
    cut=st.integers(0, 3000),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=8),
)
def test_damaged_pictures_give_a_named_error_or_a_picture(
    tmp_path: Path, kind: str, cut: int, flips: list[tuple[int, int]]
) -> None:
    data = bytearray(_encoded(kind))
    data = data[: max(1, len(data) - cut)]
    for position, value in flips:
        data[position % len(data)] ^= value
    path = tmp_path / "damaged"
    path.write_bytes(data)
    source = PhotoSource(str(path), hashlib.sha256(bytes(data)).hexdigest())
    try:
        picture = PhotoShelf(3, 8)(source)
    except RecipeError:
        return
    assert picture.isfinite().all()
