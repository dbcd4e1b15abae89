"""What the number of workers must not change: a gap, and a gradient."""

import numpy as np

from lablib.exercises.checks import check, close, equal, number, numbers, raises


def rows(rng, count=40):
    """Decisions and groups, both groups present and unequally decided."""
    groups = np.append(rng.integers(0, 2, count), [0, 1])
    decided = (rng.random(len(groups)) < np.where(groups == 1, 0.7, 0.3)).astype(int)
    return decided, groups


def parted(rng, decided, groups, workers):
    """The rows cut at random places; a part may be empty."""
    cuts = np.sort(rng.integers(0, len(groups) + 1, workers - 1))
    return list(zip(np.split(decided, cuts), np.split(groups, cuts), strict=True))


def reported(s, parts):
    return np.array(
        [numbers(s.worker(*part), "a report is four numbers", shape=(4,)) for part in parts]
    )


@check(points=1, public=True, hint=2)
def reports_of_the_example(s):
    got = reported(s, [(np.array([1, 1, 0]), np.array([1, 1, 0]))])
    close(got[0], [1, 0, 2, 2], "it holds counts")


@check(points=1, public=True, hint=2)
def gap_of_the_example(s):
    got = s.parallel_gap(np.array([[1, 0, 2, 2], [1, 0, 1, 0]]))
    close(number(got, "a gap is one number"), 2 / 3, "two of three minus none of two")


@check(points=1, public=True, hint=3)
def gradient_of_the_example(s):
    got = s.parallel_gradient(np.array([[1.0, 0.0], [5.0, 4.0]]), np.array([3, 1]))
    close(
        numbers(got, "a gradient has one number a weight", shape=(2,)),
        [2, 1],
        "three rows weigh three times as much as one",
    )


@check(points=3, hint=1)
def workers_change_no_gap(s, rng, reference):
    for workers in (1, 2, 5):
        decided, groups = rows(rng)
        whole = decided[groups == 1].mean() - decided[groups == 0].mean()
        got = s.parallel_gap(reported(s, parted(rng, decided, groups, workers)))
        close(got, whole, "the gap over all rows is the same for any number of workers")
        turned = s.parallel_gap(reported(s, parted(rng, decided, 1 - groups, workers)))
        close(turned, -whole, "the sign says which group is decided 1 more often")


@check(points=1, hint=2)
def parts_without_a_group(s, rng):
    decided, groups = rows(rng)
    order = np.argsort(groups, kind="stable")
    cut = int((groups == 0).sum())
    parts = [
        (decided[order][:cut], groups[order][:cut]),
        (decided[order][cut:], groups[order][cut:]),
    ]
    parts.append((np.array([], dtype=int), np.array([], dtype=int)))
    got = reported(s, parts)
    equal(got[0, 2:].tolist(), [0, 0], "a worker without a group counts none of it")
    equal(got[2].tolist(), [0, 0, 0, 0], "a worker without rows counts nobody")
    whole = decided[groups == 1].mean() - decided[groups == 0].mean()
    close(s.parallel_gap(got), whole, "groups that lie with different workers are compared too")


@check(points=2, hint=3)
def workers_change_no_gradient(s, rng, reference):
    for workers in (1, 2, 5):
        each = rng.normal(size=(30, 4))
        sizes = np.diff(np.concatenate([[0], np.sort(rng.integers(1, 30, workers - 1)), [30]]))
        parts = np.split(each, np.cumsum(sizes)[:-1])
        means = np.array([p.mean(axis=0) if len(p) else np.zeros(4) for p in parts])
        close(
            s.parallel_gradient(means, sizes),
            each.mean(axis=0),
            "the gradient is that of the mean over all rows, for any number of workers",
        )
    idle = np.array([[1.0, 2.0], [np.nan, np.nan], [3.0, 0.0]])
    close(
        s.parallel_gradient(idle, np.array([1, 0, 1])),
        [2, 1],
        "a worker without rows counts nothing, even if its mean is not a number",
    )


@check(points=1, hint=2)
def nothing_to_compare_is_an_error(s, rng, reference):
    for bad in ([[0, 0, 3, 1], [0, 0, 2, 2]], [[4, 1, 0, 0]]):
        raises(
            lambda bad=bad: s.parallel_gap(np.array(bad)),
            ValueError,
            "a group without a row anywhere has no share, and a ValueError says it",
        )
    raises(
        lambda: s.parallel_gradient(np.zeros((2, 3)), np.zeros(2, dtype=int)),
        ValueError,
        "without any rows there is no gradient, and a ValueError says it",
    )
    sizes, gradients = rng.integers(1, 9, 3), rng.normal(size=(3, 2))
    close(
        s.parallel_gradient(gradients, sizes),
        reference.parallel_gradient(gradients, sizes),
        "with rows there is a gradient",
    )
