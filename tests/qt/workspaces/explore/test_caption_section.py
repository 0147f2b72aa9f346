"""Captions in Explore's inspector: typed, completed, checked, blended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.capabilities import Capabilities
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.workspaces.explore.sections.caption_section import CaptionSection
from latentlab.qt.workspaces.explore.sections.inspector_sections import ExploreSections
from tests.qt.workspaces.explore.test_sections import STYLE, session_of

WORDS = ("a", "afro", "glasses", "green", "hat", "red", "with")
TEXT = Capabilities(
    family="Text-to-image GAN",
    resolution=16,
    image_channels=3,
    z_dim=4,
    code_dim=8,
    num_codes=3,
    latent_dims=4,
    has_captions=True,
    caption_words=WORDS,
    caption_examples=("a red hat", "green glasses"),
)


@pytest.fixture
def session(home: Path) -> Session:
    """Nothing is said yet."""
    session = session_of(TEXT)
    session.editor.apply("Silence", Recipe())
    return session


def test_a_model_opens_with_a_caption_that_it_knows(home: Path) -> None:
    assert session_of(TEXT).history.recipe == Recipe(caption="a red hat")
    assert session_of(replace(TEXT, caption_examples=())).history.recipe == Recipe()
    long = replace(TEXT, caption_examples=("a red hat, green glasses",))
    assert session_of(long).history.recipe == Recipe(caption="a red hat")


def test_a_model_opens_with_the_picture_that_its_card_names(home: Path) -> None:
    model = session_of().model
    model = replace(model, card=replace(model.card, seed=85))
    assert Session(model).history.recipe == Recipe(SeedSource(85))


@pytest.fixture
def section(qtbot: QtBot, session: Session) -> CaptionSection:
    section = CaptionSection(session, Vocabulary("artist"))
    qtbot.addWidget(section)
    section.show()
    qtbot.waitExposed(section)
    section.activateWindow()
    assert section.first is not None
    section.first.setFocus()
    qtbot.waitUntil(section.first.editor.hasFocus)
    return section


def test_typing_moves_the_picture_and_is_one_step_to_undo(
    qtbot: QtBot, section: CaptionSection, session: Session
) -> None:
    qtbot.keyClicks(section.first.editor, "a red hat")
    assert session.history.recipe.caption == "a red hat"
    assert session.editor.moving
    qtbot.keyClick(section.first.editor, Qt.Key.Key_Return)
    assert not session.editor.moving
    session.history.undo()
    assert session.history.recipe == Recipe()
    assert section.first.text() == ""


def test_leaving_the_field_ends_the_edit(qtbot: QtBot, section: CaptionSection, session: Session) -> None:
    qtbot.keyClicks(section.first.editor, "red ")
    section.second.setFocus()
    qtbot.waitUntil(lambda: not session.editor.moving)
    qtbot.keyClicks(section.second.editor, "green ")
    section.first.setFocus()
    qtbot.waitUntil(lambda: not session.editor.moving)
    session.history.undo()
    assert (session.history.recipe.caption, session.history.recipe.second_caption) == ("red ", "")


def test_a_word_is_completed_from_what_the_model_knows(
    qtbot: QtBot, section: CaptionSection, session: Session
) -> None:
    field = section.first
    qtbot.keyClicks(field.editor, "a G")
    assert field.offered() == ("green", "glasses")
    assert field.offers.isVisible()
    qtbot.keyClicks(field.editor, "l")
    qtbot.keyClick(field.editor, Qt.Key.Key_Tab)
    assert session.history.recipe.caption == "a glasses "
    assert field.editor.hasFocus()
    assert not field.offers.isVisible()
    qtbot.keyClicks(field.editor, "gx")
    assert not field.offers.isVisible()
    qtbot.keyClick(field.editor, Qt.Key.Key_Tab)
    assert not field.editor.hasFocus()


def test_a_word_in_the_middle_is_completed_in_its_place(qtbot: QtBot, section: CaptionSection) -> None:
    field = section.first
    field.set_text("a af red")
    cursor = field.editor.textCursor()
    cursor.setPosition(4)
    field.editor.setTextCursor(cursor)
    qtbot.keyClicks(field.editor, "r")
    place = field.offers.rects(field.offers.width())[0].center().toPoint()
    qtbot.mouseClick(field.offers, Qt.MouseButton.LeftButton, pos=place)
    assert field.text() == "a afro  red"


def test_unknown_words_are_named(section: CaptionSection, session: Session) -> None:
    assert section.hint.isHidden()
    session.editor.apply("Caption", Recipe(caption="a Dragon, red wyvern", second_caption="dragon hat"))
    assert not section.hint.isHidden()
    assert "“dragon”, “wyvern”" in section.hint.text()
    marked = section.first.editor.document().firstBlock().layout().formats()
    assert [(part.start, part.length) for part in marked] == [(2, 6), (14, 6)]
    session.editor.apply("Caption", Recipe(caption="a red hat"))
    assert section.hint.isHidden()


def test_a_word_is_not_called_unknown_while_it_is_typed(qtbot: QtBot, section: CaptionSection) -> None:
    qtbot.keyClicks(section.first.editor, "gla")
    assert section.hint.isHidden()
    qtbot.keyClick(section.first.editor, Qt.Key.Key_Return)
    assert "“gla”" in section.hint.text()
    assert not section.hint.isHidden()


def test_the_blend_waits_for_a_second_caption(section: CaptionSection, session: Session) -> None:
    assert not section.blend.isEnabled()
    session.editor.apply("Second caption", replace(session.history.recipe, second_caption="green hat"))
    assert section.blend.isEnabled()
    section.blend.changing.emit(0.25)
    section.blend.changed.emit(0.5)
    assert session.history.recipe.caption_blend == 0.5
    session.history.undo()
    assert session.history.recipe.caption_blend == 0.0


def test_another_caption_is_one_of_the_training_set(section: CaptionSection, session: Session) -> None:
    seen = set()
    for _ in range(4):
        section.another.click()
        seen.add(session.history.recipe.caption)
    assert seen == set(TEXT.caption_examples)


def test_only_models_that_read_captions_have_a_field(qtbot: QtBot, home: Path) -> None:
    other = CaptionSection(session_of(STYLE), Vocabulary("artist"))
    qtbot.addWidget(other)
    assert other.first is None
    assert not other.is_expanded()
    sections = ExploreSections(session_of(TEXT), Vocabulary("artist"))
    for section in sections.all:
        qtbot.addWidget(section)
    assert sections.all[0] is sections.caption
    sections.detach()
