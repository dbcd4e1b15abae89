import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from lablib.evaluation import expected_calibration_error, reliability_bins

EDGE_CASES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]))
ROWS = st.lists(st.tuples(st.integers(0, 1), EDGE_CASES), min_size=1, max_size=60)


def test_bins_by_hand():
    bins = reliability_bins([0, 1, 1, 1], [0.0, 0.5, 0.75, 1.0], n_bins=2)
    assert bins.edges.tolist() == [0, 0.5, 1]
    assert bins.count.tolist() == [2, 2]
    assert bins.confidence.tolist() == [0.25, 0.875]
    assert bins.frequency.tolist() == [0.5, 1.0]


def test_error_by_hand():
    # bins (0, 0.5]: gap 0.25; (0.5, 1]: gap 0.125; each half of the rows.
    truth, prob = [0, 1, 1, 1], [0.0, 0.5, 0.75, 1.0]
    assert expected_calibration_error(truth, prob, n_bins=2) == pytest.approx(0.1875)


def test_empty_bins_are_marked_and_weigh_nothing():
    bins = reliability_bins([1], [0.95], n_bins=10)
    assert bins.count.tolist() == [0] * 9 + [1]
    assert np.isnan(bins.frequency[:9]).all()
    assert expected_calibration_error([1], [0.95], n_bins=10) == pytest.approx(0.05)


def test_probability_one_counts():
    # Certain and wrong on every row: the error is 1, and not 0 for want of a bin.
    assert expected_calibration_error([0, 0], [1.0, 1.0]) == 1.0
    assert expected_calibration_error([1, 1], [0.0, 0.0]) == 1.0
    assert reliability_bins([0, 0], [1.0, 1.0]).count[-1] == 2


def test_half_open_bins_that_drop_probability_one_are_caught():
    # The wrong variant: bins [a, b) leave out every row with probability exactly 1.
    truth, prob = np.array([0, 0, 1, 0]), np.array([1.0, 1.0, 1.0, 0.05])
    edges = np.linspace(0, 1, 11)
    kept = [(prob >= a) & (prob < b) for a, b in itertools.pairwise(edges)]
    assert sum(k.sum() for k in kept) == 1
    dropped = sum(k.sum() / 4 * abs(truth[k].mean() - prob[k].mean()) for k in kept if k.any())
    assert dropped < 0.02
    assert expected_calibration_error(truth, prob, n_bins=10) > 0.5
    assert reliability_bins(truth, prob, n_bins=10).count.sum() == 4


@settings(max_examples=50, deadline=None)
@given(ROWS, st.integers(1, 20))
def test_bins_hold_every_row_and_equal_scikit_learn(rows, n_bins):
    truth, prob = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    bins = reliability_bins(truth, prob, n_bins=n_bins)
    full = bins.count > 0
    assert bins.count.sum() == len(rows)
    frequency, confidence = calibration_curve(
        np.append(truth, [0, 1]), np.append(prob, [0, 1]), n_bins=n_bins
    )
    # scikit-learn needs both classes, so two rows are appended; compare on the same rows.
    padded = reliability_bins(np.append(truth, [0, 1]), np.append(prob, [0, 1]), n_bins=n_bins)
    shown = padded.count > 0
    assert padded.frequency[shown] == pytest.approx(frequency)
    assert padded.confidence[shown] == pytest.approx(confidence)
    assert bins.confidence[full] @ bins.count[full] == pytest.approx(prob.sum())


@settings(max_examples=50, deadline=None)
@given(ROWS, st.integers(1, 20))
def test_error_is_a_share_and_at_least_the_overall_gap(rows, n_bins):
    truth, prob = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    error = expected_calibration_error(truth, prob, n_bins=n_bins)
    gap = abs(truth.mean() - prob.mean())
    assert gap - 1e-12 <= error <= 1 + 1e-12
    assert expected_calibration_error(truth, prob, n_bins=1) == pytest.approx(gap)


def test_a_calibrated_model_is_near_and_above_zero_and_a_sure_one_is_not():
    rng = np.random.default_rng(0)
    prob = rng.random(4000)
    truth = rng.random(4000) < prob
    assert 0.005 < expected_calibration_error(truth, prob) < 0.04
    assert 0.2 < expected_calibration_error(truth, prob > 0.5) < 0.3  # sure of everything: 1/4


def test_wrong_inputs_fail_by_name():
    with pytest.raises(ValueError, match=r"y_prob holds 1\.2"):
        reliability_bins([1], [1.2])
    with pytest.raises(ValueError, match="n_bins is 0"):
        reliability_bins([1], [1.0], n_bins=0)
    with pytest.raises(ValueError, match="y_true has 2, y_prob has 1"):
        expected_calibration_error([0, 1], [0.5])
