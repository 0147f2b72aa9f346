"""Normal numbers from a seed, the same on every platform and with every release of torch and NumPy."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def normal_from_seed(seed: int, *shape: int) -> Tensor:
    """Standard normal float32 numbers of `shape`.

    NumPy's legacy generator is frozen by its maintainers, and is what the StyleGAN scripts draw z with: a seed
    found there shows the same picture here.

    Args:
        seed: 0 ... 2**32 - 1.
    """
    return torch.from_numpy(np.random.RandomState(seed).standard_normal(shape).astype(np.float32))
