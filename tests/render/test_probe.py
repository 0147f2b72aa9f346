from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab import places
from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed
from latentlab.models.vae import VAE, mlp_vae
from latentlab.render.probe import NormalEquations, Probe, ProbeSet, without_margin
from latentlab.render.probe_fitting import fit_probes, samples
from latentlab.render.torch_engine import TorchEngine
from tests.toy_generator import toy_plain, toy_style, toy_translator


def _fit(generator: Generator, **changes: object) -> ProbeSet:
    options: dict[str, object] = {"progress": lambda share, what: None, "cancelled": lambda: False}
    probes = fit_probes(generator, TorchEngine(generator), **{**options, **changes})  # type: ignore[arg-type]
    assert probes is not None
    return probes


@settings(max_examples=30, deadline=None)
@given(
    inputs=st.integers(1, 12),
    outputs=st.integers(1, 5),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    offset=st.floats(-5, 5),
)
def test_normal_equations_agree_with_lstsq(inputs: int, outputs: int, cuts: list[int], offset: float) -> None:
    random = np.random.RandomState(inputs + 100 * outputs)
    count = sum(cuts) + 20
    x = random.standard_normal((count, inputs)) + offset
    y = random.standard_normal((count, outputs)) + x @ random.standard_normal((inputs, outputs))
    equations = NormalEquations(inputs, outputs)
    for piece_x, piece_y in zip(np.split(x, np.cumsum(cuts)), np.split(y, np.cumsum(cuts)), strict=True):
        equations.add(torch.from_numpy(piece_x), torch.from_numpy(piece_y))
    weights, intercepts = equations.solve(ridge=0.0)
    wanted = np.linalg.lstsq(np.hstack([x, np.ones((count, 1))]), y, rcond=None)[0]
    np.testing.assert_allclose(weights.numpy().T, wanted[:-1], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(intercepts.numpy(), wanted[-1], rtol=1e-5, atol=1e-6)


def test_the_ridge_agrees_with_lstsq_on_the_augmented_system() -> None:
    random = np.random.RandomState(0)
    x, y = random.standard_normal((50, 6)) + 3, random.standard_normal((50, 2))
    x[:, 5] = x[:, 4]  # dependent features have no single solution without it
    equations = NormalEquations(6, 2)
    equations.add(torch.from_numpy(x), torch.from_numpy(y))
    weights, intercepts = equations.solve(ridge=0.01)
    centred = x - x.mean(0)
    strength = 0.01 * centred.var(0).mean() * 50
    rows = np.vstack([centred, np.sqrt(strength) * np.eye(6)])
    wanted = np.linalg.lstsq(rows, np.vstack([y - y.mean(0), np.zeros((6, 2))]), rcond=None)[0]
    np.testing.assert_allclose(weights.numpy().T, wanted, atol=1e-8)
    np.testing.assert_allclose(intercepts.numpy(), y.mean(0) - x.mean(0) @ wanted, atol=1e-8)


def test_features_that_never_change_are_no_obstacle() -> None:
    equations = NormalEquations(3, 1)
    equations.add(torch.ones(10, 3), torch.arange(10.0)[:, None])
    weights, intercepts = equations.solve()
    assert not weights.any()
    assert intercepts.item() == pytest.approx(4.5)


def _variance_explained(generator: Generator, probes: ProbeSet, index: int) -> float:
    """On samples that the probes were not fitted on."""
    codes, image = samples(generator, range(90_000, 90_016))
    engine = TorchEngine(generator)
    states = engine.run_through(
        0, len(generator.blocks) - 1, engine.start(image), codes, generator.noise_maps(), lambda: False
    )
    features = states[index].features
    assert features is not None
    shown = probes.picture(index, features)
    final = states[len(generator.blocks) - 1].image
    assert final is not None
    target = torch.nn.functional.interpolate(final.clamp(-1, 1), size=shown.shape[2:], mode="area")
    return 1 - float((shown - target).var() / target.var())


@pytest.mark.parametrize(
    "generator", [toy_style(own_pictures=False), toy_plain(own_pictures=False, num_classes=3)]
)
def test_every_block_without_a_picture_gets_one_that_resembles_the_final(generator: Generator) -> None:
    probes = _fit(generator)
    last = len(generator.blocks) - 1
    for index, block in enumerate(generator.blocks[:-1]):
        assert index in probes
        features = torch.zeros(2, block.info.channels, block.info.resolution, block.info.resolution)
        assert probes.picture(index, features).shape == (2, 3, block.info.resolution, block.info.resolution)
    assert last not in probes
    assert _variance_explained(generator, probes, last - 1) > 0.5


def test_fully_connected_blocks_show_a_small_picture() -> None:
    torch.manual_seed(0)
    generator = VAE(mlp_vae(hidden=(64, 40))).eval()
    probes = _fit(generator)
    flat = [i for i, block in enumerate(generator.blocks) if i in probes]
    assert flat == list(range(len(generator.blocks) - 1))
    for index in flat:
        features = normal_from_seed(0, 3, generator.blocks[index].info.channels)
        assert probes.picture(index, features).shape == (3, 1, 28, 28)
    assert _variance_explained(generator, probes, flat[-1]) > 0.8


def test_a_model_whose_blocks_draw_needs_no_probes() -> None:
    probes = _fit(toy_style())
    assert probes.complete
    assert not any(index in probes for index in range(8))


def test_a_translator_is_fitted_on_made_up_pictures() -> None:
    generator = toy_translator(own_pictures=False)
    assert 0 in _fit(generator)


def test_fitting_is_deterministic_and_the_probes_are_kept() -> None:
    generator = toy_plain(own_pictures=False)
    infos = tuple(block.info for block in generator.blocks)
    first, second = _fit(generator), _fit(generator)
    first.save("print")
    loaded = ProbeSet.load("print", infos)
    assert loaded is not None
    assert loaded.complete
    for index, info in enumerate(infos[:-1]):
        features = normal_from_seed(index, 1, info.channels, info.resolution, info.resolution)
        assert torch.equal(first.picture(index, features), second.picture(index, features))
        assert torch.equal(first.picture(index, features), loaded.picture(index, features))
    assert ProbeSet.load("another print", infos) is None


def test_the_pose_of_the_moment_does_not_matter() -> None:
    generator = toy_style(own_pictures=False)
    posed = torch.tensor([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    generator.set_transform(posed)
    _fit(generator)
    assert torch.equal(generator.transform, torch.eye(3)), "fitted upright"


@pytest.mark.parametrize("damage", [lambda data: data[:50], lambda data: b"", lambda data: b"\xff" * 100])
def test_a_damaged_cache_is_as_good_as_none(damage: object, caplog: pytest.LogCaptureFixture) -> None:
    generator = toy_plain(own_pictures=False)
    infos = tuple(block.info for block in generator.blocks)
    _fit(generator).save("print")
    (path,) = (places.cache_dir() / "probes").iterdir()
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert ProbeSet.load("print", infos) is None
    assert "fitted again" in caplog.text


def test_probes_of_another_architecture_are_not_used(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    _fit(toy_plain(own_pictures=False)).save("print")
    wider = toy_plain(own_pictures=False, channels=6)
    assert ProbeSet.load("print", tuple(block.info for block in wider.blocks)) is None
    assert "does not have 5 channels" in caplog.text


def test_fitting_can_be_given_up_between_blocks_and_tells_how_far_it_is() -> None:
    generator = toy_plain(own_pictures=False)
    shares: list[float] = []
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 6

    engine = TorchEngine(generator)
    assert fit_probes(generator, engine, progress=lambda s, w: shares.append(s), cancelled=cancelled) is None
    assert asked == 7
    _fit(generator, progress=lambda share, what: shares.append(share))
    assert shares[-1] == 1.0


def test_a_margin_is_cut_off() -> None:
    features = torch.arange(36.0).reshape(1, 1, 6, 6)
    assert without_margin(features, 2).flatten().tolist() == [14, 15, 20, 21]
    probe = Probe(torch.tensor([[2.0]]), torch.tensor([1.0]), side=2)
    assert probe.picture(features).flatten().tolist() == [29, 31, 41, 43]
