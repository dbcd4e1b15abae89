# No beta distribution: looks for the accuracies at which k is just too many, or too few.
import math

import numpy as np


def grow(x, y):
    """A table of answers, one for each value; between values, the nearer one."""
    values = sorted(set(x.tolist()))
    return values, [int(y[x == value].mean() > 0.5) for value in values]


def decide(tree, x):
    values, answers = tree
    found = []
    for value in x:
        near = min(range(len(values)), key=lambda i: (abs(values[i] - value), i))
        found.append(answers[near])
    return np.array(found)


def at_least(k, n, p):
    return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def bisect(too_low):
    low, high = 0.0, 1.0
    for _ in range(34):
        middle = (low + high) / 2
        low, high = (middle, high) if too_low(middle) else (low, middle)
    return low


def evaluate(months_late, defaulted, held_out, level):
    seen, tested = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    if not len(seen) or not len(tested):
        raise ValueError("both sides need rows")
    tree = grow(months_late[seen], defaulted[seen])
    n = len(tested)
    k = int(sum(decide(tree, months_late[tested]) == defaulted[tested]))
    tail = (1 - level) / 2
    low = bisect(lambda p: at_least(k, n, p) < tail) if k else 0
    high = bisect(lambda p: 1 - at_least(k + 1, n, p) > tail) if k < n else 1
    ones = sum(defaulted[seen])
    answer = 1 if 2 * ones > len(seen) else 0
    return [k / n, low, high, sum(defaulted[tested] == answer) / n]
