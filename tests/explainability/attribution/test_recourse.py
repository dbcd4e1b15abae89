import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.attribution import recourse

WEIGHT = np.array([2.0, 1.0, 0.0])


def score(rows):
    return rows @ WEIGHT


def on_tensors(rows):
    return rows @ torch.from_numpy(WEIGHT)


def test_the_fewest_changes_by_hand():
    found = recourse.from_accepted(
        score, [[1.0, 1.0, 5.0]], [[0.0, 0.0, 0.0], [0.0, 1.0, 5.0]], threshold=1.5,
        actionable=[0, 1, 2],
    )  # fmt: skip
    assert found.rows.tolist() == [[0.0, 1.0, 5.0]]
    assert (found.valid.all(), found.changed.tolist(), found.distance.tolist()) == (True, [1], [1])


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_only_actionable_features_change_and_values_are_real(seed):
    rng = np.random.default_rng(seed)
    rows = rng.normal(1, 1, size=(40, 3))
    refused, accepted = rows[score(rows) >= 2], rows[score(rows) < 2]
    if not len(refused) or not len(accepted):
        return
    found = recourse.from_accepted(score, refused, accepted, threshold=2, actionable=[0, 2])
    assert (found.rows[:, 1] == refused[:, 1]).all()
    assert recourse.occurring(found.rows, rows).all()
    assert (found.valid == (score(found.rows) < 2)).all()
    walked = recourse.along_gradient(
        on_tensors, torch.from_numpy(refused), threshold=2, actionable=[0], most=400
    )
    assert walked.valid.all()
    assert (walked.rows[:, 1:] == refused[:, 1:]).all()
    occurs = recourse.occurring(walked.rows, rows, tolerance=1e-9)
    assert not occurs.any()  # near, and values of nobody


def test_a_distance_of_ones_own_says_who_is_near():
    refused, pool = [[1.0, 1.0, 5.0]], [[0.0, 1.0, 99.0], [0.5, 0.0, 5.0]]
    options = {"threshold": 1.5, "actionable": [0, 1], "donors": 1}
    usual = recourse.from_accepted(score, refused, pool, **options)
    assert usual.rows.tolist() == [[0.5, 0.0, 5.0]]  # the other one is 94 away in a third feature

    def first_feature(one, other):
        return np.abs(one - other)[..., 1] + 0.0 * one[..., 0]

    found = recourse.from_accepted(score, refused, pool, **options, distance=first_feature)
    assert found.rows.tolist() == [[0.0, 1.0, 5.0]]
    assert found.distance.tolist() == [0.0]
    absolute = recourse.from_accepted(
        score, refused, pool, **options, distance=lambda a, b: np.abs(a - b).sum(-1)
    )
    assert absolute.rows.tolist() == usual.rows.tolist()
    assert absolute.distance.tolist() == usual.distance.tolist()


def test_what_cannot_be_changed_is_not_valid():
    found = recourse.from_accepted(score, [[9.0, 9.0, 9.0]], [[0.0, 0, 0]], threshold=1,
                                   actionable=[2])  # fmt: skip
    assert not found.valid.any()


def test_the_attack_flips_at_the_distance_to_the_boundary_and_random_signs_later():
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(200, 3, generator=generator, dtype=torch.float64)
    signs = recourse.attack_directions(on_tensors, rows, threshold=0.0)
    radius = recourse.flip_radius(on_tensors, rows, signs, threshold=0.0, largest=4, points=4001)
    truth = np.abs(score(rows.numpy())) / np.abs(WEIGHT).sum()
    inside = truth < 3.9
    assert np.abs(radius - truth)[inside].max() < 0.0021
    random = torch.randint(2, rows.shape, generator=generator).double() * 2 - 1
    later = recourse.flip_radius(on_tensors, rows, random, threshold=0.0, largest=4, points=4001)
    assert (later >= radius - 1e-9).all()
    assert np.isinf(later).mean() > 0.2


def test_plausible_is_calibrated_on_fresh_rows_and_refuses_strangers():
    rng = np.random.default_rng(0)
    real, fresh, others = rng.normal(size=(3, 800, 3))
    assert recourse.plausible(others, real, fresh).mean() == pytest.approx(0.95, abs=0.03)
    assert recourse.plausible(others + 20, real, fresh).mean() == 0


def test_impossible_requests():
    with pytest.raises(ValueError, match="same shape"):
        recourse.measure(score, [[1.0, 2, 3]], [[1.0, 2]], threshold=0)
    with pytest.raises(ValueError, match="accepted has 0 rows"):
        recourse.from_accepted(score, [[1.0, 2, 3]], np.empty((0, 3)), threshold=0, actionable=[0])
