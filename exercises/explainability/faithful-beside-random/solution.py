import numpy as np


def score(rows, weights, pair):
    return rows @ weights + pair * rows[:, 0] * rows[:, 1]


def deletion_area(x, base, attribution, weights, pair):
    """Mean distance of the score above that of the baseline, while features are removed."""
    # BEGIN SOLUTION
    ends = score(np.stack([x, base]), weights, pair)
    sign = 1.0 if ends[0] >= ends[1] else -1.0
    now, scores = x.copy(), [ends[0]]
    for feature in np.argsort(-sign * attribution, kind="stable"):
        now[feature] = base[feature]
        scores.append(score(now[None], weights, pair)[0])
    return float(sign * (np.mean(scores) - ends[1]))
    # END SOLUTION


def verdict(areas, random_areas, level):
    """Mean of random minus explained areas, its Student interval, and whether it lies above 0."""
    # BEGIN SOLUTION
    from scipy.special import stdtrit

    rows = len(areas)
    if rows < 2 or random_areas.ndim != 2 or len(random_areas) != rows or not random_areas.size:
        raise ValueError("give two rows or more, and for each the areas of its random orders")
    better = random_areas.mean(axis=1) - areas
    mean = better.mean()
    reach = stdtrit(rows - 1, (1 + level) / 2) * better.std(ddof=1) / np.sqrt(rows)
    return mean, mean - reach, mean + reach, float(mean - reach > 0)
    # END SOLUTION
