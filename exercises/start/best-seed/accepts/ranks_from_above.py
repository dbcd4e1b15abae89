# Ranks from the best downwards: the i-th best wins if no better one is in the group.
import numpy as np
from scipy.special import binom, stdtrit


def summary(validation, test, level):
    validation, test = np.asarray(validation, float), np.asarray(test, float)
    if validation.shape != test.shape or test.size < 2:
        raise ValueError("two lists over the same two or more seeds, please")
    error = np.sqrt(test.var(ddof=1) / test.size)
    t = -stdtrit(test.size - 1, 0.5 - level / 2)
    best_first = np.argsort(-validation, kind="stable")
    ends = test.mean() + np.array([0, -t, t]) * error
    return np.append(ends, test[best_first[0]])


def luck(test, k):
    below = np.arange(len(test))[::-1]
    if k not in range(1, len(test) + 1):
        raise ValueError(k)
    share = binom(below, k - 1) / binom(len(test), k)
    return (np.sort(test)[::-1] * share).sum() - np.mean(test)
