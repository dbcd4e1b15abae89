import numpy as np
import pytest

from lablib.start.runs import Rows, collect, load_rows, one_run


@pytest.fixture(scope="module")
def easy():
    """Rows that one column decides, so that any working model is always right."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 3))
    return Rows(features, (features[:, 0] > 0).astype(np.int64), "")


def test_a_model_that_can_learn_does(easy):
    run = one_run(easy, seed=0, train_rows=200, test_rows=100)
    assert run.logistic.mean() > 0.93
    assert run.forest.mean() > 0.93
    assert 0.35 < run.majority.mean() < 0.65
    assert run.training.shape == (200,)


def test_a_seed_fixes_everything_and_another_changes_it(easy):
    one, again, other = (
        one_run(easy, seed=seed, train_rows=100, test_rows=100) for seed in (1, 1, 2)
    )
    for name in ("logistic", "forest", "copy", "majority"):
        assert (getattr(one, name) == getattr(again, name)).all()
    assert (one.forest != other.forest).any()


def test_test_rows_of_a_smaller_test_set_come_first(easy):
    small = one_run(easy, seed=3, train_rows=100, test_rows=50)
    large = one_run(easy, seed=3, train_rows=100, test_rows=150)
    assert (large.forest[:50] == small.forest).all()


def test_nothing_is_learned_from_test_rows():
    # Fresh noise for every seed: a model that had seen its test rows would beat the coin there.
    right = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        noise = Rows(rng.normal(size=(400, 5)), rng.integers(0, 2, size=400), "")
        run = one_run(noise, seed=seed, train_rows=200, test_rows=200)
        right.append((run.logistic.mean(), run.forest.mean()))
    assert np.mean(right, axis=0) == pytest.approx([0.5, 0.5], abs=0.03)


def test_collected_runs_are_the_single_runs(easy):
    runs = collect(easy, [4, 7], train_rows=100, test_rows=80)
    assert runs.forest.shape == (2, 80)
    assert (runs.copy[1] == one_run(easy, seed=7, train_rows=100, test_rows=80).copy).all()


def test_copies_are_two_different_forests():
    rows = load_rows()
    run = one_run(rows, seed=0)
    assert (run.forest != run.copy).any()


def test_german_credit_is_encoded_without_sensitive_columns():
    rows = load_rows()
    assert rows.features.shape == (1000, 54)
    assert rows.target.sum() == 300
    assert len(rows.sha256) == 64


def test_too_many_rows_are_refused(easy):
    with pytest.raises(ValueError, match="is 400; there are only 300"):
        one_run(easy, seed=0, train_rows=200, test_rows=200)
