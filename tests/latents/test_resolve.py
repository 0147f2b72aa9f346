"""From recipes to codes: every part of a recipe, in its documented order."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentlab.errors import RecipeError
from latentlab.latents import interpolation, resolve
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.recipe import (
    BlendSource,
    ClassWeight,
    Component,
    DirectionWeight,
    LayerSource,
    Nearby,
    Noise,
    PhotoSource,
    Recipe,
    SeedSource,
    Transform,
    VectorSource,
)
from tests.toy_generator import toy_plain, toy_style, toy_translator

STYLE = toy_style()
CLASSES = toy_style(num_classes=3)
PLAIN = toy_plain()
LABELLED = toy_plain(num_classes=3)


def z(seed: int, dims: int = 8) -> torch.Tensor:
    return torch.from_numpy(np.random.RandomState(seed).randn(1, dims).astype(np.float32))


def w(seed: int) -> torch.Tensor:
    return STYLE.map(z(seed))


def codes(recipe: Recipe, generator=STYLE, **more) -> torch.Tensor:
    result = resolve.codes(recipe, generator, **more)
    assert result.shape == (1, generator.capabilities.num_codes, generator.capabilities.code_dim)
    return result


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


UP = Direction("up", "Up", np.eye(6)[2], 2.0)
KNOWN = DirectionSet([UP, Direction("wide", "Wide", np.ones(7), 1.0)])


def test_a_seed_is_the_z_of_the_stylegan_scripts():
    close(codes(Recipe(SeedSource(7))), w(7))
    close(codes(Recipe(SeedSource(7)), PLAIN), z(7)[:, None])


def test_a_blend_in_z_is_on_the_sphere_and_in_w_straight():
    source = BlendSource((1, 2), (3.0, 1.0))
    close(codes(Recipe(source)), STYLE.map(interpolation.slerp(z(1), z(2), 0.25)))
    close(codes(Recipe(replace(source, space="w"))), 0.75 * w(1) + 0.25 * w(2))
    three = BlendSource((1, 2, 3), (0.2, 0.3, 0.5))
    expected = interpolation.spherical_mean(torch.stack([z(1), z(2), z(3)]), [0.2, 0.3, 0.5])
    close(codes(Recipe(three)), STYLE.map(expected))


def test_stored_vectors_in_every_space():
    close(codes(Recipe(VectorSource("z", tuple(z(4).ravel().tolist())))), w(4))
    row = tuple(float(i) for i in range(6))
    close(codes(Recipe(VectorSource("w", row))), torch.tensor(row).expand(1, 4, 6))
    layers = torch.arange(24.0).view(1, 4, 6)
    close(codes(Recipe(VectorSource("w+", tuple(layers.ravel().tolist())))), layers)


def test_a_stored_vector_takes_the_condition_from_the_classes():
    stored = VectorSource("w", (*range(8), 9.0, 9.0, 9.0))
    found = codes(Recipe(stored, classes=(ClassWeight(1),)), LABELLED)
    close(found, torch.tensor([[[*range(8), 0, 1, 0]]], dtype=torch.float32))


def test_a_photo_goes_through_the_encoder():
    vae = toy_plain(encoder=True)
    picture = torch.rand(1, 3, 16, 16) * 2 - 1
    asked = []

    def load(source):
        asked.append(source)
        return picture

    source = PhotoSource("a.png", "0" * 64)
    found = codes(Recipe(source), vae, photo=load)
    close(found[:, 0], vae.encode(picture).mu)
    assert asked == [source]
    with pytest.raises(RecipeError, match="not at hand"):
        codes(Recipe(source), vae)
    with pytest.raises(RecipeError, match="open a VAE"):
        codes(Recipe(source), STYLE, photo=load)


def test_nearby_turns_z_and_keeps_its_length():
    recipe = Recipe(SeedSource(1), Nearby(2, 0.3))
    found = codes(recipe, PLAIN)[:, 0]
    close(found, interpolation.slerp(z(1), z(2), 0.3))
    assert z(1).norm().item() != pytest.approx(z(2).norm().item())
    assert found.norm().item() == pytest.approx((0.7 * z(1).norm() + 0.3 * z(2).norm()).item(), rel=1e-5)
    close(codes(Recipe(SeedSource(1), Nearby(2, 1.0))), w(2))
    close(codes(Recipe(SeedSource(1), Nearby(2, 0.0))), w(1))


def test_nearby_of_a_latent_in_w_is_a_step_in_w():
    recipe = Recipe(BlendSource((1, 2), (0.5, 0.5), "w"), Nearby(3, 0.25))
    close(codes(recipe), 0.75 * (0.5 * w(1) + 0.5 * w(2)) + 0.25 * w(3))


def test_components_come_after_nearby():
    recipe = Recipe(SeedSource(1), Nearby(2, 0.5), components=(Component(3, 1.25), Component(0, -2.0)))
    expected = interpolation.slerp(z(1), z(2), 0.5)
    expected[0, 3], expected[0, 0] = 1.25, -2.0
    close(codes(recipe), STYLE.map(expected))


def test_drawn_z_is_what_components_replace():
    recipe = Recipe(SeedSource(1), Nearby(2, 0.5), components=(Component(3, 1.25),))
    close(resolve.drawn_z(recipe, STYLE), interpolation.slerp(z(1), z(2), 0.5))
    assert resolve.drawn_z(Recipe(BlendSource((1, 2), (0.5, 0.5), "w")), STYLE) is None
    assert resolve.drawn_z(Recipe(VectorSource("w", (0.0,) * 6)), STYLE) is None
    assert resolve.drawn_z(Recipe(PhotoSource("a.png", "")), toy_translator()) is None


def test_class_mixtures_are_normalised_and_default_to_the_first():
    model = CLASSES.capabilities
    assert resolve.class_weights(Recipe(), STYLE.capabilities) is None
    close(resolve.class_weights(Recipe(), model), torch.tensor([[1.0, 0, 0]]))
    mixture = Recipe(classes=(ClassWeight(1, 1.0), ClassWeight(2, 3.0)))
    close(resolve.class_weights(mixture, model), torch.tensor([[0, 0.25, 0.75]]))
    close(codes(mixture, CLASSES), CLASSES.map(z(0), torch.tensor([[0, 0.25, 0.75]])))


def test_a_mix_blends_only_its_layers_and_later_ones_lie_on_top():
    recipe = Recipe(
        SeedSource(1), mix=(LayerSource(1, 2, SeedSource(2), 0.25), LayerSource(2, 3, SeedSource(3)))
    )
    found = codes(recipe)
    close(found[:, 0], w(1)[:, 0])
    close(found[:, 1], 0.75 * w(1)[:, 1] + 0.25 * w(2)[:, 1])
    close(found[:, 2:], w(3)[:, 2:])


def test_a_mix_has_the_same_class_and_leaves_the_condition():
    recipe = Recipe(
        SeedSource(1),
        classes=(ClassWeight(2),),
        mix=(LayerSource(0, 0, BlendSource((2, 3), (1, 1), "w"), 0.5),),
    )
    found = codes(recipe, LABELLED)
    close(found[0, 0, :8], 0.5 * z(1)[0] + 0.25 * z(2)[0] + 0.25 * z(3)[0])
    close(found[0, 0, 8:], torch.tensor([0.0, 0, 1]))


def test_nearby_and_components_are_the_pictures_own_not_the_mixs():
    recipe = Recipe(
        SeedSource(1),
        Nearby(5, 0.5),
        components=(Component(0, 3.0),),
        mix=(LayerSource(2, 3, SeedSource(2)),),
    )
    close(codes(recipe)[:, 2:], w(2)[:, 2:])


def test_truncation_pulls_the_first_layers_to_the_mean():
    mean = STYLE.code_mean
    recipe = Recipe(SeedSource(1), truncation_psi=0.5, truncation_cutoff=2)
    found = codes(recipe)
    close(found[:, :2], mean + 0.5 * (w(1)[:, :2] - mean))
    close(found[:, 2:], w(1)[:, 2:])
    close(codes(Recipe(SeedSource(1), truncation_psi=0.0)), mean.expand(1, 4, 6))


def test_truncation_reaches_a_mix_too():
    recipe = Recipe(SeedSource(1), mix=(LayerSource(2, 3, SeedSource(2)),), truncation_psi=0.0)
    close(codes(recipe), STYLE.code_mean.expand(1, 4, 6))


def test_directions_move_by_sigma_after_truncation():
    recipe = Recipe(
        SeedSource(1), truncation_psi=0.0, directions=(DirectionWeight("up", 1.5, first=1, last=2),)
    )
    expected = STYLE.code_mean.expand(1, 4, 6).clone()
    expected[:, 1:3, 2] += 1.5 * 2.0
    close(codes(recipe, directions=KNOWN), expected)
    everywhere = Recipe(SeedSource(1), directions=(DirectionWeight("up", -1.0),))
    expected = w(1).clone()
    expected[:, :, 2] -= 2.0
    close(codes(everywhere, directions=KNOWN), expected)


def test_a_direction_leaves_the_condition_alone():
    known = DirectionSet([Direction("all", "All", np.ones(11), 1.0)])
    found = codes(
        Recipe(SeedSource(1), directions=(DirectionWeight("all", 2.0),)), LABELLED, directions=known
    )
    close(found[0, 0, :8], z(1)[0] + 2.0)
    close(found[0, 0, 8:], torch.tensor([1.0, 0, 0]))


def test_a_direction_at_zero_need_not_be_known():
    close(codes(Recipe(SeedSource(1), directions=(DirectionWeight("sefa:9", 0.0),))), w(1))


def test_a_translator_needs_no_code():
    found = resolve.codes(Recipe(PhotoSource("a.png", "")), toy_translator())
    assert found.shape == (1, 0, 0)


def test_inputs_are_not_changed_and_gradients_not_kept():
    vector = Recipe(
        VectorSource("w+", tuple(range(24))),
        mix=(LayerSource(0, 3, SeedSource(2), 0.5),),
        truncation_psi=0.5,
        directions=(DirectionWeight("up", 1.0),),
    )
    once = codes(vector, directions=KNOWN)
    assert torch.equal(once, codes(vector, directions=KNOWN))
    assert not once.requires_grad
    assert KNOWN["up"].vector.tolist() == [0, 0, 1, 0, 0, 0]


MANY = [
    Recipe(SeedSource(1)),
    Recipe(BlendSource((1, 2, 3), (1, 1, 1), "w"), Nearby(3, 0.5), classes=(ClassWeight(1),)),
    Recipe(BlendSource((1, 2, 3), (1, 1, 2)), mix=(LayerSource(0, 1, SeedSource(9)),)),
    Recipe(VectorSource("w", tuple(range(6))), Nearby(1, 0.5)),
    Recipe(SeedSource(4), truncation_psi=0.3, directions=(DirectionWeight("up", 1.0),)),
]


def test_many_at_once_are_the_same_as_one_by_one():
    calls = []

    class Counting(type(CLASSES)):
        def map(self, z, condition=None):
            calls.append(len(z))
            return super().map(z, condition)

    generator = Counting(CLASSES.config)
    calls.clear()
    together = resolve.codes_of_many(MANY, generator, KNOWN)
    assert len(calls) == 1
    one_by_one = torch.cat([resolve.codes(recipe, generator, KNOWN) for recipe in MANY])
    close(together, one_by_one)
    assert resolve.codes_of_many([], generator).shape == (0, 4, 6)


def test_the_first_stage_depends_on_nothing_of_the_second():
    recipe = replace(MANY[4], truncation_psi=1.0, directions=())
    assert torch.equal(resolve.mapped([recipe], STYLE), resolve.mapped([MANY[4]], STYLE))
    close(
        resolve.finished(resolve.mapped([recipe], STYLE), [MANY[4]], STYLE, KNOWN),
        codes(MANY[4], directions=KNOWN),
    )


def photo_recipe() -> Recipe:
    return Recipe(mix=(LayerSource(0, 0, PhotoSource("a.png", "")),))


@pytest.mark.parametrize(
    ("recipe", "generator", "words"),
    [
        (Recipe(VectorSource("z", (0.0,) * 5)), STYLE, "5 numbers.*z has 8"),
        (Recipe(VectorSource("w", (0.0,) * 512)), STYLE, "512 numbers.*w has 6"),
        (Recipe(VectorSource("w+", (0.0,) * 6)), STYLE, r"w\+ has 24"),
        (Recipe(components=(Component(8, 0.0),)), STYLE, "number 8 of z"),
        (Recipe(BlendSource((1,), (1.0,), "w"), components=(Component(0, 0.0),)), STYLE, "given in w"),
        (Recipe(classes=(ClassWeight(3),)), CLASSES, "class 3"),
        (Recipe(classes=(ClassWeight(1, -1.0),)), CLASSES, "-1"),
        (Recipe(classes=(ClassWeight(1, 0.0),)), CLASSES, "all classes are 0"),
        (Recipe(BlendSource((1, 2), (0.0, 0.0))), STYLE, "weights of the blend are 0"),
        (Recipe(BlendSource((1, 2), (1.0, -0.5))), STYLE, "negative"),
        (Recipe(BlendSource((1, 2), (1.0,))), STYLE, "one for each"),
        (Recipe(BlendSource((), ())), STYLE, "one for each"),
        (Recipe(SeedSource(-1)), STYLE, "Seed -1"),
        (Recipe(mix=(LayerSource(3, 4, SeedSource(0)),)), STYLE, "layers 0 to 3"),
        (Recipe(mix=(LayerSource(3, 2, SeedSource(0)),)), STYLE, "layers 3 to 2"),
        (photo_recipe(), STYLE, "photo"),
        (Recipe(directions=(DirectionWeight("pca:0", 1.0),)), STYLE, "no direction 'pca:0'"),
        (Recipe(directions=(DirectionWeight("wide", 1.0),)), STYLE, "another model"),
        (Recipe(directions=(DirectionWeight("up", 1.0, 2, 7),)), STYLE, "layers 2 to 7"),
    ],
)
def test_what_does_not_fit_is_named(recipe, generator, words):
    with pytest.raises(RecipeError, match=words):
        resolve.codes(recipe, generator, KNOWN)


def test_noise_of_every_mode_and_strength():
    none = resolve.noise_of(Recipe(noise=Noise("none")), STYLE)
    assert all(noise_map is None for maps in none for noise_map in maps)
    full = resolve.noise_of(Recipe(), STYLE)
    layered = resolve.noise_of(Recipe(noise=Noise(strength=0.5, layers=((1, 0.25), (2, 0.0)))), STYLE)
    for number, factor in enumerate((0.5, 0.125, 0.0)):
        close(layered[number][0], factor * full[number][0])
    one, same, other = (resolve.noise_of(Recipe(noise=Noise("random", seed)), STYLE) for seed in (1, 1, 2))
    assert torch.equal(one[0][0], same[0][0])
    assert not torch.equal(one[0][0], other[0][0])
    with pytest.raises(RecipeError, match="noise map 3"):
        resolve.noise_of(Recipe(noise=Noise(layers=((3, 1.0),))), STYLE)


def test_pose_and_noise_do_not_move_the_latent():
    assert torch.equal(codes(Recipe()), codes(Recipe(noise=Noise("none"), transform=Transform(40.0))))


def test_a_noise_map_can_have_a_seed_of_its_own():
    def maps(**noise):
        return [map_ for block in resolve.noise_of(Recipe(noise=Noise(**noise)), STYLE) for map_ in block]

    const, own, drawn = maps(), maps(seeds=((1, 7),), layers=((1, 0.5),)), maps(mode="random", seed=7)
    assert torch.equal(own[0], const[0])
    assert torch.allclose(own[1], 0.5 * drawn[1])
    assert torch.equal(own[2], const[2])
    assert all(map_ is None or not map_.any() for map_ in maps(mode="none", seeds=((1, 7),)))
    with pytest.raises(RecipeError, match="noise map 3"):
        maps(seeds=((3, 1),))
