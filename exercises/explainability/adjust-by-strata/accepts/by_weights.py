# Each person weighs as much as the people they stand for; prints on the way.
import numpy as np


def _compare(outcome, treatment, stratum, target):
    weights = np.zeros(len(outcome))
    for value in set(stratum[target]):
        here = stratum == value
        for group in (0, 1):
            rows = here & (treatment == group)
            if not rows.any():
                raise ValueError("nobody here")
            weights[rows] = (here & target).sum() / rows.sum()
    print("weights", weights.min(), weights.max())
    treated = treatment == 1
    return np.average(outcome[treated], weights=weights[treated]) - np.average(
        outcome[~treated], weights=weights[~treated]
    )


def average_effect(outcome, treatment, stratum):
    return _compare(outcome, treatment, stratum, np.ones(len(outcome), dtype=bool))


def effect_on_the_treated(outcome, treatment, stratum):
    return _compare(outcome, treatment, stratum, treatment == 1)


def standard_error(outcome, treatment, stratum):
    total = 0.0
    for value in set(stratum):
        for group in (0, 1):
            y = outcome[(stratum == value) & (treatment == group)]
            if len(y) <= 1:
                raise ValueError("one person")
            total += (
                np.sum((y - y.mean()) ** 2) / (len(y) - 1) / len(y) * np.mean(stratum == value) ** 2
            )
    return total**0.5
