"""Cutting, thinning out and scoring digits, on made-up features."""

import math

import numpy as np
import pytest
import torch

from lablib.data import ImageData
from lablib.privacy.private_sgd.digits import cut, hits, make_rare, plain, train_linear
from lablib.privacy.private_sgd.training import PrivateConfig

CONFIG = PrivateConfig(
    steps=30, sampling_rate=0.3, noise_multiplier=0.5, max_grad_norm=1.0, learning_rate=0.5,
    device="cpu",
)  # fmt: skip


def pictures(n=200):
    target = np.arange(n) % 10
    return ImageData("made up", np.zeros((n, 1, 2, 2), np.float32), target, tuple("0123456789"))


def features(data):
    return torch.eye(10)[torch.from_numpy(data.target)] + torch.arange(len(data))[:, None] * 1e-6


def test_a_cut_keeps_features_with_their_classes():
    data = pictures()
    found = cut(data, features(data), seed=1)
    for rows, target in (found.train, found.test):
        assert torch.equal(rows.argmax(1), target)
    assert (len(found.train[1]), len(found.test[1])) == (160, 40)
    assert np.array_equal(found.test[1].numpy(), data.train_test(seed=1)[1].target)


@pytest.mark.parametrize(("share", "left"), [(0.1, 2), (0.001, 1), (1.0, 20)])
def test_rare_digits_by_hand(share, left):
    train = (torch.zeros(200, 1), torch.arange(200) % 10)
    rows = make_rare(train, digit=8, share=share, seed=0)
    counts = np.bincount(train[1].numpy()[rows], minlength=10)
    assert counts.tolist() == [20] * 8 + [left] + [20]
    assert (np.diff(rows) > 0).all()


def test_plain_differs_in_three_settings_only():
    found = plain(CONFIG, learning_rate=0.01)
    assert (found.noise_multiplier, found.max_grad_norm, found.learning_rate) == (0, math.inf, 0.01)
    assert (found.steps, found.seed, found.sampling_rate) == (30, 0, 0.3)


def test_separable_digits_are_learned_and_scored():
    data = pictures()
    parts = cut(data, features(data), seed=0)
    fitted = train_linear(parts.train, CONFIG)
    assert hits(fitted.model, parts.test).mean() > 0.95
    assert hits(fitted.model, (parts.test[0], (parts.test[1] + 1) % 10)).mean() < 0.05
