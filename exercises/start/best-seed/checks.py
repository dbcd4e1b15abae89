"""An honest summary of several seeds, and what the best of k adds by luck."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises, true


def runs(rng, seeds=None):
    """Validation and test accuracies of some seeds, with different favourites."""
    seeds = seeds or int(rng.integers(5, 25))
    test = 0.7 + rng.normal(0, 0.03, seeds)
    validation = 0.72 + rng.normal(0, 0.03, seeds)
    validation[np.argmax(test)] = validation.min() - 0.01
    return validation, test


@check(points=1, public=True, hint=2)
def summary_of_the_example(s):
    validation, test = np.array([0.74, 0.78, 0.75, 0.77]), np.array([0.77, 0.74, 0.72, 0.76])
    got = numbers(
        s.summary(validation, test, 0.95),
        "the answer is four numbers: mean, low, high, chosen",
        shape=(4,),
    )
    close(got[0], 0.7475, "the first number is the mean over all seeds, not the best of them")
    true(got[1] < got[0] < got[2], "the mean lies between the two ends, low before high")
    close(
        got[3], 0.74, "the seed with the highest validation accuracy of the example is the second"
    )
    close(got[1:3], (0.7122169, 0.7827831), "the ends of the example are right", absolute=1e-6)


@check(points=1, public=True, hint=4)
def luck_of_the_example(s):
    test = np.array([0.77, 0.74, 0.72, 0.76])
    close(s.luck(test, 1), 0, "a single seed drawn at random has no advantage over the mean")
    close(
        s.luck(test, 2),
        0.085 / 6,
        "the best of two is averaged over all six pairs of seeds",
    )
    close(s.luck(test, 4), 0.0225, "the best of all four lies 0.77 - 0.7475 above the mean")


@check(points=1, hint=1)
def nothing_is_chosen_on_test_rows(s, rng, reference):
    for _ in range(4):
        validation, test = runs(rng)
        got = numbers(s.summary(validation, test, 0.9), "any seeds have a summary", shape=(4,))
        expected = reference.summary(validation, test, 0.9)
        close(got[3], expected[3], "the seed to ship is the one that validation rows prefer")
        close(got[0], expected[0], "every seed counts equally in the mean")
    test = rng.permutation([0.7, 0.75, 0.72, 0.71])
    tied = np.array([0.7, 0.8, 0.8, 0.6])
    close(
        s.summary(tied, test, 0.9),
        reference.summary(tied, test, 0.9),
        "of several seeds with the same validation accuracy the first is shipped",
    )


@check(points=2, hint=3)
def the_interval_is_that_of_a_mean(s, rng, reference):
    for seeds in (3, 20, int(rng.integers(4, 40))):
        rows = runs(rng, seeds)
        got = numbers(s.summary(*rows, 0.95), "each list of seeds has a summary", shape=(4,))
        expected = reference.summary(*rows, 0.95)
        close(
            got[1:3],
            expected[1:3],
            "the interval is the Student interval of the mean over S seeds",
        )


@check(points=1, hint=3)
def the_level_sets_the_width(s, rng, reference):
    rows = runs(rng)
    for level in (0.5, 0.8, 0.99, float(rng.uniform(0.55, 0.98))):
        close(
            s.summary(*rows, level),
            reference.summary(*rows, level),
            "`level` decides the quantile, and what it leaves out is split between both sides",
        )


@check(points=2, hint=4)
def luck_is_an_average_over_all_groups(s, rng, reference):
    for _ in range(4):
        _, test = runs(rng, int(rng.integers(5, 10)))
        for k in (2, 3, len(test) - 1):
            close(
                s.luck(test, k),
                reference.luck(test, k),
                "the best of each group of k different seeds is averaged over all groups",
            )


@check(points=1, hint=4)
def luck_depends_on_the_spread_alone(s, rng, reference):
    _, test = runs(rng, 8)
    k = int(rng.integers(2, 6))
    got = number(s.luck(test, k), "luck is one number")
    close(
        s.luck(rng.permutation(test) / 2 + 0.1, k),
        got / 2,
        "half the spread is half the luck, whatever the mean and the order of the seeds",
    )
    close(got, reference.luck(test, k), "luck is measured from the mean of all seeds")
    same = np.full(6, rng.uniform(0.5, 0.9))
    close(s.luck(same, 3), 0, "seeds that agree have nothing to choose from")


@check(points=1)
def impossible_requests_are_errors(s, rng, reference):
    validation, test = runs(rng)
    for rows in ((validation[:-1], test), (validation[:1], test[:1]), (validation, test[:-1])):
        raises(
            lambda rows=rows: s.summary(*rows, 0.95),
            ValueError,
            "lists of different lengths, or one seed, have no summary: a ValueError says it",
        )
    for k in (0, len(test) + 1):
        raises(
            lambda k=k: s.luck(test, k),
            ValueError,
            "nobody can take the best of no seed, or of more seeds than there are",
        )
    close(
        s.summary(validation[:2], test[:2], 0.95),
        reference.summary(validation[:2], test[:2], 0.95),
        "two seeds are enough for an interval, if a wide one",
    )
    close(s.luck(test, len(test)), np.max(test) - np.mean(test), "k may be as large as S")
