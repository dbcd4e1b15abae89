import numpy as np
import pytest

import lablib.evaluation as evaluation
from lablib.evaluation import (
    across_seeds,
    majority_class,
    roc_auc,
    same_model_twice,
    shuffled_labels,
)


def test_majority_class_reads_the_training_labels_only():
    assert majority_class([1, 1, 0], 3).tolist() == [1, 1, 1]
    assert majority_class([0, 0, 1], 2).tolist() == [0, 0]
    assert majority_class([0, 1], 1).tolist() == [0]
    assert majority_class([0, 1], 0).size == 0
    with pytest.raises(ValueError, match="n is -1"):
        majority_class([0, 1], -1)


def test_shuffled_labels_keep_the_shares_and_leave_the_input():
    y = np.array([0] * 30 + [1] * 10)
    shuffled = shuffled_labels(y, seed=0)
    assert shuffled.sum() == 10
    assert (shuffled != y).any()
    assert y[:30].sum() == 0
    assert (shuffled_labels(y, seed=0) == shuffled).all()
    assert (shuffled_labels(y, seed=1) != shuffled).any()


def test_shuffled_labels_carry_nothing_of_the_score():
    y = np.arange(200) % 2
    areas = [roc_auc(shuffled_labels(y, seed=s), y) for s in range(200)]
    assert across_seeds(areas, level=0.999).interval.contains(0.5)
    assert roc_auc(y, y) == 1


def test_same_model_twice_uses_two_seeds_and_repeats():
    first, second = same_model_twice(lambda seed: seed, seed=5)
    assert first != second
    assert (first, second) == same_model_twice(lambda seed: seed, seed=5)
    assert first != same_model_twice(lambda seed: seed, seed=6)[0]


def test_the_package_exports_a_handful_of_names():
    assert sorted(evaluation.__all__) == list(evaluation.__all__)
    assert all(hasattr(evaluation, name) for name in evaluation.__all__)
    assert len(evaluation.__all__) == 20
