"""Picture files that a recipe starts from: read with care, and brought into a model's shape."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from latentlab.errors import RecipeError
from latentlab.latents.recipe import PhotoSource

MAX_BYTES = 512 << 20
MAX_PIXELS = 120_000_000
_REMEMBERED = 4
_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "PPM")


def photo_source(path: str | Path) -> PhotoSource:
    """Refer to a picture file by its place and content.

    Raises:
        RecipeError: it cannot be read.
    """
    return PhotoSource(path=str(path), sha256=hashlib.sha256(_bytes_of(Path(path))).hexdigest())


class PhotoShelf:
    """Loads photos for one model, (1, channels, resolution, resolution) in [-1, 1]; keeps the last few."""

    def __init__(self, channels: int, resolution: int) -> None:
        self._channels = channels
        self._resolution = resolution
        self._kept: dict[str, Tensor] = {}

    def __call__(self, source: PhotoSource) -> Tensor:
        """The photo, cut to its middle square and resized.

        Raises:
            RecipeError: the file is missing, was changed, or is no picture that can be read.
        """
        photo = self._kept.get(source.sha256)
        if photo is None:
            data = _bytes_of(Path(source.path))
            if hashlib.sha256(data).hexdigest() != source.sha256:
                raise RecipeError(
                    f"{source.path} is not the picture that this recipe was made with: it was changed since. "
                    "Choose the picture again."
                )
            photo = _as_tensor(_decoded(data, source.path), self._channels, self._resolution)
            while len(self._kept) >= _REMEMBERED:
                del self._kept[next(iter(self._kept))]
            self._kept[source.sha256] = photo
        return photo


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RecipeError(f"{path} is larger than {MAX_BYTES >> 20} MB: save it smaller and try again.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RecipeError(f"{path} is not there any more: put it back, or choose another picture.") from error
    except OSError as error:
        raise RecipeError(f"{path} cannot be read ({error.strerror}): choose another picture.") from error


def _decoded(data: bytes, name: str) -> Image.Image:
    """RGB, upright, on white where it was transparent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)  # remarks on damaged EXIF and TIFF tags
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                image.load()
                return _as_rgb(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RecipeError(
            f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels: save it smaller and try again."
        ) from error
    except UnidentifiedImageError as error:
        raise RecipeError(
            f"{name} is not a picture of a known kind: use PNG, JPEG, WebP, TIFF or BMP."
        ) from error
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError) as error:
        raise RecipeError(f"{name} is damaged ({error}): choose another picture.") from error


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "I;16N", "F"):  # PIL's own conversion cuts 16 bits off
        image = Image.fromarray(_as_bytes(np.asarray(image)))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _as_bytes(values: np.ndarray) -> np.ndarray:
    """Grey of more than 8 bits: 16-bit integers are scaled; real numbers are taken to reach from 0 to 1 or 255."""
    if np.issubdtype(values.dtype, np.integer):
        return (values.clip(0, 65535) / 257 + 0.5).astype(np.uint8)
    values = np.nan_to_num(values, posinf=255.0, neginf=0.0)
    return (values * (255.0 if values.max(initial=0.0) <= 1.0 else 1.0)).clip(0, 255).astype(np.uint8)


def _as_tensor(image: Image.Image, channels: int, resolution: int) -> Tensor:
    image = ImageOps.fit(image, (resolution, resolution), Image.Resampling.LANCZOS)
    if channels < 3:
        image = image.convert("L")
    values = torch.from_numpy(np.array(image, dtype=np.float32)) / 127.5 - 1
    values = values[None, None] if values.ndim == 2 else values.permute(2, 0, 1)[None]
    if channels not in (1, 3):
        raise RecipeError(f"This model's pictures have {channels} channels: a photo cannot be put in.")
    return values.contiguous()


PhotoLoader = Callable[[PhotoSource], Tensor]
