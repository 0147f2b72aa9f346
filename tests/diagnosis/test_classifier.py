"""The classifier that judges conditional generators, on digits it has not seen."""

from __future__ import annotations

import torch
from sklearn.datasets import load_digits

from latentlab.diagnosis.classifier import accuracy, train_classifier


def test_it_knows_digits_and_sees_wrong_labels() -> None:
    digits = load_digits()
    images = torch.from_numpy(digits.images).float()[:, None] / 8 - 1
    labels = torch.from_numpy(digits.target).long()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    images, labels = images[order], labels[order]
    before = torch.random.get_rng_state()
    classifier = train_classifier(images[:1400], labels[:1400], 10, epochs=4)
    assert torch.equal(before, torch.random.get_rng_state())
    assert accuracy(classifier, images[1400:], labels[1400:]) > 0.95
    assert accuracy(classifier, images[1400:], (labels[1400:] + 1) % 10) < 0.05
    half = torch.where(torch.arange(397) % 2 == 0, labels[1400:], (labels[1400:] + 1) % 10)
    assert 0.45 < accuracy(classifier, images[1400:], half) < 0.55


def test_the_same_seed_trains_the_same_classifier() -> None:
    noise = torch.Generator().manual_seed(1)
    images, labels = torch.rand(128, 3, 16, 16, generator=noise), torch.arange(128) % 3
    first, second = (train_classifier(images, labels, 3, epochs=1, seed=4) for _ in range(2))
    assert torch.equal(first(images[:4]), second(images[:4]))


def test_fewer_pictures_than_a_batch_are_learned_from_too() -> None:
    images = torch.cat([torch.full((12, 1, 16, 16), value) for value in (-0.5, 0.5)])
    labels = torch.arange(24) // 12
    assert accuracy(train_classifier(images, labels, 2, epochs=20), images, labels) == 1.0
