"""Weights under which group and label have nothing to do with each other."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises


def people(rng, groups=3, rows=60):
    """Labels and groups; every pair occurs, unequally often."""
    names = rng.choice(np.arange(-5, 50), groups, replace=False)
    code = np.append(rng.choice(groups, rows, p=rng.dirichlet(np.ones(groups) * 4)), range(groups))
    code = np.append(code, range(groups))
    share = rng.uniform(0.1, 0.9, groups)[code]
    y = (rng.random(len(code)) < share).astype(int)
    y[-2 * groups :] = [1] * groups + [0] * groups
    order = rng.permutation(len(y))
    return y[order], names[code][order]


EXAMPLE = np.array([1, 1, 0, 1, 0, 0]), np.array([0, 0, 0, 7, 7, 7])


@check(points=1, public=True, hint=2)
def weights_of_the_example(s):
    got = numbers(s.reweighing(*EXAMPLE), "there is one weight for each row", shape=(6,))
    close(got, [0.75, 0.75, 1.5, 1.5, 0.75, 0.75], "what is rare in a group weighs more")


@check(points=1, public=True, hint=3)
def gap_of_the_example(s):
    got = number(s.label_gap(*EXAMPLE, np.ones(6)), "a gap is one number")
    close(got, 1 / 3, "with equal weights the shares of label 1 are 2/3 and 1/3")
    close(
        s.label_gap(*EXAMPLE, np.array([1.0, 1, 2, 2, 1, 1])),
        0,
        "shares are sums of weights, and not of rows",
    )


@check(points=3, hint=2)
def weights_of_other_people(s, rng, reference):
    for groups in (2, 3, 4):
        y, group = people(rng, groups)
        close(
            s.reweighing(y, group),
            reference.reweighing(y, group),
            "a weight is the share that independence would give over the share that there is",
        )


@check(points=2, hint=2)
def the_whole_stays_as_it_was(s, rng):
    y, group = people(rng)
    weights = numbers(s.reweighing(y, group), "every row gets a weight", shape=y.shape)
    close(weights.sum(), len(y), "the weights add up to the number of rows")
    close(np.sum(weights * y) / len(y), y.mean(), "the weighted share of label 1 stays what it was")


@check(points=2, hint=3)
def gaps_of_other_people(s, rng, reference):
    for groups in (2, 4):
        y, group = people(rng, groups)
        weights = rng.uniform(0.1, 3, len(y))
        close(
            s.label_gap(y, group, weights),
            reference.label_gap(y, group, weights),
            "the gap is between the largest and the smallest of all groups",
        )


@check(points=1, hint=3)
def a_missing_pair_is_an_error(s, rng, reference):
    y, group = people(rng)
    y = np.where(group == group[0], 1, y)
    raises(
        lambda: s.reweighing(y, group),
        ValueError,
        "a group without rows of a label has no weight for it, and a ValueError says so",
    )
    one = np.ones(4, dtype=int), np.array([1, 1, 2, 2])
    close(
        s.reweighing(*one),
        reference.reweighing(*one),
        "if a label occurs nowhere, no group lacks it",
    )
