"""Held-out accuracy of a full tree, its exact interval and its baseline."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true


def accounts(rng, n=60, noise=0.2, held=0.5):
    """Months late, no two alike; labels that follow them with noise; held-out rows."""
    months = rng.uniform(0, 8, n)
    defaulted = np.where(rng.random(n) < noise, 1 - (months >= 4), months >= 4).astype(int)
    held_out = rng.permutation(np.arange(n) < round(held * n))
    return months, defaulted, held_out


def alternating(wrong, n=40):
    """The same labels 0, 1, 0, 1, ... on both sides, but `wrong` held-out ones turned."""
    months = np.tile(np.arange(n), 2)
    held_out = np.arange(2 * n) >= n
    defaulted = months % 2
    defaulted[n : n + wrong] = 1 - defaulted[n : n + wrong]
    return months, defaulted, held_out


@check(points=1, public=True, hint=2)
def worked_example(s):
    months = np.array([0, 0, 1, 3, 0, 2, 1, 4, 0, 1, 3, 2])
    defaulted = np.array([0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0])
    got = numbers(
        s.evaluate(months, defaulted, np.arange(12) >= 6, 0.95),
        "the answer is four numbers: accuracy, low, high, constant",
        shape=(4,),
    )
    true(got.min() >= 0 and got.max() <= 1, "all four are shares between 0 and 1")
    close(got[0], 2 / 3, "the tree is right on four of the six held-out rows of the example")
    close(got[3], 0.5, "always answering 0 is right on three of the six")
    close(
        got, (2 / 3, 0.2227781, 0.9567281, 0.5), "the ends of the example are right", absolute=1e-6
    )


@check(points=1, public=True, hint=3)
def two_right_answers_are_not_certainty(s):
    months, defaulted = np.array([0, 1, 4, 5, 0, 5]), np.array([0, 0, 1, 1, 0, 1])
    got = s.evaluate(months, defaulted, np.arange(6) >= 4, 0.95)
    close(
        got,
        (1, 0.1581139, 1, 0.5),
        "after two right answers of two the interval runs from about 0.16 to 1",
        absolute=1e-6,
    )


@check(points=2, hint=2)
def the_tree_never_sees_a_held_out_row(s, rng, reference):
    for held in (0.3, 0.5, 0.7):
        months, defaulted, held_out = accounts(rng, held=held)
        lot = np.where(held_out, rng.integers(0, 2, len(months)), defaulted)
        got = numbers(
            s.evaluate(months, lot, held_out, 0.95), "labels by lot give shares too", shape=(4,)
        )
        expected = reference.evaluate(months, lot, held_out, 0.95)
        close(
            got[0],
            expected[0],
            "the tree is grown on the rows that are not held out, and on no other row",
        )


@check(points=2, hint=2)
def only_held_out_rows_are_scored(s, rng, reference):
    for held in (0.2, 0.4, 0.6):
        rows = accounts(rng, noise=0.35, held=held)
        got = numbers(s.evaluate(*rows, 0.9), "every split gives four shares", shape=(4,))
        expected = reference.evaluate(*rows, 0.9)
        close(got[0], expected[0], "rows that the tree was grown on do not count as right answers")
        close(got[1:3], expected[1:3], "the interval counts held-out rows, and only those")


@check(points=1, hint=3)
def the_interval_is_exact(s, rng, reference):
    for wrong in (1, 39, *rng.integers(2, 39, 4).tolist()):
        rows = alternating(wrong)
        got = numbers(s.evaluate(*rows, 0.95), "mixed answers give four shares", shape=(4,))
        expected = reference.evaluate(*rows, 0.95)
        close(
            got[1:3],
            expected[1:3],
            "both ends are quantiles of the beta distribution, not mean and standard error",
        )


@check(points=1, hint=4)
def the_level_sets_the_width(s, rng, reference):
    rows = accounts(rng)
    for level in (0.5, 0.8, 0.99, float(rng.uniform(0.55, 0.98))):
        close(
            s.evaluate(*rows, level),
            reference.evaluate(*rows, level),
            "`level` moves both ends, and what it leaves out is split between both sides",
        )


@check(points=1, hint=2)
def the_constant_answer_is_chosen_before_the_test(s, rng, reference):
    for share in (0.2, 0.8):
        months, _, held_out = accounts(rng)
        turned = rng.random(len(months)) < np.where(held_out, 1 - share, share)
        got = numbers(
            s.evaluate(months, turned.astype(int), held_out, 0.95),
            "there is a baseline",
            shape=(4,),
        )
        expected = reference.evaluate(months, turned.astype(int), held_out, 0.95)
        close(
            got[3],
            expected[3],
            "the constant answer is the more frequent one among rows that are not held out",
        )
    months, held_out = np.arange(9), np.arange(9) >= 6
    even = np.array([0, 1, 0, 1, 0, 1, *rng.permutation([0, 1, 1])])
    close(
        s.evaluate(months, even, held_out, 0.95),
        reference.evaluate(months, even, held_out, 0.95),
        "if both answers are equally frequent, the constant answer is 0",
    )


@check(points=1, hint=3)
def none_right_and_none_held_out(s, rng, reference):
    n = int(rng.integers(2, 30))
    close(
        s.evaluate(*alternating(n, n), 0.95),
        reference.evaluate(*alternating(n, n), 0.95),
        "after no right answer the interval begins at 0 and has a width",
    )
    months, defaulted, _ = accounts(rng)
    for held_out in (np.zeros(len(months), dtype=bool), np.ones(len(months), dtype=bool)):
        raises(
            lambda held_out=held_out: s.evaluate(months, defaulted, held_out, 0.95),
            ValueError,
            "without a row on each side nothing was measured, so a ValueError says it",
        )
