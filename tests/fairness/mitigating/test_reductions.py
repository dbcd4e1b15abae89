import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.fairness.mitigating import _fairlearn
from lablib.fairness.mitigating._fairlearn import exponentiated_gradient
from lablib.fairness.mitigating.reductions import fair_mixtures, logistic_learner
from tests.fairness.mitigating.people import people

BOUNDS = (0.0, 0.05, 0.1, 1.0)


def gap(chance, groups):
    return abs(chance[groups == "a"].mean() - chance[groups == "b"].mean())


def accuracy(y, chance):
    return np.where(y == 1, chance, 1 - chance).mean()


def test_the_best_mixture_by_hand():
    # One feature: the group. Fitted freely, group a gets 0 and b gets 1: accuracy 3/4, gap 1.
    x = np.array([[0.0]] * 4 + [[1.0]] * 4)
    y, groups = np.array([0, 0, 0, 1, 1, 1, 1, 0]), np.array(["a"] * 4 + ["b"] * 4)
    found = fair_mixtures(
        x, y, groups, criterion="demographic-parity", bounds=(0.0, 0.5, 1.0),
        learner=logistic_learner(),
    )  # fmt: skip
    for bound, best in ((0.0, 0.5), (0.5, 0.625), (1.0, 0.75)):
        chance = found[bound].probability(x)
        assert gap(chance, groups) <= bound + 1e-9
        assert accuracy(y, chance) == pytest.approx(best)
        assert sum(found[bound].shares) == pytest.approx(1)


@given(st.integers(0, 1000), st.sampled_from(["demographic-parity", "equalized-odds"]))
@settings(max_examples=6, deadline=None)
def test_bounds_hold_on_the_rows_and_a_looser_one_is_never_worse(seed, criterion):
    x, y, groups = people(300, seed=seed)
    found = fair_mixtures(
        x, y, groups, criterion=criterion, bounds=BOUNDS, learner=logistic_learner(), most_fits=12
    )
    chances = [found[bound].probability(x) for bound in BOUNDS]
    for bound, chance in zip(BOUNDS, chances, strict=True):
        rows = [np.ones(len(y), bool)] if criterion.startswith("demo") else [y == 0, y == 1]
        assert max(gap(chance[r], groups[r]) for r in rows) <= bound + 1e-7
    right = [accuracy(y, chance) for chance in chances]
    # The pool grows from loose to strict, so the strictest bound saw all of it.
    assert right[0] <= right[-1] + 0.02


def test_no_worse_than_fairlearn_at_the_same_bound():
    pytest.importorskip("fairlearn.reductions", reason="fairlearn is not installed")
    x, y, groups = people(1200, seed=1)
    new, truth, new_groups = people(4000, seed=2)
    bound = 0.05
    ours = fair_mixtures(
        x, y, groups, criterion="demographic-parity", bounds=(bound,), learner=logistic_learner()
    )[bound].probability(new)
    theirs = exponentiated_gradient(
        x, y, groups, criterion="demographic-parity", bound=bound, iterations=15
    )(new)
    assert accuracy(truth, ours) > accuracy(truth, theirs) - 0.015
    assert gap(ours, new_groups) < gap(theirs, new_groups) + 0.03
    assert gap(ours, new_groups) < 0.1


def test_the_unbounded_mixture_keeps_the_gap():
    # The wrong variant: a bound of 1 bounds nothing, and then the gap is that of the plain model.
    x, y, groups = people()
    free = fair_mixtures(
        x, y, groups, criterion="demographic-parity", bounds=(1.0,), learner=logistic_learner()
    )[1.0]
    assert gap(free.probability(x), groups) > 0.15


def test_decisions_follow_the_seed_and_wrong_input_is_named():
    x, y, groups = people(200)
    options = {"bounds": (0.0,), "learner": logistic_learner(), "most_fits": 5}
    mixture = fair_mixtures(x, y, groups, criterion="demographic-parity", **options)[0.0]
    assert (mixture.decide(x, seed=3) == mixture.decide(x, seed=3)).all()
    with pytest.raises(ValueError, match="is not one of demographic-parity"):
        fair_mixtures(x, y, groups, criterion="fairness", **options)
    with pytest.raises(ValueError, match="rate is undefined"):
        fair_mixtures(x, (groups == "a").astype(int), groups, criterion="equalized-odds", **options)


def test_without_fairlearn_the_error_names_the_extra(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(_fairlearn.importlib, "import_module", missing)
    with pytest.raises(RuntimeError, match=r"pip install \"lablib\[fairness\]\""):
        _fairlearn.load("reductions")


def test_labels_and_bounds_that_would_fit_another_question_are_refused():
    x, y, groups = people(200)
    options = {"criterion": "demographic-parity", "learner": logistic_learner(), "most_fits": 5}
    for wrong in (y + 1, 2 * y - 1):
        with pytest.raises(ValueError, match=r"y holds (2|-1); labels must be 0 or 1"):
            fair_mixtures(x, wrong, groups, bounds=(0.1,), **options)
    for bound in (-0.1, 1.5):
        with pytest.raises(ValueError, match=f"bounds has {bound}; give a gap from 0"):
            fair_mixtures(x, y, groups, bounds=(0.1, bound), **options)
    with pytest.raises(ValueError, match="bounds is empty"):
        fair_mixtures(x, y, groups, bounds=(), **options)
    with pytest.raises(ValueError, match="x has 199, y has 200"):
        fair_mixtures(x[1:], y, groups, bounds=(0.1,), **options)
