"""Fidelity and its Wilson interval, against plausible ways to measure something else."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises, true

THRESHOLD = 0.5


def applicants(rng, n=60):
    """Scores in tenths (so that some equal the threshold), labels, an odd number held out."""
    score = rng.integers(0, 11, n) / 10
    surrogate = np.where(rng.random(n) < 0.5, score, rng.integers(0, 11, n) / 10)
    held_out = rng.permutation(np.arange(n) < n // 2 + 1)
    return score, surrogate, rng.integers(0, 2, n), held_out


@check(points=1, public=True, hint=1)
def share_of_the_example(s):
    score = np.array([0.9, 0.2, 0.6, 0.4, 0.1])
    surrogate = np.array([0.7, 0.3, 0.4, 0.1, 0.8])
    label, held_out = np.array([1, 0, 0, 1, 0]), np.array([True, True, True, True, False])
    got = number(s.fidelity(score, surrogate, label, held_out, THRESHOLD), "fidelity is one number")
    true(0 <= got <= 1, "fidelity is a share between 0 and 1, not a percentage")
    close(got, 0.75, "the two models agree on three of the four held-out rows")


@check(points=1, public=True, hint=3)
def interval_of_the_example(s):
    low, high = numbers(s.fidelity_interval(45, 50, 0.95), "it is a pair of numbers", shape=(2,))
    true(low <= high, "the interval begins with its lower end")
    close(
        (low, high),
        (0.7863977, 0.9565242),
        "the interval of 45 in 50 leaves out half of the remaining 5 % on each side",
        absolute=1e-6,
    )


@check(points=1, hint=2)
def agreement_is_about_decisions(s, rng, reference):
    for _ in range(5):
        n = 40
        score, surrogate = rng.uniform(0, 1, n), rng.uniform(0, 1, n)
        rows = score, surrogate, rng.integers(0, 2, n), np.arange(n) < 25
        close(
            s.fidelity(*rows, THRESHOLD),
            reference.fidelity(*rows, THRESHOLD),
            "two scores agree if they lie on the same side of the threshold, however far apart",
        )


@check(points=1, hint=2)
def a_score_at_the_threshold_decides_yes(s, rng, reference):
    for _ in range(5):
        rows, threshold = applicants(rng), rng.integers(3, 8) / 10
        close(
            s.fidelity(*rows, threshold),
            reference.fidelity(*rows, threshold),
            "a score that equals the threshold decides `default`, for both models",
        )


@check(points=1, hint=1)
def labels_play_no_part(s, rng, reference):
    for _ in range(5):
        score, surrogate, label, held_out = applicants(rng)
        got = s.fidelity(score, surrogate, label, held_out, THRESHOLD)
        other = s.fidelity(score, surrogate, 1 - label, held_out, THRESHOLD)
        close(
            other,
            number(got, "fidelity is a number whatever the labels are"),
            "fidelity stays the same when only the labels change; against labels it is accuracy",
        )
        close(
            got,
            reference.fidelity(score, surrogate, label, held_out, THRESHOLD),
            "fidelity compares the surrogate with the black box",
        )


@check(points=1, hint=1)
def only_held_out_rows_count(s, rng, reference):
    for _ in range(5):
        score, surrogate, label, held_out = applicants(rng)
        fitted = np.where(held_out, surrogate, score)  # perfect on the rows it was fitted on
        close(
            s.fidelity(score, fitted, label, held_out, THRESHOLD),
            reference.fidelity(score, fitted, label, held_out, THRESHOLD),
            "agreement on rows that the surrogate was fitted on does not count",
        )


@check(points=1)
def no_held_out_row_is_an_error(s, rng, reference):
    score, surrogate, label, _ = applicants(rng)
    nothing = np.zeros(len(score), dtype=bool)
    raises(
        lambda: s.fidelity(score, surrogate, label, nothing, THRESHOLD),
        ValueError,
        "without a held-out row there is no fidelity, so a ValueError says it",
    )
    for row in range(6):
        one = np.arange(len(score)) == row
        close(
            s.fidelity(score, surrogate, label, one, THRESHOLD),
            reference.fidelity(score, surrogate, label, one, THRESHOLD),
            "one held-out row is enough for a number",
        )


@check(points=1, hint=3)
def the_level_sets_the_width(s, rng, reference):
    n = int(rng.integers(20, 300))
    agreeing = int(rng.integers(1, n))
    narrow, wide = (
        numbers(s.fidelity_interval(agreeing, n, level), "every level gives a pair", shape=(2,))
        for level in (0.8, 0.99)
    )
    true(
        np.ptp(wide) > np.ptp(narrow), "an interval at a higher level is wider; `level` is an input"
    )
    close(
        narrow,
        reference.fidelity_interval(agreeing, n, 0.8),
        "at level 0.8 a tenth is left out on each side",
    )


@check(points=1)
def full_agreement_is_not_certainty(s, rng, reference):
    n = int(rng.integers(5, 60))
    for agreeing in (0, n):
        ends = numbers(s.fidelity_interval(agreeing, n, 0.95), "none or all still give a pair")
        true(
            ends.shape == (2,) and ends[1] - ends[0] > 1e-6,
            "when all rows agree, or none, the interval still has a width",
        )
        true(ends.min() > -1e-9 and ends.max() < 1 + 1e-9, "no end leaves the range from 0 to 1")
        close(
            ends,
            reference.fidelity_interval(agreeing, n, 0.95),
            "the Wilson formula also holds when all rows agree, or none",
        )


@check(points=1)
def interval_for_any_counts(s, rng, reference):
    for _ in range(10):
        n = int(rng.integers(3, 2000))
        agreeing, level = int(rng.integers(0, n + 1)), float(rng.uniform(0.5, 0.995))
        close(
            s.fidelity_interval(agreeing, n, level),
            reference.fidelity_interval(agreeing, n, level),
            "centre and half width follow the Wilson formula for any counts and level",
        )
