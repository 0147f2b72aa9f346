"""From a result on disk to what is shown: nothing is invented, and half a result is half shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from latentlab.diagnosis.result import Figure, Result
from latentlab.errors import DiagnosisError
from latentlab.models.seeds import normal_from_seed
from latentlab.qt.theme.numbers import THIN_SPACE
from latentlab.qt.widgets.scatter_data import Caught
from latentlab.qt.workspaces.diagnose import linking, planes, wording
from latentlab.qt.workspaces.diagnose.order import Order, order_of
from latentlab.qt.workspaces.diagnose.reading import read
from latentlab.qt.workspaces.diagnose.views import Views

from . import results


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Views:
    folder = tmp_path_factory.mktemp("result")
    results.write(folder)
    return read(folder)


def test_rows_are_sorted_by_z_and_the_lost_bins_lie_at_the_end(views: Views) -> None:
    assert views.bins is not None
    assert set(views.bins.order[-2:]) == set(results.LOST)
    assert views.bins.steps == results.STEPS
    last = views.bins.z[:-2, -1]
    assert (np.diff(last) <= 0).all()


def test_outlines_hold_the_pictures_that_are_never_drawn_and_no_others(views: Views) -> None:
    assert views.map is not None
    members = {index for region in views.map.regions for index in region.members}
    lost = set(np.flatnonzero(np.isin(views.members.real_bins, results.LOST)).tolist())
    assert members <= lost
    assert len(members) >= 0.9 * len(lost)
    assert len(views.map.regions) == 2


def test_never_drawn_is_grouped_and_named_by_what_they_share(views: Views) -> None:
    assert views.never is not None
    assert [group.title for group in views.never.groups] == [
        "green discs: 12 pictures",
        "Group 2: 12 pictures",
    ]
    assert views.never.total == 24


def test_pairs_tell_copies_and_the_support_with_its_interval(views: Views) -> None:
    assert views.pairs is not None
    assert [pair.copy for pair in views.pairs.pairs] == [True] + [False] * 9
    support = views.pairs.support.replace(THIN_SPACE, " ")
    assert support == "about 2 100 distinct pictures (1 700 – 2 600)"


def test_headlines_carry_interval_and_the_place_of_the_data(views: Views) -> None:
    coverage, bins = views.headlines[:2]
    assert (coverage.value, coverage.note) == ("0.78", "0.72 – 0.83")
    assert (coverage.place, coverage.target) == (0.78, 0.95)
    assert (bins.value, bins.note) == ("4", "of 10, 3 – 5")
    assert bins.target == pytest.approx(0.05)


def test_a_bin_brings_all_its_pictures(views: Views) -> None:
    chosen = linking.of_bins(views, (2,))
    assert chosen.text == "Bin 3"
    assert set(views.members.real_bins[list(chosen.real)]) == {2}
    assert set(views.members.generated_bins[list(chosen.generated)]) == {2}
    assert len(chosen.real) == 12
    assert not linking.of_bins(views, (3,)).generated  # it is lost


def test_what_is_drawn_around_brings_its_bins(views: Views) -> None:
    chosen = linking.of_caught(views, Caught((0, 10, 4), ()))
    assert chosen.bins == (0, 4)
    assert chosen.text == "3 pictures"
    assert not linking.of_caught(views, Caught())


def test_a_pair_brings_both_samples_and_the_training_picture(views: Views) -> None:
    assert views.pairs is not None
    pair = views.pairs.pairs[4]
    chosen = linking.of_pair(views, 4)
    assert (chosen.real, chosen.generated) == ((pair.nearest,), (pair.first, pair.second))
    assert chosen.text == "Pair 5"


def test_verdicts_show_their_figures_and_where_they_are_seen(views: Views) -> None:
    lost, memorises = views.verdicts
    assert lost.tone == "error"
    assert lost.evidence == (
        "Coverage 0.78 (0.72 – 0.83), data 0.95",
        "Bins that differ 4 of 10 (3 – 5), data 0.50",
    )
    assert (lost.page, lost.chosen.bins) == ("overview", results.LOST)
    assert memorises.tone == "warning"
    assert views.scores is not None
    assert views.scores.notice == "Training scores sit 1.0 above held out."


def test_half_a_result_shows_what_is_there(tmp_path: Path) -> None:
    results.write(tmp_path, finished=False)
    views = read(tmp_path)
    assert views.bins is not None
    assert views.pairs is None
    assert views.scores is None
    assert views.verdicts == ()


def test_no_result_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DiagnosisError, match="holds no result"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5612, "0.56"), (0.002, "0.002"), (0.0, "0.00"), (17.0, "17"), (2134.0, "2 130"), (float("inf"), "∞")],
)
def test_numbers_have_the_digits_that_mean_something(value: float, text: str) -> None:
    assert wording.number(value).replace(THIN_SPACE, " ") == text


def test_an_open_end_is_said_as_a_least_value() -> None:
    figure = Figure("support", "repetition", "Distinct", "", float("inf"), 89_710.0, float("inf"))
    assert wording.interval(figure).replace(THIN_SPACE, " ") == "at least 89 700"


def test_a_place_of_the_plane_is_the_z_that_was_measured() -> None:
    z_dim, reach = 6, 1.5
    right = normal_from_seed(1, 1, z_dim)[0].double().numpy()
    right /= np.linalg.norm(right)
    recipe = planes.recipe_at((1, 2), reach, planes.place_of(0, 5, 6), z_dim)
    z = np.array(recipe.source.values)  # type: ignore[union-attr]
    assert np.linalg.norm(z) == pytest.approx(reach * np.sqrt(2 * z_dim), rel=1e-6)
    assert z @ right == pytest.approx(reach * np.sqrt(z_dim), rel=1e-6)
    middle = planes.recipe_at((1, 2), reach, planes.place_of(1, 1, 3), z_dim)
    assert middle.source.values == pytest.approx(np.zeros(z_dim))  # type: ignore[union-attr]


def test_an_order_names_one_folder_and_is_found_again(tmp_path: Path) -> None:
    order = Order("runs/a", "a", is_run=True, samples=500, features="pixels")
    assert order.folder() != Order("runs/a", "a", is_run=True, samples=1000, features="pixels").folder()
    order.write(tmp_path)
    assert Order.read(tmp_path) == order
    assert Order.read(tmp_path / "nowhere") is None
    words = order.arguments(tmp_path, follow=True)
    assert words[:4] == ["diagnose", "runs/a", "--out", str(tmp_path)]
    assert words[words.index("--features") + 1] == "pixels"
    assert "--data" not in words
    assert words[-1] == "--follow"


def test_a_model_needs_data_and_inception_its_weights() -> None:
    assert not Order("a.safetensors", "a").is_complete
    assert Order("a.safetensors", "a", data="pictures").is_complete
    assert Order("run", "run", is_run=True).is_complete
    assert not Order("run", "run", is_run=True, features="inception").is_complete
    own = Order("run", "run", is_run=True, features="inception", weights="w.pt")
    assert "inception:w.pt" in own.arguments(Path("out"))


def test_a_result_from_elsewhere_can_be_measured_again(views: Views) -> None:
    order = order_of(views.result)
    assert (order.subject, order.is_run, order.data) == ("runs/discs", True, "")
    assert isinstance(views.result, Result)
