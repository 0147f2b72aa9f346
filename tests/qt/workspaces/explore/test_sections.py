from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.formats.report import Candidate, Card, FileReport
from latentlab.latents import paths
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.editable import editables
from latentlab.latents.recipe import ActivationEdit, Recipe, SeedSource, VectorSource
from latentlab.models.capabilities import BlockInfo, Capabilities
from latentlab.qt.session.model_info import ModelInfo
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.elided_label import ElidedLabel
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.workspaces.explore.sections.class_section import ClassSection
from latentlab.qt.workspaces.explore.sections.directions_section import SUGGESTED, DirectionsSection
from latentlab.qt.workspaces.explore.sections.diversity_section import DiversitySection
from latentlab.qt.workspaces.explore.sections.edits_list import EditEntry
from latentlab.qt.workspaces.explore.sections.inspector_sections import ExploreSections
from latentlab.qt.workspaces.explore.sections.latent_section import LatentSection
from latentlab.qt.workspaces.explore.sections.layers_section import LayersSection
from latentlab.qt.workspaces.explore.sections.noise_section import NoiseSection

ARTIST, RESEARCHER = Vocabulary("artist"), Vocabulary("researcher")

STYLE = Capabilities(
    family="StyleGAN2",
    resolution=16,
    image_channels=3,
    z_dim=20,
    code_dim=8,
    num_codes=6,
    latent_dims=8,
    has_mapping=True,
    num_classes=3,
    class_names=("hill", "tree", "sea"),
    has_noise=True,
    has_transform=True,
)
BLOCKS = (
    BlockInfo("b4", 4, 8, (0, 1), ((4, 4),)),
    BlockInfo("b8", 8, 8, (2, 3), ((8, 8),)),
    BlockInfo("b16", 16, 8, (4, 5), ((16, 16),)),
)


def session_of(capabilities: Capabilities = STYLE, blocks: tuple[BlockInfo, ...] = BLOCKS) -> Session:
    candidate = Candidate("only", "the only reading", "stylegan2", None)
    card = Card("Hills")
    report = FileReport("hills.pkl", "test", card, candidates=(candidate,))
    return Session(ModelInfo("hills.pkl", card, report, candidate, "print", capabilities, blocks))


@pytest.fixture
def session(home: Path) -> Session:
    return session_of()


def direction(name: str) -> Direction:
    return Direction(name, f"Change {name}", np.ones(8, np.float32), 1.0, 0.2)


def known(session: Session, count: int = 6) -> DirectionSet:
    found = DirectionSet([*(direction(f"pca:{index}") for index in range(count)), direction("sefa:0")])
    session.directions.found(found)
    return found


def test_one_drag_is_one_undo_step(qtbot: QtBot, session: Session) -> None:
    section = DiversitySection(session, ARTIST)
    qtbot.addWidget(section)
    for psi in (0.9, 0.8, 0.7):
        section.psi.changing.emit(psi)
    section.psi.changed.emit(0.7)
    assert session.history.recipe.truncation_psi == 0.7
    session.history.undo()
    assert session.history.recipe.truncation_psi == 1.0
    assert section.psi.value() == 1.0


def test_two_drags_of_one_slider_are_two_steps(qtbot: QtBot, session: Session) -> None:
    section = DiversitySection(session, ARTIST)
    qtbot.addWidget(section)
    for psi in (0.5, 0.3):
        section.psi.changing.emit(psi)
        section.psi.changed.emit(psi)
    session.history.undo()
    assert session.history.recipe.truncation_psi == 0.5


def test_showing_a_recipe_edits_nothing(qtbot: QtBot, session: Session) -> None:
    sections = ExploreSections(session, ARTIST)
    for section in sections.all:
        qtbot.addWidget(section)
    known(session)
    recipe = Recipe(source=SeedSource(5), truncation_psi=0.4, truncation_cutoff=3, stop_after="b8")
    recipe = paths.with_value(recipe, "noise.mode", "random")
    session.history.apply("From elsewhere", recipe)
    assert session.history.recipe == recipe
    assert len(session.history) == 2
    assert sections.latent.seed.value() == 5
    assert sections.diversity.cutoff is not None
    assert sections.diversity.cutoff.value() == 3
    assert sections.layers.strip.current() == 1


def test_the_last_layer_means_all_layers(qtbot: QtBot, session: Session) -> None:
    section = DiversitySection(session, ARTIST)
    qtbot.addWidget(section)
    assert section.cutoff is not None
    section.cutoff.changed.emit(2.0)
    assert session.history.recipe.truncation_cutoff == 2
    section.cutoff.changed.emit(6.0)
    assert session.history.recipe.truncation_cutoff is None
    assert section.cutoff.value() == 6


def test_locks_show_wherever_they_are_set(qtbot: QtBot, session: Session) -> None:
    section = DiversitySection(session, ARTIST)
    qtbot.addWidget(section)
    session.locks.set_locked("truncation_psi", True)
    assert section.psi.is_locked()
    section.psi.lock_toggled.emit(False)
    assert session.locks.paths == frozenset()


def test_a_row_is_randomised_alone(qtbot: QtBot, session: Session) -> None:
    section = NoiseSection(session, ARTIST)
    qtbot.addWidget(section)
    section.strength.randomise_requested.emit()
    recipe = session.history.recipe
    assert recipe.noise.strength != 1.0
    assert replace(recipe, noise=Recipe().noise) == Recipe()


def test_the_noise_seed_shows_only_where_it_counts(qtbot: QtBot, session: Session) -> None:
    section = NoiseSection(session, ARTIST)
    qtbot.addWidget(section)
    assert not section.seed.isVisibleTo(section)
    section.modes.chosen.emit(1)
    assert session.history.recipe.noise.mode == "random"
    assert section.seed.isVisibleTo(section)


def test_components_are_found_by_number_set_and_released(qtbot: QtBot, session: Session) -> None:
    section = LatentSection(session, ARTIST)
    qtbot.addWidget(section)
    components = section.components
    assert components is not None
    components.search("12")
    components.set_drawn(tuple(float(index) / 10 for index in range(20)))
    row = components.visible_rows()[0]
    assert (row.label(), row.value()) == ("z 12", pytest.approx(1.2))
    row.changed.emit(-2.0)
    assert paths.get(session.history.recipe, "components[12].value") == -2.0
    components.search("changed")
    assert [row.label() for row in components.visible_rows()] == ["z 12"]
    row.action_triggered.emit()
    assert session.history.recipe.components == ()
    components.search("3-5")
    assert [row.label() for row in components.visible_rows()] == ["z 3", "z 4", "z 5"]
    components.search("nonsense")
    assert components.visible_rows() == []


def test_a_source_without_a_seed_shows_none(qtbot: QtBot, session: Session) -> None:
    section = LatentSection(session, ARTIST)
    qtbot.addWidget(section)
    session.history.apply("Stored", Recipe(source=VectorSource("z", (0.0,) * 20)))
    assert section.seed.field.is_mixed()


def test_a_class_is_chosen_and_mixed(qtbot: QtBot, session: Session) -> None:
    section = ClassSection(session, ARTIST)
    qtbot.addWidget(section)
    section.show_class(2)
    assert section.mixer is not None
    assert section.mixer.mixture() == ((2, 1.0),)
    session.history.undo()
    assert section.mixer.mixture() == ((0, 1.0),)


def test_a_model_s_main_changes_have_sliders_from_the_start(qtbot: QtBot, session: Session) -> None:
    section = DirectionsSection(session, ARTIST)
    qtbot.addWidget(section)
    assert section.rows == {}
    known(session)
    assert list(section.rows) == [f"pca:{index}" for index in range(SUGGESTED)]
    assert session.history.recipe == Recipe(), "a slider at rest is no edit"


def test_directions_are_taken_into_use_and_away(qtbot: QtBot, session: Session) -> None:
    section = DirectionsSection(session, ARTIST)
    qtbot.addWidget(section)
    known(session)
    section.use("sefa:0")
    section.rows["sefa:0"].changed.emit(1.5)
    assert paths.get(session.history.recipe, "directions[sefa:0].weight") == 1.5
    section.rows["sefa:0"].remove_requested.emit()
    assert "sefa:0" not in section.rows
    assert session.history.recipe.directions == ()
    session.history.undo()
    assert "sefa:0" in section.rows, "what moves the picture has a slider"
    assert section.rows["sefa:0"].value() == 1.5


def test_layers_of_a_direction_are_one_step(qtbot: QtBot, session: Session) -> None:
    section = DirectionsSection(session, ARTIST)
    qtbot.addWidget(section)
    known(session)
    row = section.rows["pca:1"]
    row.layers_changing.emit(1, 3)
    row.layers_changing.emit(1, 4)
    row.layers_changed.emit(1, 4)
    [weight] = session.history.recipe.directions
    assert (weight.direction, weight.first, weight.last) == ("pca:1", 1, 4)
    row.layers_changed.emit(0, 5)
    assert session.history.recipe.directions[0].last is None
    session.history.undo()
    session.history.undo()
    assert session.history.recipe == Recipe()


def test_stopping_after_a_layer(qtbot: QtBot, session: Session) -> None:
    section = LayersSection(session, ARTIST)
    qtbot.addWidget(section)
    section.strip.chosen.emit(0)
    assert session.history.recipe.stop_after == "b4"
    section.choice.chosen.emit("")
    assert session.history.recipe.stop_after == ""


def test_a_researcher_reads_other_words(qtbot: QtBot, session: Session) -> None:
    artist, researcher = NoiseSection(session, ARTIST), NoiseSection(session, RESEARCHER)
    qtbot.addWidget(artist)
    qtbot.addWidget(researcher)
    assert artist.strength.label() == "Strength"
    assert researcher.strength.label() == "Noise strength"
    assert researcher.strength.toolTip() == "Strength"


def test_what_a_model_has_none_of_stands_last_and_folded(qtbot: QtBot, home: Path) -> None:
    plain = session_of(replace(STYLE, num_classes=0, class_names=(), has_noise=False, has_transform=False))
    sections = ExploreSections(plain, ARTIST)
    for section in sections.all:
        qtbot.addWidget(section)
    assert not sections.classes.is_expanded()
    assert set(sections.all[-4:]) == {
        sections.classes,
        sections.noise,
        sections.transform,
        sections.photo,
    }


def test_detached_sections_follow_nothing(qtbot: QtBot, session: Session) -> None:
    sections = ExploreSections(session, ARTIST)
    for section in sections.all:
        qtbot.addWidget(section)
    sections.detach()
    session.history.apply("Seed", Recipe(source=SeedSource(9)))
    assert sections.latent.seed.value() == 0


@pytest.mark.parametrize("width", [300, 320, 340])
def test_no_text_is_wide_enough_to_push_values_out_of_sight(
    qtbot: QtBot, session: Session, width: int
) -> None:
    edits = (
        ActivationEdit("b8", "scale", 1.5, tuple(range(1, 200, 2))),
        ActivationEdit("b8", "rotate", 15.0, ()),
    )
    session.editor.apply("Edits", replace(session.history.recipe, edits=edits))
    layers, inspector = LayersSection(session, ARTIST), Inspector()
    inspector.add_section(layers)
    qtbot.addWidget(inspector)
    inspector.setFixedWidth(width)
    inspector.show()
    content = inspector.widget()
    assert content is not None
    assert content.width() == width
    entry = layers.edits.findChildren(EditEntry)[0]
    field = entry.row.field
    assert field.mapTo(inspector, field.rect().topRight()).x() < width
    where = entry.findChild(ElidedLabel)
    assert isinstance(where, ElidedLabel)
    assert where.text() != where.whole_text() == where.toolTip()
    assert "1, 3, 5" in where.whole_text()
    layers.detach()


@pytest.mark.parametrize("language", [ARTIST, RESEARCHER])
def test_every_word_beside_a_slider_is_shown_in_full(qtbot: QtBot, language: Vocabulary) -> None:
    sections = ExploreSections(session_of(), language)
    inspector = Inspector()
    inspector.set_sections(sections.all)
    qtbot.addWidget(inspector)
    inspector.setFixedWidth(Size.INSPECTOR_NARROW)
    inspector.show()
    for row in inspector.findChildren(ParameterRow):
        room = row.slider.x() - Size.PADDING
        if row.isVisible():
            assert row.fontMetrics().horizontalAdvance(row.label()) <= room, row.label()
    sections.detach()


def test_a_short_term_is_explained_by_the_long_one() -> None:
    turn = next(item for item in editables(STYLE) if item.path == "transform.rotation")
    assert RESEARCHER.label(turn) == "Input rotation"
    assert RESEARCHER.tooltip(turn) == "Rotation of the input grid, degrees: Turn"
    assert ARTIST.tooltip(turn) == "Rotation of the input grid, degrees"
