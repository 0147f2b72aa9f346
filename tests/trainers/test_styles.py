"""Mixed styles, fresh noise and the mean of w, for one process and for the parts of a team."""

from __future__ import annotations

import pytest
import torch

from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan import StyleGAN, StyleGANConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from trainers.styles import StyleSampler, partners
from trainers.team import ALONE, Team

_MAPPING = MappingConfig(num_layers=1)


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def network() -> StyleGAN2:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        generator = StyleGAN2(StyleGAN2Config(16, (4, 4, 4), z_dim=6, w_dim=5, mapping=_MAPPING))
    for name, weight in generator.named_parameters():
        if name.endswith("noise_strength"):
            weight.data.fill_(0.5)
    return generator.requires_grad_(False)


def _second_starts(codes: torch.Tensor) -> list[int]:
    """For each row of codes (N, L, w_dim), the layer from which they are others; L where they never are."""
    starts = []
    for row in codes:
        changes = [layer for layer in range(1, len(row)) if not torch.equal(row[layer], row[layer - 1])]
        assert len(changes) <= 1
        starts.append(changes[0] if changes else len(row))
    return starts


def test_the_wanted_share_is_mixed_at_any_layer_in_use(network: StyleGAN2) -> None:
    sampler = StyleSampler(ALONE, "cpu", 0.9)
    starts = _second_starts(sampler.codes(network, _noise(0), 1000, None, 4))
    assert set(starts) == {1, 2, 3, 6}
    assert sum(start < 6 for start in starts) / 1000 == pytest.approx(0.9, abs=0.03)
    for layer in (1, 2, 3):
        assert starts.count(layer) == pytest.approx(300, abs=60)
    plain = StyleSampler(ALONE, "cpu", 0.0).codes(network, _noise(0), 50, None, 4)
    assert set(_second_starts(plain)) == {6}


def test_the_parts_of_a_team_are_the_whole(network: StyleGAN2) -> None:
    def drawn(team: Team) -> torch.Tensor:
        sampler, noise = StyleSampler(team, "cpu", 0.5), _noise(1)
        codes = sampler.codes(network, noise, 8, None, 6)
        return network.synthesize(codes, sampler.maps(network, noise, 8))

    parts = torch.cat([drawn(Team(rank, 2)) for rank in range(2)])
    torch.testing.assert_close(parts, drawn(ALONE))


def test_noise_is_fresh_for_every_picture_and_as_strong_as_was_learned(network: StyleGAN2) -> None:
    maps = StyleSampler(ALONE, "cpu", 0.0).maps(network, _noise(2), 64)
    assert [len(block) for block in maps] == [1, 2, 2]
    last = maps[2][1]
    assert last is not None
    assert last.shape == (64, 1, 16, 16)
    assert last.std().item() == pytest.approx(0.5, rel=0.05)
    assert not torch.equal(last[0], last[1])
    older = StyleGAN(StyleGANConfig(16, (4, 4, 4), z_dim=6, w_dim=5, mapping=_MAPPING))
    part = StyleSampler(ALONE, "cpu", 0.0).maps(older, _noise(2), 64, 2)
    assert len(part) == 2
    unscaled = part[1][0]  # StyleGAN's blocks know their strengths
    assert unscaled is not None
    assert unscaled.std().item() == pytest.approx(1.0, rel=0.05)


def test_the_mean_of_w_is_found(network: StyleGAN2) -> None:
    sampler, noise = StyleSampler(ALONE, "cpu", 0.9), _noise(3)
    for _ in range(60):
        codes = sampler.codes(network, noise, 5000, None, 6)
        sampler.follow_mean(network.mapping, codes, 5000)
    true = network.mapping(torch.randn(20_000, 6, generator=_noise(4))).mean(0)
    torch.testing.assert_close(network.mapping.mean(), true, atol=0.02, rtol=0.05)


@pytest.mark.parametrize(
    ("count", "group", "pairs"), [(16, 4, 8), (8, 4, 4), (9, 4, 4), (6, 4, 3), (2, 1, 1), (1, 4, 0)]
)
def test_partners_stand_in_different_groups_and_are_the_same_in_every_part(
    count: int, group: int, pairs: int
) -> None:
    first, second = partners(count, group)
    assert len(first) == len(second) == pairs
    assert len(set(first.tolist()) | set(second.tolist())) == 2 * pairs
    size = max(1, min(group, count // 2))
    assert (first // size != second // size).all()
    half = partners(count // 2, group)
    if count == 16:  # two processes
        torch.testing.assert_close(first, torch.cat([half[0], half[0] + 8]))
        torch.testing.assert_close(second, torch.cat([half[1], half[1] + 8]))
