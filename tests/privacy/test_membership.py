"""The loss attack on losses whose answer is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.privacy.membership import loss_attack


def test_by_hand():
    others = np.arange(200.0)  # even ones set the threshold, odd ones measure it
    attack = loss_attack([0.5, 1.5, 5.0, 300.0], others, rate=0.02)
    assert attack.threshold == 4.0  # two of a hundred even ones, 0 and 2, lie below
    assert attack.found.value == 0.5
    assert attack.accused.value == 0.02  # 1 and 3
    assert attack.auc == pytest.approx((199 + 198 + 194.5 + 0) / 800)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_members_like_everybody_are_found_as_often_as_others_are_accused(seed):
    rng = np.random.default_rng(seed)
    attack = loss_attack(rng.exponential(size=400), rng.exponential(size=4000), rate=0.05)
    assert attack.found.interval.low <= 0.08
    assert abs(attack.auc - 0.5) < 0.1
    assert 0.02 < attack.accused.value < 0.09


def test_a_threshold_set_on_members_would_be_no_attack():
    rng = np.random.default_rng(0)
    members, others = rng.exponential(size=500), rng.exponential(size=1000)
    wrong = float(np.quantile(members, 0.5))  # finds half of them, and accuses half of the others
    assert (others < wrong).mean() > 0.4
    assert loss_attack(members, others).accused.value < 0.05


@pytest.mark.parametrize(("rate", "others"), [(0.01, 150), (0.0, 1000), (1.0, 1000)])
def test_too_few_others_are_an_error(rate, others):
    with pytest.raises(ValueError, match="needs at least"):
        loss_attack([1.0], np.arange(float(others)), rate=rate)
