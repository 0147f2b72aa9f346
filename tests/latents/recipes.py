"""Recipes of every kind, for property-based tests."""

from hypothesis import strategies as st

from latentlab.latents.recipe import (
    ActivationEdit,
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

seeds = st.integers(0, 2**32 - 1)
numbers = st.floats(-1e6, 1e6)
layers = st.integers(0, 20)
names = st.text(max_size=12)


def few(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


blends = st.integers(1, 3).flatmap(
    lambda count: st.builds(
        BlendSource,
        st.tuples(*[seeds] * count),
        st.tuples(*[numbers] * count),
        st.sampled_from(["z", "w"]),
    )
)
sources = st.one_of(
    st.builds(SeedSource, seeds),
    blends,
    st.builds(VectorSource, st.sampled_from(["z", "w", "w+"]), few(numbers)),
    st.builds(PhotoSource, names, st.text("0123456789abcdef", min_size=64, max_size=64)),
)
mixes = st.builds(
    lambda first, more, source, weight: LayerSource(first, first + more, source, weight),
    layers,
    layers,
    sources,
    numbers,
)
recipes = st.builds(
    Recipe,
    source=sources,
    nearby=st.builds(Nearby, seeds, numbers),
    components=few(st.builds(Component, layers, numbers)),
    classes=few(st.builds(ClassWeight, layers, numbers)),
    caption=names,
    second_caption=names,
    caption_blend=numbers,
    truncation_psi=numbers,
    truncation_cutoff=st.none() | layers,
    mix=few(mixes),
    directions=few(st.builds(DirectionWeight, names, numbers, layers, st.none() | layers)),
    noise=st.builds(
        Noise,
        st.sampled_from(["const", "random", "none"]),
        seeds,
        numbers,
        few(st.tuples(layers, numbers)),
        few(st.tuples(layers, seeds)),
    ),
    transform=st.builds(Transform, numbers, numbers, numbers),
    edits=few(
        st.builds(
            ActivationEdit,
            names,
            st.sampled_from(["scale", "ablate", "noise", "rotate", "shift_x", "shift_y", "blur"]),
            numbers,
            few(layers),
            seeds,
            st.booleans(),
        )
    ),
    stop_after=names,
)
