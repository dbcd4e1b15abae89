"""Gaps that read the groups, and no rate over nobody."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises


def people(rng, groups=3, rows=80):
    """Labels, decisions and groups; every pair of group and label occurs."""
    names = rng.choice(np.arange(-5, 50), groups, replace=False)
    code = np.concatenate([rng.integers(0, groups, rows), np.tile(range(groups), 2)])
    y = np.append(rng.integers(0, 2, rows), [0] * groups + [1] * groups)
    decided = (rng.random(len(y)) < rng.uniform(0, 1, (groups, 2))[code, y]).astype(int)
    order = rng.permutation(len(y))
    return y[order], decided[order], names[code][order]


def example():
    y_true = np.array([1, 1, 0, 0, 1, 1, 0, 0])
    y_pred = np.array([1, 1, 1, 0, 1, 0, 0, 0])
    return y_true, y_pred, np.array([3, 3, 3, 3, 5, 5, 5, 5])


def two(s, *case):
    """The two gaps, with their shape checked."""
    return numbers(s.gaps(*case), "gaps are two numbers", shape=(2,))


@check(points=1, public=True, hint=2)
def rates_of_the_example(s):
    got = numbers(s.rates(*example()), "there are three rates a group", shape=(2, 3))
    close(got, [[0.75, 1.0, 0.5], [0.25, 0.5, 0.0]], "each rate is a mean over its own rows")


@check(points=1, public=True, hint=1)
def the_groups_are_read(s):
    y_true, y_pred, groups = example()
    other = np.array([3, 5, 3, 5, 5, 3, 5, 3])
    before, after = two(s, y_true, y_pred, groups), two(s, y_true, y_pred, other)
    close(before, [0.5, 0.5], "the gaps of the example are both one half")
    close(after, [0, 0.5], "other groups have other gaps, with the same labels and decisions")


@check(points=2, hint=2)
def rates_of_other_people(s, rng, reference):
    for groups in (2, 4):
        case = people(rng, groups)
        close(
            s.rates(*case),
            reference.rates(*case),
            "a rate is the share decided 1 among the rows that it is about, groups in rising order",
        )


@check(points=2, hint=3)
def parity_of_other_people(s, rng, reference):
    for groups in (2, 3, 5):
        case = people(rng, groups)
        close(
            two(s, *case)[0],
            reference.gaps(*case)[0],
            "demographic parity compares the largest with the smallest share decided 1",
        )


@check(points=2, hint=3)
def odds_of_other_people(s, rng, reference):
    for groups in (2, 2, 3, 5):
        case = people(rng, groups)
        close(
            two(s, *case)[1],
            reference.gaps(*case)[1],
            "equalised odds takes the larger of two gaps, each between groups within one rate",
        )


@check(points=2, hint=4)
def nobody_is_an_error(s, rng, reference):
    y, decided, groups = people(rng)
    alone = np.zeros_like(groups)
    for label in (0, 1):
        gone = np.where(groups == groups[0], label, y)
        for call in (s.rates, s.gaps):
            raises(
                lambda call=call, gone=gone: call(gone, decided, groups),
                ValueError,
                "a rate over nobody is no number, so a ValueError says that it is missing",
            )
    raises(
        lambda: s.gaps(y, decided, alone),
        ValueError,
        "one group is compared with nobody, so a ValueError says it",
    )
    close(
        s.gaps(y, decided, groups),
        reference.gaps(y, decided, groups),
        "with everybody there, there are gaps",
    )
