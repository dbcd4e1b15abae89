"""Epsilon against closed forms, published recipes and Opacus's own search."""

import math
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from lablib.privacy.accounting import Guarantee, account, most_found, noise_for


def gaussian_delta(epsilon, sigma):
    """Exact delta of one Gaussian release with sensitivity 1 (Balle and Wang, 2018, theorem 8)."""
    a, b = 1 / (2 * sigma), epsilon * sigma
    return norm.cdf(a - b) - math.exp(epsilon) * norm.cdf(-a - b)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 5.0])
def test_one_full_release_is_the_gaussian_mechanism(sigma):
    found = account(noise_multiplier=sigma, sampling_rate=1.0, steps=1)
    assert gaussian_delta(found.epsilon, sigma) <= 1e-5
    assert gaussian_delta(found.epsilon - 0.05, sigma) > 1e-5


@pytest.mark.parametrize(
    ("sigma", "epochs", "expected"), [(1.3, 15, 0.84), (1.1, 60, 2.31), (0.7, 45, 5.44)]
)
def test_known_recipes_for_digits(sigma, epochs, expected):
    rate = 240 / 60_000
    found = account(noise_multiplier=sigma, sampling_rate=rate, steps=int(epochs / rate))
    assert found.epsilon == pytest.approx(expected, abs=0.02)


@settings(max_examples=5, deadline=None)
@given(
    sigma=st.floats(1, 5),
    rate=st.floats(0.02, 0.3),
    steps=st.integers(5, 40),
)
def test_more_noise_fewer_steps_and_prv_give_less(sigma, rate, steps):
    def epsilon(**changes):
        base = {"noise_multiplier": sigma, "sampling_rate": rate, "steps": steps}
        return account(**(base | changes)).epsilon

    found = epsilon()
    slack = 0.02  # the accountant's own rounding
    assert epsilon(noise_multiplier=1.5 * sigma) <= found + slack
    assert epsilon(steps=2 * steps) >= found - slack
    assert epsilon(accountant="rdp") >= found - slack
    assert epsilon(sampling_rate=rate / 2) <= found + slack


def test_no_noise_is_no_guarantee():
    found = account(noise_multiplier=0, sampling_rate=0.1, steps=10)
    assert math.isinf(found.epsilon)


def test_the_text_names_everything():
    text = str(Guarantee(2.934, 1e-5, "prv", 0.01, 500, 1.1))
    assert text == (
        "epsilon = 2.93 at delta = 1e-05 (PRV accountant; Poisson sampling at rate 0.01, 500 "
        "steps, noise multiplier 1.1; neighbours: one example added or removed)"
    )


@pytest.mark.filterwarnings("ignore:Optimal order")
def test_the_noise_found_is_the_least():
    found = noise_for(3.0, sampling_rate=0.1, steps=60, tolerance=0.02)
    less = account(noise_multiplier=found.noise_multiplier * 0.95, sampling_rate=0.1, steps=60)
    assert found.epsilon <= 3.0 < less.epsilon
    from lablib.privacy import _opacus

    theirs = _opacus.load("accountants.utils").get_noise_multiplier(
        target_epsilon=3.0, target_delta=1e-5, sample_rate=0.1, steps=60, accountant="prv"
    )
    assert found.noise_multiplier == pytest.approx(theirs, rel=0.03)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"noise_multiplier": -1}, "must not be negative"),
        ({"noise_multiplier": math.inf}, "noise_multiplier=inf must be finite"),
        ({"noise_multiplier": math.nan}, "noise_multiplier=nan must be finite"),
        ({"noise_multiplier": 0.05, "steps": 300}, "0.05 is so little for 300 steps at rate 0.1"),
        ({"sampling_rate": 0}, "above 0 and at most 1"),
        ({"sampling_rate": 1.5}, "above 0 and at most 1"),
        ({"steps": 0}, "at least 1"),
        ({"delta": 0}, "between 0 and 1"),
        ({"accountant": "gdp"}, "must be one of prv, rdp"),
    ],
)
def test_wrong_settings_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        account(**({"noise_multiplier": 1.0, "sampling_rate": 0.1, "steps": 3} | changes))


def test_the_least_noise_is_found_below_the_start_of_the_search_too():
    found = noise_for(30, sampling_rate=0.001, steps=1, tolerance=0.02)
    less = account(noise_multiplier=0.95 * found.noise_multiplier, sampling_rate=0.001, steps=1)
    assert found.noise_multiplier < 0.25
    assert found.epsilon <= 30 < less.epsilon


def test_a_budget_that_hardly_binds_ends_the_search():
    found = noise_for(1e9, sampling_rate=0.1, steps=60, tolerance=0.5, accountant="rdp")
    assert found.epsilon <= 1e9
    assert found.noise_multiplier > 0


@pytest.mark.parametrize("epsilon", [0, -1, math.inf])
def test_no_noise_gives_an_impossible_budget(epsilon):
    with pytest.raises(ValueError, match="above 0 and finite"):
        noise_for(epsilon, sampling_rate=0.1, steps=3)


def test_without_opacus_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "opacus.accountants", None)
    with pytest.raises(ImportError, match=r"lablib\[privacy\]"):
        account(noise_multiplier=1.0, sampling_rate=0.1, steps=3)


def claim(epsilon, delta=1e-5):
    return Guarantee(epsilon, delta, "prv", 0.1, 60, 1.0)


def test_what_any_attack_can_find_by_hand():
    # e^epsilon = 2: twice what is accused by mistake, while little is accused.
    assert most_found(claim(math.log(2), 0), accused=0.1) == pytest.approx(0.2)
    # At 0.8 the other direction binds: of those who are spared at least half as many are members.
    assert most_found(claim(math.log(2), 0), accused=0.8) == pytest.approx(0.9)
    assert most_found(claim(math.inf), accused=0.01) == 1
    with pytest.raises(ValueError, match="accused=1.5 must lie between 0 and 1"):
        most_found(claim(1.0), accused=1.5)


@given(epsilon=st.floats(0, 20), delta=st.floats(0, 0.1), accused=st.floats(0, 1))
def test_an_attack_finds_at_least_by_lot_and_more_with_a_larger_budget(epsilon, delta, accused):
    found = most_found(claim(epsilon, delta), accused=accused)
    assert accused - 1e-12 <= found <= 1
    assert found <= most_found(claim(epsilon + 0.5, delta), accused=accused)


def test_the_best_test_of_one_gaussian_release_stays_below_the_bound():
    # Neyman-Pearson: the most powerful test of N(0, s) against N(1, s) has power Phi(z + 1/s).
    sigma = 1.5
    guarantee = account(noise_multiplier=sigma, sampling_rate=1.0, steps=1)
    for accused in (0.001, 0.01, 0.1, 0.5, 0.9):
        power = norm.cdf(norm.ppf(accused) + 1 / sigma)
        assert power <= most_found(guarantee, accused=accused) + 1e-9
