"""What the window imports at its start must not wait for torch."""

import subprocess
import sys

import pytest

TORCH_FREE = [
    "recipe",
    "model_ref",
    "history_json",
    "recipe_json",
    "picture_record",
    "directions",
    "randomise",
]


@pytest.mark.parametrize("module", TORCH_FREE)
def test_values_are_free_of_torch(module):
    code = (
        f"import sys, latentlab.latents.{module}; sys.exit('torch' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
