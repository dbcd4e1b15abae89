import numpy as np
import pytest

from lablib.evaluation import Interval
from lablib.start.verdicts import groups, higher_wins, rows_decide, seeds_decide, side


def test_leads_are_counted_in_disjoint_groups():
    first = np.array([[1, 1], [1, 0], [0, 0], [1, 1], [1, 1]], dtype=bool)
    second = np.array([[0, 1], [1, 1], [0, 0], [0, 0], [0, 0]], dtype=bool)
    assert groups(first, second, size=1).ravel().tolist() == [1, -1, 0, 2, 2]
    assert groups(first, second, size=2).tolist() == [[1, -1], [0, 2]]
    with pytest.raises(ValueError, match="size is 6"):
        groups(first, second, size=6)


def test_higher_wins_ties_only_when_equal():
    assert higher_wins(np.array([[1, -1], [1, 0], [-3, 1]])).tolist() == [0, 1, -1]


def test_side_of_an_interval():
    assert side(Interval(0.0, 0.1)) == 0
    assert side(Interval(0.01, 0.1)) == 1
    assert side(Interval(-0.1, -0.01)) == -1


def _pairs(runs, n, lead):
    """Flags of two models that differ on about 30 % of rows, the first ahead by `lead`."""
    rng = np.random.default_rng(0)
    draw = rng.random((runs, n))
    base = rng.random((runs, n)) < 0.7
    first = np.where(draw < 0.15 + lead / 2, True, np.where(draw < 0.3, False, base))
    second = np.where(draw < 0.15 + lead / 2, False, np.where(draw < 0.3, True, base))
    return first, second


def test_interval_rules_find_a_real_lead_and_keep_their_level_without_one():
    first, second = _pairs(800, 200, lead=0.2)
    assert (rows_decide(first, second, seed=0, n_resamples=200) == 1).mean() > 0.9
    first, second = _pairs(800, 200, lead=0.0)
    by_rows = rows_decide(first, second, seed=0, n_resamples=400) != 0
    by_seeds = seeds_decide(groups(first, second, size=4)) != 0
    assert 0.03 <= by_rows.mean() <= 0.08
    assert 0.015 <= by_seeds.mean() <= 0.095
    # The wrong variant: without an interval, chance names a winner nearly always.
    assert (higher_wins(groups(first, second, size=4)) != 0).mean() > 0.9
