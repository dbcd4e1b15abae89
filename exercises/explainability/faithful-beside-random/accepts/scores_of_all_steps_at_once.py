# All F + 1 rows in one call of the model; the verdict with scipy.stats.
import numpy as np
from scipy import stats


def score(rows, weights, pair):
    return rows @ weights + pair * rows[:, 0] * rows[:, 1]


def deletion_area(x, base, attribution, weights, pair):
    turned = score(x[None], weights, pair)[0] < score(base[None], weights, pair)[0]
    claims = [(a if turned else -a, place) for place, a in enumerate(attribution)]
    rows = [x]
    for _, feature in sorted(claims):
        rows.append(np.where(np.arange(len(x)) == feature, base, rows[-1]))
    scores = score(np.array(rows), weights, pair)
    left = np.mean(scores - scores[-1])
    return -left if turned else left


def verdict(areas, random_areas, level):
    if len(areas) < 2 or random_areas.shape[0] != len(areas) or random_areas.shape[1] < 1:
        raise ValueError("nothing to compare")
    d = np.mean(random_areas, 1) - areas
    reach = stats.t.ppf((1 + level) / 2, len(d) - 1) * stats.sem(d)
    low, high = d.mean() - reach, d.mean() + reach
    return [d.mean(), low, high, 1.0 if low > 0 else 0.0]
