# rejected_by: impossible_requests_are_errors
# says: more seeds than there are
# Takes S for every larger k.
from math import comb

import numpy as np
from scipy.special import stdtrit


def summary(validation, test, level):
    """Mean test accuracy over seeds, its Student interval, and that of the seed to ship."""
    seeds = len(test)
    if len(validation) != seeds or seeds < 2:
        raise ValueError("give validation and test accuracies of the same seeds, at least two")
    mean = np.mean(test)
    reach = stdtrit(seeds - 1, (1 + level) / 2) * np.std(test, ddof=1) / np.sqrt(seeds)
    chosen = test[np.argmax(validation)]
    return mean, mean - reach, mean + reach, chosen


def luck(test, k):
    """How far the best of `k` seeds lies above the mean of all, on average."""
    seeds = len(test)
    k = min(k, seeds)
    if not 1 <= k <= seeds:
        raise ValueError(f"k is {k}; choose between 1 and the {seeds} seeds")
    groups_won = [comb(before, k - 1) for before in range(seeds)]
    best = np.dot(groups_won, np.sort(test)) / comb(seeds, k)
    return float(best - np.mean(test))
