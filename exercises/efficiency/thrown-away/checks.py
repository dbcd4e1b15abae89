"""Units leave with all that belongs to them, and a ratio says how many times smaller."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises, true


def network(rng, hidden=9):
    """w1, b1, w2, b2 whose scores differ clearly and are not those of one side alone."""
    before, after = rng.uniform(0.2, 3, size=(2, hidden))
    w1 = rng.normal(size=(hidden, 5))
    w2 = rng.normal(size=(4, hidden))
    w1 *= (before / np.linalg.norm(w1, axis=1))[:, None]
    w2 *= after / np.linalg.norm(w2, axis=0)
    return w1, rng.normal(size=hidden) * 4, w2, rng.normal(size=4) * 0.1


def parts(got, shapes):
    """The four arrays, in their shapes."""
    true(isinstance(got, list | tuple) and len(got) == 4, "the answer is w1, b1, w2 and b2")
    return [
        numbers(part, "each array has the shape that so many units leave", shape=shape)
        for part, shape in zip(got, shapes, strict=True)
    ]


def row(got, units, case):
    """All numbers of the four arrays, one after the other."""
    shapes = ((units, case[0].shape[1]), (units,), (len(case[3]), units), (len(case[3]),))
    return np.concatenate([part.ravel() for part in parts(got, shapes)])


def answers(w1, b1, w2, b2, x):
    """What the network computes for rows x."""
    return np.maximum(x @ w1.T + b1, 0) @ w2.T + b2


@check(points=1, public=True, hint=2)
def units_of_the_example(s):
    w1, b1 = np.array([[3.0, 4.0], [0.1, 0.0], [0.0, 1.0]]), np.array([0.5, 9.0, -0.5])
    w2, b2 = np.array([[1.0, 5.0, -2.0]]), np.array([0.25])
    got = row(s.prune(w1, b1, w2, b2, 2), 2, (w1, b1, w2, b2))
    expected = [3, 4, 0, 1, 0.5, -0.5, 1, -2, 0.25]
    close(got, expected, "the scores are 5, 0.5 and 2: the second unit goes with all that is its")


@check(points=1, public=True, hint=4)
def ratio_of_the_example(s):
    original, compressed = [((3, 2), 32), ((3,), 32)], [((3, 2), 4), ((3,), 32)]
    got = number(s.compression_ratio(original, compressed), "the ratio is one number")
    true(got >= 1, "a smaller file has a ratio above 1: original by compressed")
    close(got, 2.4, "36 bytes by 15")


@check(points=2, hint=2)
def any_network_keeps_its_strongest(s, rng, reference):
    for units in (1, 4, 8):
        case = network(rng)
        close(
            row(s.prune(*case, units), units, case),
            row(reference.prune(*case, units), units, case),
            "the units with the largest scores stay, in their old order",
        )


@check(points=2, hint=1)
def silent_units_are_not_missed(s, rng, reference):
    w1, b1, w2, b2 = network(rng)
    silent = rng.permutation(9)[:4]
    w2[:, silent[:2]] = 0
    w1[silent[2:]], b1[silent[2:]] = 0, -1
    x = rng.normal(size=(20, 5))
    case = (w1, b1, w2, b2, 5)
    small = parts(s.prune(*case), [np.shape(part) for part in reference.prune(*case)])
    close(
        answers(*small, x),
        answers(w1, b1, w2, b2, x),
        "without units that reach nothing, or that nothing reaches, the network answers as before",
    )
    expected = row(reference.prune(*case), 5, case)
    close(row(s.prune(*case), 5, case), expected, "the four that are silent are the ones that go")


@check(points=1, hint=3)
def equal_scores(s, rng, reference):
    w1, b1, w2, b2 = network(rng, hidden=60)
    w1 = np.sign(w1) * rng.integers(1, 4, size=(60, 1))
    w2 = np.sign(w2)
    case = (w1, b1, w2, b2)
    for units in (7, 33, 60):
        close(
            row(s.prune(*case, units), units, case),
            row(reference.prune(*case, units), units, case),
            "of equal scores the first units stay, and all if all may",
        )


@check(points=2, hint=4)
def ratios_count_bytes(s, rng, reference):
    for bits in (1, 4, 8, 16):
        shape = tuple(int(n) for n in rng.integers(1, 9, size=2) * 2 + 1)
        original = [(shape, 32), (shape[:1], 32), ((), 32)]
        compressed = [(shape, bits), (shape[:1], 32), ((3,), bits)]
        close(
            s.compression_ratio(original, compressed),
            reference.compression_ratio(original, compressed),
            "every part counts with its bits, in whole bytes of its own",
        )
    worse = [((4, 4), 32), ((16,), 1)]
    close(
        s.compression_ratio([((4, 4), 32)], worse),
        reference.compression_ratio([((4, 4), 32)], worse),
        "what got larger has a ratio below 1",
    )


@check(points=1)
def impossible_cases_are_errors(s, rng, reference):
    case = network(rng)
    for units in (0, -1, 10):
        raises(
            lambda units=units: s.prune(*case, units),
            ValueError,
            "fewer than one unit, or more than there are, is an error",
        )
    full = [((3, 2), 32)]
    for original, compressed in ((full, []), ([], full), (full, [((0, 2), 32)])):
        raises(
            lambda a=original, b=compressed: s.compression_ratio(a, b),
            ValueError,
            "a model that stores nothing has no ratio, so a ValueError says it",
        )
    expected = row(reference.prune(*case, 9), 9, case)
    close(row(s.prune(*case, 9), 9, case), expected, "keeping all units changes nothing")
    close(s.compression_ratio(full, full), 1, "a model beside itself has the ratio 1")
