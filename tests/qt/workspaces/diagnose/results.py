"""Small results on disk, written as `latentlab diagnose` writes them: discs in colours, some of which are lost."""

from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.result import Against, Figure, Subject, Verdict
from latentlab.diagnosis.writing import ResultWriter

BINS = 10
LOST = (3, 7)
"""Bins that are never drawn."""
STEPS = (1000, 2000, 3000, 4000)
Pixels = NDArray[np.uint8]


def write(
    folder: Path,
    *,
    count: int = 120,
    run: bool = True,
    model: str = "model.safetensors",
    side: int = 16,
    finished: bool = True,
    everything: bool = False,
) -> ResultWriter:
    """A GAN that lost two of ten colours; half a result unless `finished`, with every page if `everything`."""
    random = np.random.default_rng(0)
    subject = Subject(
        "run" if run else "model", "runs/discs", "discs", "GAN", side, 4000 if run else None, model, z_dim=8
    )
    writer = ResultWriter(
        folder, subject, Against("discs", "discs in ten colours", count, 20), "pixels (PCA)"
    )
    real_bin = np.arange(count) % BINS
    kept = [number for number in range(BINS) if number not in LOST]
    generated_bin = random.choice(kept, count)
    angles = 2 * np.pi * np.arange(BINS) / BINS
    centres = np.stack([np.cos(angles), np.sin(angles)], 1)
    writer.put("real_pictures", np.stack([disc(number, side, random) for number in real_bin]))
    writer.put("generated_pictures", np.stack([disc(number, side, random) for number in generated_bin]))
    writer.put(
        "real_names", np.array([f"colour-{number}/{index:04d}.png" for index, number in enumerate(real_bin)])
    )
    writer.put("generated_seed", np.arange(count) + 100)
    writer.put("real_bin", real_bin)
    writer.put("generated_bin", generated_bin)
    writer.put("real_map", centres[real_bin] + random.normal(0, 0.06, (count, 2)))
    writer.put("generated_map", centres[generated_bin] + random.normal(0, 0.06, (count, 2)))
    add_bins(writer, real_bin, generated_bin, run)
    writer.add(
        Figure("coverage", "variety", "Coverage", "coverage", 0.78, 0.72, 0.83, 0.95, "higher",
               meaning="Share of the data that some sample comes near.", bias="Rises with the number of samples.")
    )  # fmt: skip
    writer.add(
        Figure("bins_differ", "variety", "Bins that differ", "NDB", 4, 3, 5, 0.5, "lower", BINS,
               meaning="Regions of the data drawn too rarely or too often.")
    )  # fmt: skip
    writer.save("coverage and bins")
    if not finished:
        writer.tell("running", "Closest pairs", 0.5)
        return writer
    add_gaps(writer, real_bin)
    add_pairs(writer, count, random)
    writer.put("scores_train", random.normal(1.5, 0.8, count))
    writer.put("scores_held_out", random.normal(0.5, 0.9, 40))
    writer.put("scores_generated", random.normal(-1.4, 0.8, count))
    add_latent(writer, side, random)
    if everything:
        add_classes(writer, count)
        add_captions(writer, side, random)
        add_code(writer, side, random)
        add_translation(writer, side, random)
    add_verdicts(writer, real_bin)
    writer.save("everything")
    (folder / "report.html").write_text("<html>report</html>")
    (folder / "report.txt").write_text("report")
    writer._last = 0.0
    writer.tell("finished", "Done", 1.0)
    return writer


def add_bins(
    writer: ResultWriter, real_bin: NDArray[np.int64], generated_bin: NDArray[np.int64], run: bool
) -> None:
    """Counts and z, over time in a run: the lost bins go in its second half."""
    real = np.bincount(real_bin, minlength=BINS)
    last = np.bincount(generated_bin, minlength=BINS)
    columns = [real, real, (real + last) // 2, last] if run else [last]
    generated = np.stack(columns, 1)
    share, own = generated / generated.sum(0), (real / real.sum())[:, None]
    error = np.sqrt((own * (1 - own)) * (1 / generated.sum(0) + 1 / real.sum()))
    writer.put("bin_real", real)
    writer.put("bin_generated", generated)
    writer.put("bin_z", (share - own) / error)
    writer.put("bin_starved", np.isin(np.arange(BINS), LOST))
    writer.put("bin_lost", np.isin(np.arange(BINS), LOST))
    writer.put("bin_name", np.array(["" if number != 3 else "green discs" for number in range(BINS)]))
    writer.put("bin_example", np.arange(BINS))
    if run:
        writer.steps = STEPS
        centres = np.linspace(-1, 1, len(STEPS))
        writer.put("time_map", np.stack([np.full((5, 2), centre) for centre in centres]))
        for place, name in enumerate(("time_coverage", "time_precision", "time_variety")):
            values = np.linspace(0.95, 0.75, len(STEPS)) - 0.02 * place
            writer.put(name, np.stack([values, values - 0.03, values + 0.03], 1))


def add_gaps(writer: ResultWriter, real_bin: NDArray[np.int64]) -> None:
    """What is never drawn: the lost bins, in two groups."""
    missed = np.isin(real_bin, LOST)
    never = np.concatenate([np.flatnonzero(real_bin == number) for number in LOST])
    writer.put("real_covered", ~missed)
    writer.put("real_gap", np.where(missed, 3.0, 0.5))
    writer.put("never_drawn", never)
    writer.put("never_cluster", (real_bin[never] == LOST[1]).astype(np.int64))


def add_pairs(writer: ResultWriter, count: int, random: np.random.Generator) -> None:
    """Ten pairs, one of which is a copy."""
    pairs = random.permutation(count)[:20].reshape(10, 2)
    writer.put("pairs", pairs)
    writer.put("pair_distance", np.linspace(0.05, 0.2, 10))
    writer.put("pair_same", np.arange(10) < 2)
    writer.put("pair_real", random.integers(0, count, 10))
    writer.put("pair_real_distance", np.linspace(0.02, 0.3, 10))
    writer.put("pair_copy", np.arange(10) == 0)
    writer.add(
        Figure("support", "repetition", "Distinct pictures", "birthday test", 2100, 1700, 2600,
               meaning="How many different pictures the closest pairs point to.")
    )  # fmt: skip


def add_latent(writer: ResultWriter, side: int, random: np.random.Generator) -> None:
    """A plane of six by six places, a walk, truncation, and eight numbers of z of which one is dead."""
    bins = np.add.outer(np.arange(6), np.arange(6)) // 2
    writer.put("basin_bin", bins)
    writer.put("basin_seeds", np.arange(3))
    writer.put("basin_reach", np.array(1.5))
    writer.put("basin_pictures", np.stack([[disc(n, side, random) for n in row] for row in bins[::2, ::2]]))
    writer.put("walk_seeds", np.arange(3))
    writer.put("walk_places", np.linspace(0, 2, 9))
    writer.put("walk_values", np.stack([np.linspace(4, 3, 9) / (place + 1) for place in range(4)], 1))
    writer.put("walk_pictures", np.stack([disc(place, side, random) for place in range(9)]))
    writer.put("truncation_psi", np.array([0.3, 0.5, 0.7, 1.0]))
    for name, end in (("variety", 0.9), ("coverage", 0.8), ("precision", 0.7)):
        values = np.linspace(0.4, end, 4)
        writer.put(f"truncation_{name}", np.stack([values, values - 0.05, values + 0.05], 1))
    writer.put("direction_effect", np.array([0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.001]))
    writer.put("direction_dead", np.arange(8) == 7)


def add_classes(writer: ResultWriter, count: int) -> None:
    """Three classes, of which the second has collapsed."""
    writer.class_names = ("red", "green", "blue")
    writer.put("real_class", np.arange(count) % 3)
    writer.put("generated_class", np.arange(count) % 3)
    for name, values in (
        ("variety", (0.9, 0.1, 0.8)),
        ("coverage", (0.8, 0.2, 0.7)),
        ("accuracy", (1, 0.3, 0.9)),
    ):
        writer.put(f"class_{name}", np.array(values, float)[:, None] + (0, -0.05, 0.05))
    writer.put("class_confusion", np.array([[10, 0, 0], [7, 3, 0], [0, 1, 9]]))
    writer.put("trait_name", np.array(["red", "green", "blue"]))
    writer.put("trait_real", np.array([0.3, 0.4, 0.3]))
    writer.put("trait_generated", np.array([[0.5, 0.4, 0.6], [0.01, 0, 0.02], [0.49, 0.4, 0.6]]))
    writer.put("trait_lost", np.array([False, True, False]))


def add_captions(writer: ResultWriter, side: int, random: np.random.Generator) -> None:
    """Two captions, the second of which always gives the same picture."""
    writer.put("caption_text", np.array(["a red disc", "a green disc"]))
    writer.put("caption_spread", np.array([[0.8, 0.7, 0.9], [0.1, 0.05, 0.15]]))
    writer.put("caption_pictures", np.stack([[disc(n, side, random)] * 4 for n in (0, 3)]))


def add_code(writer: ResultWriter, side: int, random: np.random.Generator) -> None:
    """Four dimensions, of which two are in use, the third most."""
    writer.put("code_kl", np.array([0.5, 0.01, 2.0, 0.0]))
    writer.put("code_variance", np.array([0.3, 0.001, 0.9, 0.0]))
    writer.put("code_mean", np.array([0.0, 0.0, 0.1, 0.0]))
    writer.put("code_deviation", np.array([1.0, 1.0, 1.2, 1.0]))
    writer.put("code_order", np.array([2, 0, 1, 3]))
    writer.put("code_histogram", np.tile(np.arange(40), (4, 1)))
    writer.put("code_kl_over_time", np.outer([0.5, 0.01, 2.0, 0.0], [0.2, 0.6, 1.0]))
    writer.put("code_kl_steps", np.array([100, 200, 300]))
    writer.put(
        "traversal_pictures", np.stack([[disc(n + p, side, random) for p in range(5)] for n in range(2)])
    )
    writer.put("traversal_values", np.linspace(-3, 3, 5))
    writer.put("reconstruction_pairs", np.stack([[disc(n, side, random)] * 2 for n in range(6)]))


def add_translation(writer: ResultWriter, side: int, random: np.random.Generator) -> None:
    """A translator that hides messages: a little noise breaks the way back."""
    writer.columns = ("given", "translated", "back")
    writer.put(
        "translation_rows", np.stack([[disc(n + c, side, random) for c in range(3)] for n in range(4)])
    )
    writer.put("translation_noise", np.array([0.0, 0.01, 0.05, 0.1]))
    writer.put("translation_back", np.array([0.02, 0.2, 0.4, 0.5]))
    writer.put("translation_usual", np.array([0.0, 0.01, 0.05, 0.1]))
    writer.add(
        Figure("cycle_error", "translation", "Error there and back", "cycle error", 0.02, 0.01, 0.03,
               meaning="How far pictures are from themselves after going there and back.")
    )  # fmt: skip


def add_verdicts(writer: ResultWriter, real_bin: NDArray[np.int64]) -> None:
    """One serious, one warning."""
    writer.verdicts = (
        Verdict(
            "lost_modes", "serious", "Part of the data is never drawn: green discs.",
            "Lost between steps 2 000 and 3 000; 2 of 10 bins are starved.",
            "Speaks when a bin has a tenth of its share or less.", ("coverage", "bins_differ"),
            ("bin_z", "never_drawn"), "Branch with both slope penalties.",
            {"settings.r1_gamma": 2.0, "settings.r2_gamma": 2.0}, 2000, LOST,
            tuple(np.flatnonzero(np.isin(real_bin, LOST)).tolist()),
        ),
        Verdict(
            "memorises", "warning", "The discriminator starts to memorise.",
            "Training scores sit 1.0 above held out.", "Speaks from a gap of 0.5.", (),
            ("scores_train", "scores_held_out"), "Turn augmentation on.",
        ),
    )  # fmt: skip


def disc(number: int, side: int, random: np.random.Generator) -> Pixels:
    """A disc of the colour of a bin, (side, side, 3)."""
    hue = (number % BINS) / BINS
    colour = np.array(colorsys.hls_to_rgb(hue, 0.55, 0.7)) * 255
    y, x = np.mgrid[:side, :side] + 0.5
    centre = side / 2 + random.normal(0, side / 24, 2)
    inside = np.hypot(y - centre[0], x - centre[1]) < side * 0.36
    picture = np.full((side, side, 3), 30, np.uint8)
    picture[inside] = colour
    return picture
