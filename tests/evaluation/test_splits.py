import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.evaluation import across_seeds, over_splits

values = st.lists(st.floats(-1, 1), min_size=2, max_size=20)


def test_the_interval_by_hand():
    # s = 0.02, t(2 degrees, 0.975) = 4.302653, sqrt(1/3 + 1/3) = 0.816497
    found = over_splits([0.70, 0.74, 0.72], test_over_train=1 / 3)
    assert found.value == pytest.approx(0.72)
    assert found.interval.width / 2 == pytest.approx(4.302653 * 0.02 * 0.816497, rel=1e-5)


@given(values)
@settings(max_examples=50)
def test_without_overlap_it_is_the_plain_t_interval(numbers):
    plain, ours = across_seeds(numbers), over_splits(numbers, test_over_train=0.0)
    assert ours.interval.low == pytest.approx(plain.interval.low)
    assert ours.interval.high == pytest.approx(plain.interval.high)


def test_the_plain_interval_of_overlapping_splits_misses_too_often():
    """The wrong variant: S splits of one table are not S tables."""
    rng, missed = np.random.default_rng(0), {0.0: 0, 0.25: 0}
    for _ in range(300):
        table = rng.normal(size=100)
        means = [table[rng.permutation(100)[:20]].mean() for _ in range(20)]
        for ratio in missed:
            missed[ratio] += not over_splits(means, test_over_train=ratio).interval.contains(0.0)
    assert missed[0.0] / 300 > 0.3
    assert missed[0.25] / 300 < 0.15


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="at least two"):
        over_splits([0.5], test_over_train=0.3)
    with pytest.raises(ValueError, match="test_over_train is -1"):
        over_splits([0.5, 0.6], test_over_train=-1)
