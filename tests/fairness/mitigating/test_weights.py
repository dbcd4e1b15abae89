import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.fairness.mitigating.weights import balancing, reweighing

ROWS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc")), max_size=40)
FULL = [(y, g) for y in (0, 1) for g in "abc"]


def shares(y, groups, weight):
    return {g: np.average(y[groups == g], weights=weight[groups == g]) for g in np.unique(groups)}


def test_weights_by_hand():
    # Group a has 3 of 4 rows and b 1; in a 2 of 3 are positive, in b none of 2.
    y, groups = [1, 1, 0, 0, 0], ["a", "a", "a", "b", "b"]
    with pytest.raises(ValueError, match="group 'b' has no row of one of the labels"):
        reweighing(y, groups)
    y = [1, 1, 0, 1, 0, 0]
    groups = ["a", "a", "a", "b", "b", "b"]
    assert reweighing(y, groups).tolist() == [0.75, 0.75, 1.5, 1.5, 0.75, 0.75]
    assert reweighing(y, groups, strength=0).tolist() == [1] * 6
    assert reweighing(y, groups, strength=0.5)[2] == 1.25
    uneven = [1, 1, 1, 0, 1, 0, 0, 0]
    assert balancing(uneven, list("aaaabbbb")).tolist() == pytest.approx(
        [2 / 3] * 3 + [2, 2] + [2 / 3] * 3
    )


@given(ROWS)
@settings(max_examples=50, deadline=None)
def test_weighted_group_and_label_are_independent(rows):
    y, groups = (np.array(column) for column in zip(*(rows + FULL), strict=True))
    weight = reweighing(y, groups)
    assert weight.mean() == pytest.approx(1)
    assert np.average(y, weights=weight) == pytest.approx(y.mean())
    for share in shares(y, groups, weight).values():
        assert share == pytest.approx(y.mean())
    for share in shares(y, groups, balancing(y, groups)).values():
        assert share == pytest.approx(0.5)


def test_equal_parts_are_left_alone():
    y, groups = np.array([0, 1] * 4), np.array(["a", "a", "b", "b"] * 2)
    assert reweighing(y, groups) == pytest.approx(1)


def test_turned_weights_are_caught():
    # The wrong variant divides the other way round and doubles the link it should remove.
    y, groups = np.array([1, 1, 0, 1, 0, 0]), np.array(list("aaabbb"))
    turned = 1 / reweighing(y, groups)
    assert shares(y, groups, turned)["a"] > y[:3].mean()
