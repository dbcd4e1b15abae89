"""Batches drawn by coins: their sizes, their independence, and what a fixed order is not."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.privacy.private_sgd.sampling import fixed_batches, poisson_batches


def sizes(batches):
    return np.array([len(rows) for rows in batches])


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 200), rate=st.floats(0.01, 1), seed=st.integers(0, 99))
def test_rows_are_rows_in_order_and_the_seed_decides(n, rate, seed):
    first = list(poisson_batches(n, rate=rate, steps=5, seed=seed))
    assert len(first) == 5
    for rows in first:
        assert rows.dtype == torch.int64
        assert (rows[1:] > rows[:-1]).all()
        assert all(0 <= row < n for row in rows.tolist())
    again = poisson_batches(n, rate=rate, steps=5, seed=seed)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_sizes_vary_as_a_binomial_does():
    found = sizes(poisson_batches(1000, rate=0.1, steps=2000, seed=0))
    assert abs(found.mean() - 100) < 1
    assert 0.9 < found.var() / 90 < 1.1


def test_some_batches_are_empty_and_with_rate_one_all_are_full():
    found = sizes(poisson_batches(20, rate=0.05, steps=2000, seed=1))
    assert abs((found == 0).mean() - 0.95**20) < 0.04
    assert (sizes(poisson_batches(20, rate=1.0, steps=10, seed=1)) == 20).all()


def test_two_examples_are_drawn_independently():
    both = [0, 0, 0, 0]
    for rows in poisson_batches(2, rate=0.3, steps=4000, seed=2):
        both[int(0 in rows) + 2 * int(1 in rows)] += 1
    expected = 4000 * np.array([0.49, 0.21, 0.21, 0.09])
    assert ((np.array(both) - expected) ** 2 / expected).sum() < 16.3  # chi square, 3 df, 0.001


def test_fixed_batches_show_every_example_once_a_pass():
    batches = list(fixed_batches(10, rate=0.2, steps=10))
    assert all(len(rows) == 2 for rows in batches)  # what Poisson sampling never does
    assert sorted(torch.cat(batches[:5]).tolist()) == list(range(10))
    assert torch.equal(batches[0], batches[5])


@pytest.mark.parametrize(("n", "rate", "steps"), [(0, 0.1, 1), (5, 0, 1), (5, 1.1, 1), (5, 0.1, 0)])
def test_impossible_settings_are_errors(n, rate, steps):
    with pytest.raises(ValueError, match="must be at least 1 and the rate above"):
        list(poisson_batches(n, rate=rate, steps=steps, seed=0))
