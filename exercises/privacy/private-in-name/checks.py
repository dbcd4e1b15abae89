"""A step whose influence is bounded, and an audit that claims what it has shown."""

import numpy as np
from scipy.stats import beta

from lablib.exercises.checks import check, close, number, numbers, raises, true


def crowd(rng, size=None):
    """Gradients of different lengths, some above 1 and some below."""
    size = int(rng.integers(4, 12)) if size is None else size
    gradients = rng.normal(size=(size, 6))
    lengths = rng.uniform(0.1, 3, size=size) / np.linalg.norm(gradients, axis=1)
    return gradients * lengths[:, None]


def worlds(rng, runs=300, shift=2.0):
    """Numbers of runs without and with a canary."""
    return rng.normal(size=runs), rng.normal(size=runs + 40) + shift


@check(points=1, public=True, hint=1)
def step_of_the_example(s):
    gradients = np.array([[3.0, 4.0], [0.0, 0.5]])
    got = s.private_gradient(gradients, 1.0, 2.0, 4.0, np.array([1.0, -1.0]))
    close(
        got,
        [0.65, -0.175],
        "(3, 4) becomes (0.6, 0.8), the other stays; with noise 2 and -2 the sum is (2.6, -0.7)",
    )


@check(points=1, public=True, hint=3)
def bound_of_the_example(s):
    without, present = np.zeros(100), np.repeat([0.0, 1.0], [20, 80])
    close(
        s.epsilon_lower_bound(without, present, 0.5, 1e-5, 0.95),
        2.973056,
        "80 of 100 are at least 0.708, 0 of 100 at most 0.0362: their ratio counts, not 0.8 / 0",
        relative=1e-4,
    )


@check(points=2, hint=1)
def nobody_moves_the_release_by_more_than_allowed(s, rng, reference):
    for loud in (2.0, 1e6):
        gradients, norm = crowd(rng), float(rng.uniform(0.3, 2))
        expected, noise = float(rng.uniform(3, 20)), rng.normal(size=6)
        more = np.concatenate([gradients, loud * crowd(rng, 1)])
        case = (norm, 1.5, expected, noise)
        first = numbers(s.private_gradient(gradients, *case), "a release has P numbers", shape=(6,))
        second = numbers(
            s.private_gradient(more, *case), "one more example leaves P numbers", shape=(6,)
        )
        moved = float(np.linalg.norm(second - first))
        true(
            moved <= norm / expected * (1 + 1e-6),
            "one more example moves the release by at most max_grad_norm / expected",
        )
        close(
            second,
            reference.private_gradient(more, *case),
            "a loud example is cut to the norm, and still counts",
        )


@check(points=1, hint=2)
def releases_of_any_batch(s, rng, reference):
    for _ in range(4):
        case = (
            crowd(rng),
            float(rng.uniform(0.4, 2)),
            float(rng.uniform(0.5, 3)),
            float(rng.uniform(2, 20)),
            rng.normal(size=6),
        )
        close(
            s.private_gradient(*case),
            reference.private_gradient(*case),
            "each example is clipped, the noise goes on the sum, and the expected size divides",
        )


@check(points=1, hint=2)
def nobody_and_zeros_release_noise(s, rng, reference):
    noise = rng.normal(size=6)
    for gradients in (np.zeros((0, 6)), np.zeros((3, 6))):
        close(
            s.private_gradient(gradients, 0.5, 2.0, 4.0, noise),
            noise * 0.25,
            "an empty batch, or gradients of zeros, release the noise alone",
        )


@check(points=2, hint=3)
def bounds_of_any_runs(s, rng, reference):
    for shift in (1.5, 3.0, 9.0):
        without, present = worlds(rng, shift=shift)
        cut, level = float(rng.uniform(0.5, 2)), float(rng.choice([0.9, 0.95, 0.99]))
        delta = float(rng.choice([1e-5, 0.05]))
        close(
            s.epsilon_lower_bound(without, present, cut, delta, level),
            reference.epsilon_lower_bound(without, present, cut, delta, level),
            "lower end with the canary, less delta, over the upper end without, in logarithms",
        )


@check(points=1, hint=4)
def what_is_not_shown_is_zero(s, rng, reference):
    same = rng.normal(size=200)
    got = number(s.epsilon_lower_bound(same, same, 0.0, 1e-5, 0.95), "a bound is a number")
    close(got, 0, "two equal worlds show nothing")
    quiet = np.zeros(200)
    close(
        s.epsilon_lower_bound(quiet, quiet, 0.5, 1e-5, 0.95),
        0,
        "no run above the cut in either world shows nothing",
    )
    close(
        s.epsilon_lower_bound(quiet, np.repeat([0.0, 1.0], [150, 50]), 0.5, 0.9, 0.95),
        0,
        "a share below delta shows nothing, since delta allows it",
    )
    full = np.ones(50)
    close(s.epsilon_lower_bound(full, full, 0.5, 0.0, 0.95), 0, "all runs above the cut, in both")
    shown = np.repeat([0.0, 1.0], [20, 180])
    close(
        s.epsilon_lower_bound(quiet, shown, 0.5, 0.0, 0.95),
        reference.epsilon_lower_bound(quiet, shown, 0.5, 0.0, 0.95),
        "with delta = 0 the shares alone decide",
    )


@check(points=1, hint=3)
def few_runs_show_little(s, rng, reference):
    for runs in (1, 3, 20, 1000):
        absent, there = np.zeros(runs), np.ones(runs)
        got = number(s.epsilon_lower_bound(absent, there, 0.5, 0.0, 0.95), "few runs have a bound")
        low = beta.ppf(0.025, runs, 1)
        close(
            got,
            max(0.0, np.log(low / (1 - low))),
            "every run right is a large bound for many runs and a small one for few",
        )
    tied = np.repeat([0.5, 1.0], [30, 10])
    close(
        s.epsilon_lower_bound(np.zeros(40), tied, 0.5, 0.0, 0.95),
        reference.epsilon_lower_bound(np.zeros(40), tied, 0.5, 0.0, 0.95),
        "a number at the cut does not lie above it",
    )
    close(
        s.epsilon_lower_bound(tied - 0.01, np.ones(40), 0.49, 0.0, 0.95),
        reference.epsilon_lower_bound(tied - 0.01, np.ones(40), 0.49, 0.0, 0.95),
        "nor does one at the cut without the canary",
    )
    for worlds_without in ((np.zeros(0), np.ones(3)), (np.ones(3), np.zeros(0))):
        raises(
            lambda pair=worlds_without: s.epsilon_lower_bound(*pair, 0.5, 0.0, 0.95),
            ValueError,
            "a world without a run gives no bound: it is an error",
        )
