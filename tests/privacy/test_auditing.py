"""Lower bounds that must not exceed the truth, and must find what is there."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.evaluation import clopper_pearson
from lablib.privacy.auditing import _ends, one_run, two_worlds


def respond(rng, epsilon, bits):
    """Randomised response: each bit is told truly with probability e^epsilon / (1 + e^epsilon)."""
    return np.where(rng.random(len(bits)) < 1 / (1 + math.exp(-epsilon)), bits, ~bits)


def test_two_worlds_by_hand():
    # 20 of 20 later runs above the cut with the canary, 0 of 20 without: 0.8316 over 0.1684
    absent, there = np.zeros(40), np.ones(40)
    found = two_worlds({"x": absent}, {"x": there}, delta=0.0)
    assert found == pytest.approx(math.log(0.8316 / 0.1684), abs=1e-3)
    with_delta = two_worlds({"x": absent}, {"x": there}, delta=0.1)
    assert with_delta == pytest.approx(math.log(0.7316 / 0.1684), abs=1e-3)


def test_two_worlds_stay_below_the_truth_of_randomised_response():
    rng, truth = np.random.default_rng(0), 1.0
    above = 0
    for _ in range(60):
        absent = respond(rng, truth, np.zeros(400, bool)).astype(float)
        there = respond(rng, truth, np.ones(400, bool)).astype(float)
        above += two_worlds({"x": absent}, {"x": there}, delta=0.0) > truth
    assert above <= 6  # 5 % would be 3; each bound has two tails of 2.5 %, so fewer are expected


def test_two_worlds_find_the_statistic_that_shows_the_canary():
    rng = np.random.default_rng(1)
    quiet = rng.normal(size=1000)
    loud = {"noise": rng.normal(size=1000), "signal": rng.normal(size=1000) + 3}
    assert two_worlds({"noise": quiet, "signal": quiet}, loud, delta=1e-5) > 2


def test_choosing_on_the_same_runs_would_claim_too_much():
    # The wrong variant: many useless statistics, threshold chosen where it is measured.
    rng = np.random.default_rng(2)
    absent = {str(k): rng.normal(size=100) for k in range(40)}
    there = {str(k): rng.normal(size=100) for k in range(40)}
    doubled = [{k: np.repeat(v, 2) for k, v in world.items()} for world in (absent, there)]
    assert two_worlds(absent, there, delta=0.0) <= 0.3
    assert two_worlds(*doubled, delta=0.0) > two_worlds(absent, there, delta=0.0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 3))
def test_one_run_finds_nothing_in_coins_and_little_in_randomised_response(seed, epsilon):
    rng = np.random.default_rng(seed)
    included = rng.random(200) < 0.5
    scores = respond(rng, epsilon, included) + rng.random(200) / 10
    found = one_run(scores, included, guesses=200, delta=0.0, level=0.999)
    assert 0 <= found <= epsilon + 0.05
    assert one_run(scores, included, guesses=100, delta=0.02) <= one_run(
        scores, included, guesses=100, delta=0.0
    )


def test_one_run_by_hand():
    # 40 of 40 right: the smallest coin that gives this with probability 0.05 is 0.05 ** (1 / 40)
    included = np.arange(40) < 20
    coin = 0.05 ** (1 / 40)
    found = one_run(included.astype(float), included, guesses=40, delta=0.0)
    assert found == pytest.approx(math.log(coin / (1 - coin)), abs=1e-6)
    assert one_run(~included * 1.0, included, guesses=40, delta=0.0) == 0


@pytest.mark.parametrize(
    ("scores", "included", "guesses", "message"),
    [
        (np.zeros(4), np.zeros(3, bool), 2, "must both be"),
        (np.zeros(4), np.zeros(4, bool), 3, "even"),
        (np.zeros(4), np.zeros(4, bool), 6, "at most 4"),
        (np.zeros(4), np.zeros(4, bool), 0, "above 0"),
    ],
)
def test_wrong_shapes_are_named(scores, included, guesses, message):
    with pytest.raises(ValueError, match=message):
        one_run(scores, included, guesses=guesses, delta=0.0)


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_ends_are_those_of_the_exact_interval(level):
    low, high = _ends(np.arange(21), 20, level)
    for k in range(21):
        expected = clopper_pearson(k, 20, level=level)
        assert (low[k], high[k]) == pytest.approx((expected.low, expected.high), abs=1e-12)


HALVES = np.arange(400) >= 200


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 100))
def test_no_order_of_the_rows_changes_the_bound(seed, kinds, half):
    rng = np.random.default_rng(seed)
    included = rng.random(200) < 0.5
    scores = rng.integers(0, kinds, 200) + 0.3 * included
    order = rng.permutation(200)
    first = one_run(scores, included, guesses=2 * half, delta=1e-5)
    assert first == one_run(scores[order], included[order], guesses=2 * half, delta=1e-5)


@pytest.mark.parametrize("included", [HALVES, ~HALVES, HALVES.astype(int)])
def test_scores_that_say_nothing_prove_nothing_in_any_order(included):
    assert one_run(np.zeros(400), included, guesses=200, delta=1e-5) == 0.0
    assert one_run(np.zeros(400), included, guesses=400, delta=1e-5) == 0.0


def test_ties_at_the_cut_count_against_the_auditor():
    # The highest four: two sure ones, then two of five equals of which one is in: none is right.
    scores = np.array([9, 8, 5, 5, 5, 5, 5, 1, 0, -1, -2, -3.0])
    included = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    sure = one_run(np.array([1.0, 1, 0, 0] + [-1.0] * 4), [1, 1, 0, 0, 0, 0, 0, 0], guesses=8,
                   delta=0.0)  # fmt: skip
    assert one_run(scores, included, guesses=8, delta=0.0) == sure


def test_where_nothing_ties_the_bound_is_that_of_sorting():
    rng = np.random.default_rng(3)
    included = rng.random(300) < 0.5
    scores = included + rng.normal(size=300) * 0.7
    order = np.argsort(scores)
    right = int(included[order[-50:]].sum() + (~included[order[:50]]).sum())
    ideal = np.arange(300) >= 150
    missed = ideal.copy()
    missed[-(100 - right) :] = False  # as many wrong guesses, all of them "in"
    assert 80 < right < 100
    found = one_run(scores, included, guesses=100, delta=1e-5)
    assert found == one_run(np.arange(300), missed, guesses=100, delta=1e-5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scores": np.full(400, np.nan)}, "scores is NaN or infinite in 400 of 400 places"),
        ({"scores": np.r_[np.inf, np.zeros(399)]}, "infinite in 1 of 400"),
        ({"included": np.where(HALVES, 1, -1)}, "must be booleans, or 1 for in and 0 for out"),
        ({"included": np.full(400, np.nan)}, "must be booleans"),
        ({"level": 95}, "level=95 must lie between 0 and 1"),
        ({"level": 0.0}, "level=0.0"),
        ({"delta": 1.0}, "delta=1.0 must be at least 0 and below 1"),
    ],
)
def test_one_run_refuses_what_it_cannot_audit(changes, message):
    given_ = {"scores": np.arange(400.0), "included": HALVES, "delta": 1e-5} | changes
    with pytest.raises(ValueError, match=message):
        one_run(given_.pop("scores"), given_.pop("included"), guesses=200, **given_)


@pytest.mark.parametrize(
    ("without", "present", "options", "message"),
    [
        ({}, {}, {}, "at least one"),
        ({"x": np.zeros(9)}, {"y": np.zeros(9)}, {}, r"without has \['x'\] and present \['y'\]"),
        ({"x": np.zeros(1)}, {"x": np.zeros(9)}, {}, "'x' has 1 runs; at least two"),
        ({"x": np.zeros(9)}, {"x": np.full(9, np.nan)}, {}, "'x' is NaN or infinite in 9 of 9"),
        ({"x": np.zeros(9)}, {"x": np.ones(9)}, {"level": 95}, "level=95 must lie"),
        ({"x": np.zeros(9)}, {"x": np.ones(9)}, {"delta": -0.1}, "delta=-0.1"),
    ],
)
def test_two_worlds_refuse_what_they_cannot_audit(without, present, options, message):
    with pytest.raises(ValueError, match=message):
        two_worlds(without, present, **({"delta": 1e-5} | options))
