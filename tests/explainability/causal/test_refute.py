import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.causal import refute, simulate
from lablib.explainability.causal.estimate import Effect, from_influence, regression
from lablib.explainability.causal.simulate import ADJUSTED, CAUSE, EFFECT


@pytest.fixture(scope="module")
def world():
    return simulate.people(n=1000, seed=0)


def arrays(world, names):
    return world[EFFECT], world[CAUSE], world.covariates(names)


def always_five(y, t, x) -> Effect:
    """A broken estimator that never looks."""
    return from_influence(5.0, np.ones(len(y)) * 0.1)


def counts_columns(y, t, x) -> Effect:
    """A broken estimator that reacts to columns of any kind."""
    return from_influence(float(x.shape[1]), np.ones(len(y)) * 0.1)


def counts_rows(y, t, x) -> Effect:
    """A sum where there should be a mean."""
    return from_influence(float(len(y)), np.ones(len(y)))


def test_e_values_of_the_paper():
    """VanderWeele and Ding (2017): a ratio of 3.9 with limit 1.8 has E-values 7.26 and 3.0."""
    assert refute.e_value(3.9) == pytest.approx(7.26, abs=0.01)
    assert refute.e_value(1.8) == pytest.approx(3.0, abs=0.001)
    assert refute.e_value(0.5) == pytest.approx(2 + np.sqrt(2))


@settings(max_examples=40, deadline=None)
@given(ratio=st.floats(1.0, 50.0), other=st.floats(1.0, 50.0))
def test_an_e_value_explains_exactly_that_ratio(ratio, other):
    """Ding and VanderWeele's bound, with both strengths E, gives the ratio back."""
    e = refute.e_value(ratio)
    assert e * e / (2 * e - 1) == pytest.approx(ratio, rel=1e-9)
    assert (ratio < other) <= (e <= refute.e_value(other))


@pytest.mark.parametrize(("broken", "test"), [
    (always_five, refute.placebo_treatment),
    (counts_columns, refute.random_cause),
    (counts_rows, refute.subset),
])  # fmt: skip
def test_each_test_objects_to_an_estimator_that_is_broken_in_its_way(world, broken, test):
    assert test(broken, *arrays(world, ADJUSTED), seed=0).objects
    assert not test(regression, *arrays(world, ADJUSTED), seed=0).objects


def test_only_the_negative_control_sees_a_confounder(world):
    for names, seen in (((), True), (ADJUSTED, False)):
        y, t, x = arrays(world, names)
        assert refute.negative_control(regression, world["earlier"], t, x).objects is seen
        for test in (refute.placebo_treatment, refute.random_cause, refute.subset):
            assert not test(regression, y, t, x, seed=0).objects


@settings(max_examples=30, deadline=None)
@given(groups=st.lists(st.integers(0, 4), min_size=2, max_size=30), seed=st.integers(0, 999))
def test_lots_stay_within_groups(groups, seed):
    rng = np.random.default_rng(seed)
    treatment = rng.integers(0, 2, len(groups)).astype(float)
    dealt = refute.shuffled(treatment, rng, within=groups)
    for group in set(groups):
        rows = np.array(groups) == group
        assert sorted(dealt[rows]) == sorted(treatment[rows])
    assert sorted(refute.shuffled(treatment, rng)) == sorted(treatment)


def test_every_deal_of_a_group_is_as_likely():
    rng, seen = np.random.default_rng(0), np.zeros(3)
    for _ in range(600):
        seen += refute.shuffled(np.array([1.0, 0.0, 0.0]), rng, within=[7, 7, 7])
    assert (np.abs(seen - 200) < 60).all()


def test_bad_arguments_are_refused(world):
    with pytest.raises(ValueError, match="share is 1.5; it must lie between 0 and 1"):
        refute.subset(regression, *arrays(world, ()), seed=0, share=1.5)
    with pytest.raises(ValueError, match="ratio is 0; a ratio of two risks is above 0"):
        refute.e_value(0)
    with pytest.raises(ValueError, match="spread is -1; a standard deviation is above 0"):
        refute.e_value_of_difference(1.0, -1)
