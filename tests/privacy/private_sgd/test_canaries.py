"""Pools of canaries, and what plain and private trainings give away of them."""

import numpy as np
import pytest
import torch

from lablib.evaluation import roc_auc
from lablib.privacy import auditing
from lablib.privacy.private_sgd.canaries import draw_pool, leak
from lablib.privacy.private_sgd.digits import plain
from lablib.privacy.private_sgd.training import PrivateConfig

CONFIG = PrivateConfig(
    steps=200, sampling_rate=0.3, noise_multiplier=8.0, max_grad_norm=1.0, learning_rate=0.1,
    device="cpu",
)  # fmt: skip


def clouds(n=500, width=300):
    draw = torch.Generator().manual_seed(0)
    target = torch.randint(0, 10, (n,), generator=draw)
    centres = torch.randn(10, width, generator=draw)
    return centres[target] + torch.randn(n, width, generator=draw), target


def test_pools_are_drawn_as_described():
    features, target = clouds()
    pool = draw_pool(features, target, ordinary=100, canaries=200, seed=0)
    right = {tuple(row.tolist()): int(y) for row, y in zip(features, target, strict=True)}
    assert all(right[tuple(x.tolist())] == y for x, y in zip(*pool.ordinary, strict=True))
    assert all(right[tuple(x.tolist())] != y for x, y in zip(*pool.canaries, strict=True))
    assert pool.ordinary_in.sum() == 100
    assert 70 < pool.canaries_in.sum() < 130
    assert len(pool.train[1]) == 100 + pool.canaries_in.sum()
    everybody = torch.cat([pool.ordinary[0], pool.canaries[0]])
    assert len(everybody.unique(dim=0)) == 400  # nobody is in twice
    with pytest.raises(ValueError, match="need 600 pictures; there are 500"):
        draw_pool(features, target, ordinary=200, canaries=200, seed=0)


def test_plain_training_remembers_and_private_training_does_not():
    pool = draw_pool(*clouds(), ordinary=100, canaries=200, seed=1)
    open_ = leak(pool, plain(CONFIG, learning_rate=0.05))
    closed = leak(pool, CONFIG)

    def auc(found):
        inside = pool.canaries_in
        return roc_auc(inside.astype(int), -found.canaries)

    assert auc(open_) > 0.9
    assert 0.35 < auc(closed) < 0.65
    assert open_.bound > 1.5
    assert closed.bound <= closed.guarantee.epsilon
    assert open_.ordinary.shape == (200,)
    assert open_.accuracy > 0.3


def test_shuffled_membership_shows_nothing():
    pool = draw_pool(*clouds(), ordinary=100, canaries=200, seed=1)
    config = plain(CONFIG, learning_rate=0.05)
    found = leak(pool, config)
    coins = np.random.default_rng(5).random(200) < 0.5
    assert auditing.one_run(-found.canaries, coins, guesses=100, delta=1e-5) < 0.5
    again = leak(pool, config)
    assert np.array_equal(found.canaries, again.canaries)
