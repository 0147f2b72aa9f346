"""Plain state dicts are opened by shapes and order alone, and draw what the network they came from draws."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

import pytest
import torch
from torch import Tensor

from latentlab.formats.plain import explain, recognise
from latentlab.formats.reading import EVERY_NETWORK, Reading
from latentlab.models.catalogue import FAMILIES
from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed
from latentlab.models.vae import VAE
from tests.formats.plain import zoo, zoo_autoencoders, zoo_translators
from tests.formats.plain.zoo import Published


def _takes_nothing(make: Callable[..., object]) -> bool:
    parameters = inspect.signature(make).parameters.values()
    returns = make.__annotations__.get("return") == "Published"
    return returns and all(parameter.default is not parameter.empty for parameter in parameters)


NETWORKS: dict[str, Callable[[], Published]] = {
    name: make
    for module in (zoo, zoo_autoencoders, zoo_translators)
    for name, make in vars(module).items()
    if inspect.isfunction(make) and make.__module__ == module.__name__ and _takes_nothing(make)
}


def to_meta(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key: tensor.to("meta") for key, tensor in tensors.items()}


def open_reading(reading: Reading, tensors: Mapping[str, Tensor]) -> Generator:
    _, generator_type = FAMILIES[reading.candidate.family]
    generator = generator_type(reading.candidate.config)
    plain = {key: value.float() if value.is_floating_point() else value for key, value in tensors.items()}
    generator.load_state_dict(reading.convert(plain))
    return generator.eval().requires_grad_(False)


def classes_of(count: int, batch: int) -> Tensor | None:
    return torch.eye(count)[torch.arange(batch) % count] if count else None


def draws_alike(generator: Generator, published: Published) -> bool:
    capabilities = generator.capabilities
    if (capabilities.z_dim, capabilities.num_classes) != (published.z_dim, published.num_classes):
        return False
    y = classes_of(published.num_classes, 4)
    if capabilities.is_translator:
        start = normal_from_seed(1, 2, 3, 32, 32).tanh()
        expected, drawn = published.draw(start, None), generator.synthesize(torch.zeros(2, 0, 0), image=start)
    else:
        z = normal_from_seed(1, 4, published.z_dim)
        expected, drawn = published.draw(z, y), generator(z, y)
    return expected.shape == drawn.shape and torch.allclose(expected, drawn, rtol=1e-4, atol=1e-5)


def encodes_alike(generator: Generator, published: Published) -> bool:
    if published.encode is None:
        return True
    if not isinstance(generator, VAE) or not generator.capabilities.has_encoder:
        return False
    images = normal_from_seed(2, 4, *generator.config.picture).tanh()
    y = classes_of(published.num_classes, 4)
    return torch.allclose(generator.encode(images, y).mu, published.encode(images, y), rtol=1e-4, atol=1e-5)


def matching(published: Published, tensors: Mapping[str, Tensor]) -> tuple[int, list[Reading]]:
    """Place of the first reading that draws and encodes as the network did; -1 without one."""
    readings = recognise({"": to_meta(tensors)})
    for index, reading in enumerate(readings):
        generator = open_reading(reading, tensors)
        if draws_alike(generator, published) and encodes_alike(generator, published):
            return index, readings
    return -1, readings


@pytest.mark.parametrize("name", NETWORKS)
def test_a_reading_draws_what_the_network_drew(name: str) -> None:
    torch.manual_seed(0)
    published = NETWORKS[name]()
    index, readings = matching(published, published.tensors)
    assert index >= 0, [reading.candidate.description for reading in readings]
    assert readings[index].candidate.family == published.family
    keys = [reading.candidate.key for reading in readings]
    assert len(set(keys)) == len(keys) <= 32


def prefixed(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {prefix + key: tensor for key, tensor in tensors.items()}


def renamed_blocks(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every layer under a meaningless name, its tensors in the same order."""
    names: dict[str, str] = {}
    result = {}
    for key, tensor in tensors.items():
        path, _, leaf = key.rpartition(".")
        stem, marker, rest = path.partition(".parametrizations")
        names.setdefault(stem, f"zq{len(names) * 7919 % 1000:03d}x{len(names)}")
        result[f"{names[stem]}{marker}{rest}.{leaf}"] = tensor
    return result


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("change", ["module", "compiled", "blocks"])
def test_names_do_not_matter(name: str, change: str) -> None:
    torch.manual_seed(0)
    published = NETWORKS[name]()
    changed = {
        "module": prefixed(published.tensors, "module."),
        "compiled": prefixed(published.tensors, "_orig_mod.net."),
        "blocks": renamed_blocks(published.tensors),
    }[change]
    plain = recognise({"": to_meta(published.tensors)})
    renamed = recognise({"": to_meta(changed)})
    assert [r.candidate for r in renamed] == [r.candidate for r in plain]
    ours, theirs = plain[0].convert(_floats(published.tensors)), renamed[0].convert(_floats(changed))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


def _floats(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key: value.float() if value.is_floating_point() else value for key, value in tensors.items()}


def test_the_generator_is_found_among_networks_whatever_they_are_called() -> None:
    torch.manual_seed(0)
    published, critic = zoo.dcgan_tutorial(), torch.nn.Conv2d(3, 8, 4, 2, 1)
    networks = {"netD": to_meta(published.tensors), "netG": to_meta(critic.state_dict())}
    readings = recognise(networks)
    assert {reading.network for reading in readings} == {"netD"}
    assert draws_alike(open_reading(readings[0], published.tensors), published)


def test_encoder_and_decoder_may_be_networks_of_their_own() -> None:
    torch.manual_seed(0)
    published = zoo_autoencoders.beta_vae()
    torch.manual_seed(0)
    halves = zoo_autoencoders.beta_vae_encoder_and_decoder_apart()
    readings = recognise({name: to_meta(tensors) for name, tensors in halves.items()})
    together = {f"{name}.{key}": t for name, tensors in halves.items() for key, t in tensors.items()}
    assert readings[0].network == EVERY_NETWORK
    generators = [open_reading(r, together) for r in readings if r.network == EVERY_NETWORK]
    assert any(draws_alike(g, published) and encodes_alike(g, published) for g in generators)


@pytest.mark.parametrize(
    "layers",
    [
        {},
        {"weight": torch.zeros(10)},
        {"fc.weight": torch.zeros(10, 784), "fc.bias": torch.zeros(10)},
        {"a.weight": torch.zeros(64, 3, 7, 7), "b.weight": torch.zeros(1000, 512)},
        {"conv.weight": torch.zeros(8, 3, 3, 3, 3)},
        {f"h.{i}.{n}.weight": torch.zeros(32, 32) for i in range(40) for n in ("q", "k", "v", "o")},
        {f"l{i}.weight": torch.zeros(4, 4, 3, 3) for i in range(700)},
    ],
    ids=["empty", "vector", "classifier", "unrelated", "3d", "attention", "too long"],
)
def test_other_networks_are_left_alone_and_explained(layers: dict[str, Tensor]) -> None:
    networks = {"": to_meta(layers)}
    assert recognise(networks) == []
    assert bool(explain(networks)) == any(t.ndim in (1, 2, 4) for t in layers.values())


def test_the_explanation_says_what_there_is_and_what_is_missing() -> None:
    classifier = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 3), torch.nn.Flatten(), torch.nn.Linear(16, 10))
    lines = explain({"netD": to_meta(classifier.state_dict())})
    text = "\n".join(lines)
    assert "netD: 1 linear layers, 1 convolutions" in text
    assert "looks at pictures" in text
    assert "Missing" in lines[-1]


@pytest.mark.parametrize(
    "name",
    [
        "dcgan_tutorial",
        "dcgan_upsampling",
        "mlp_gan_eps",
        "cdcgan_two_branches",
        "conv_vae_strided",
        "cyclegan",
    ],
)
def test_files_that_sort_their_tensors_by_name_are_read_all_the_same(name: str) -> None:
    torch.manual_seed(0)
    published = NETWORKS[name]()
    index, _ = matching(published, dict(sorted(published.tensors.items())))
    assert index >= 0


def test_norms_sorted_before_the_layers_they_follow() -> None:
    torch.manual_seed(0)
    published = zoo.dcgan_equal_widths()
    names = {"0": "conv1", "1": "bn1", "3": "conv2", "4": "bn2", "6": "conv3", "7": "bn3", "9": "conv4"}
    renamed = {f"{names[k.split('.')[0]]}.{k.split('.')[1]}": v for k, v in published.tensors.items()}
    index, _ = matching(published, dict(sorted(renamed.items())))
    assert index >= 0
