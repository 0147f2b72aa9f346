"""Directions learned from a few marked pictures, on every bundled model, by attributes that can be measured."""

from __future__ import annotations

from collections.abc import Iterator

from latentlab.cli.bench.figures import Figure
from latentlab.cli.bench.learned import ATTRIBUTES, taught
from latentlab.formats import open_model
from latentlab.formats.bundled import bundled_models
from latentlab.latents.direction_search import find_directions


def measure() -> Iterator[Figure]:
    """From three and from six marked pictures a side; the attributes are those of any picture."""
    for path in bundled_models():
        model = open_model(path)
        can = model.generator.capabilities
        if not can.num_codes or not can.z_dim:
            continue
        known = find_directions(model.generator, "pca", model.fingerprint)
        assert known is not None  # nobody cancels
        for marked in (3, 6):
            for name, attribute in ATTRIBUTES.items():
                found = taught(model.generator, known, attribute, marked=marked)
                beside = (
                    f"worst lesson {found.worst:.2f}, {found.beyond:.2f} beyond the median, "
                    f"{found.accuracy:.2f} right when left out"
                )
                title = (
                    f"{path.stem}: {marked} + {marked} pictures, “{name}” at +2 sigma, share that moved so"
                )
                yield Figure(title, found.towards, "x", "at least", 0.9, beside)
