"""Back-door adjustment by strata for two questions, and its standard error."""

import numpy as np

from lablib.exercises.checks import check, close, number, raises, true


def people(rng, strata=3, effects=None):
    """Strata of unequal size, in which treatment, level and effect all differ."""
    sizes = rng.integers(12, 40, strata)
    stratum = np.repeat(rng.permutation(np.arange(2, 2 + strata)), sizes)
    share = rng.permutation(np.linspace(0.25, 0.75, strata))[
        np.searchsorted(np.unique(stratum), stratum)
    ]
    treatment = (rng.random(len(stratum)) < share).astype(int)
    for value in np.unique(stratum):  # two people at least in each group
        rows = np.flatnonzero(stratum == value)
        treatment[rows[:4]] = [0, 0, 1, 1]
    acts = stratum if effects is None else effects[stratum]
    outcome = 4.0 * stratum + acts * treatment + rng.normal(size=len(stratum))
    order = rng.permutation(len(stratum))
    return outcome[order], treatment[order], stratum[order]


EXAMPLE = (
    np.array([5.0, 3.0, 2.0, 4.0, 9.0, 8.0, 5.0]),
    np.array([1, 0, 0, 0, 1, 1, 0]),
    np.array([0, 0, 0, 0, 1, 1, 1]),
)


@check(points=1, public=True, hint=1)
def the_example(s):
    close(
        number(s.average_effect(*EXAMPLE), "the average effect is a number"),
        2 * 4 / 7 + 3.5 * 3 / 7,
        "the example has differences of 2 and 3.5, for four and three of seven people",
    )


@check(points=1, public=True, hint=1)
def the_treated_of_the_example(s):
    close(
        number(s.effect_on_the_treated(*EXAMPLE), "the effect on the treated is a number"),
        3.0,
        "of three treated people one is in the stratum with difference 2 and two in that with 3.5",
    )


@check(points=2, hint=2)
def like_is_compared_with_like(s, rng, reference):
    for strata in (2, 3, 5):
        rows = people(rng, strata)
        close(
            s.average_effect(*rows),
            reference.average_effect(*rows),
            "each stratum counts with its share of all people, treated or not",
        )


@check(points=1, hint=2)
def one_stratum_adjusts_for_nothing(s, rng):
    outcome, treatment, stratum = people(rng, 4, effects=np.zeros(9))
    close(
        s.average_effect(outcome, treatment, np.zeros_like(stratum)),
        outcome[treatment == 1].mean() - outcome[treatment == 0].mean(),
        "with one stratum for everybody nothing is adjusted for",
    )


@check(points=2, hint=3)
def the_treated_have_weights_of_their_own(s, rng, reference):
    for strata in (2, 4):
        rows = people(rng, strata)
        close(
            s.effect_on_the_treated(*rows),
            reference.effect_on_the_treated(*rows),
            "for the treated a stratum counts with its share of the treated",
        )


@check(points=1, hint=2)
def nobody_to_compare_with(s, rng, reference):
    outcome, treatment, stratum = people(rng)
    alone = np.append(stratum, 99)
    more = (np.append(outcome, [1.0, 2.0]), np.append(treatment, [0, 1]), np.append(alone, 99))
    close(
        s.average_effect(*more),
        reference.average_effect(*more),
        "one treated and one other person are enough for a difference",
    )
    for group in (0, 1):
        raises(
            lambda group=group: s.average_effect(
                np.append(outcome, 1.0), np.append(treatment, group), alone
            ),
            ValueError,
            "a stratum without treated or without untreated people has no difference",
        )
    raises(
        lambda: s.effect_on_the_treated(np.append(outcome, 1.0), np.append(treatment, 1), alone),
        ValueError,
        "a treated person without anybody like them has no known effect",
    )


@check(points=1, hint=4)
def strata_without_treated_count_for_nothing(s, rng, reference):
    outcome, treatment, stratum = people(rng)
    more = (
        np.append(outcome, [1.0, 50.0]),
        np.append(treatment, [0, 0]),
        np.append(stratum, [99, 99]),
    )
    close(
        number(s.effect_on_the_treated(*more), "strata without treated people are no error here"),
        reference.effect_on_the_treated(outcome, treatment, stratum),
        "people in whose stratum nobody was treated do not change the effect on the treated",
    )


@check(points=1, hint=3)
def the_error_follows_the_formula(s, rng, reference):
    for strata in (2, 4):
        rows = people(rng, strata)
        close(
            s.standard_error(*rows),
            reference.standard_error(*rows),
            "each stratum adds its share squared times the variances over the numbers",
        )
    outcome, treatment, stratum = rows
    pairs = (
        np.append(outcome, [1.0, 2.0, 4.0, 8.0]),
        np.append(treatment, [0, 0, 1, 1]),
        np.append(stratum, [99, 99, 99, 99]),
    )
    close(
        s.standard_error(*pairs),
        reference.standard_error(*pairs),
        "two people in a group are enough for a variance",
    )
    true(
        number(s.standard_error(outcome * 0, treatment, stratum), "an error is a number") == 0,
        "outcomes without spread leave no error",
    )
    raises(
        lambda: s.standard_error(
            np.append(outcome, [1.0, 2.0, 3.0]),
            np.append(treatment, [1, 0, 0]),
            np.append(stratum, [99, 99, 99]),
        ),
        ValueError,
        "one person alone has no variance",
    )
