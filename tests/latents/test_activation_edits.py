"""Lists of activation edits."""

from dataclasses import replace

from latentlab.latents import activation_edits as edits
from latentlab.latents import paths
from latentlab.latents.editable import editables
from latentlab.latents.recipe import ActivationEdit, Recipe
from latentlab.models.capabilities import Capabilities

_MODEL = Capabilities("StyleGAN2", 16, 3, 8, 8, 4, 8)


def test_edits_are_added_moved_muted_and_removed() -> None:
    recipe = edits.added(Recipe(), "b8", "scale")
    recipe = edits.added(recipe, "b16", "blur", [4, 2, 2])
    assert recipe.edits[1].channels == (2, 4)
    assert recipe.edits[0].amount != edits.AMOUNTS["scale"].neutral, "a new edit can be seen"
    turned = edits.moved(recipe, 1, 0)
    assert [edit.block for edit in turned.edits] == ["b16", "b8"]
    assert edits.moved(recipe, 0, 9).edits == turned.edits
    assert edits.changed(recipe, 1, muted=True).edits[1].muted
    assert edits.removed(recipe, 0).edits == recipe.edits[1:]


def test_two_edits_alike_have_paths_of_their_own() -> None:
    recipe = Recipe(edits=(ActivationEdit("b8", "scale", 2.0), ActivationEdit("b8", "scale", 3.0, (1,))))
    listed = [item.path for item in editables(_MODEL, recipe=recipe) if item.section == "activations"]
    assert listed == ["edits[b8:scale].amount", "edits[b8:scale#2].amount"]
    assert [paths.get(recipe, path) for path in listed] == [2.0, 3.0]
    after = paths.with_value(recipe, listed[1], 0.5)
    assert after.edits == (recipe.edits[0], replace(recipe.edits[1], amount=0.5))


def test_channels_are_written_in_runs() -> None:
    assert edits.channels_in_words([7, 3, 5, 6]) == "3, 5–7"
    assert edits.channels_in_words([]) == ""
