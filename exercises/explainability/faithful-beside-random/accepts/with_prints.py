# Right, noisy, and it changes its inputs.
import numpy as np
from scipy.special import stdtrit


def score(rows, weights, pair):
    return rows @ weights + pair * rows[:, 0] * rows[:, 1]


def deletion_area(x, base, attribution, weights, pair):
    last = score(base[None], weights, pair)[0]
    sign = -1 if score(x[None], weights, pair)[0] < last else 1
    distances = [score(x[None], weights, pair)[0] - last]
    attribution *= sign
    for _ in range(len(x)):
        feature = int(np.argmax(attribution))
        attribution[feature] = -np.inf
        x[feature] = base[feature]
        distances.append(score(x[None], weights, pair)[0] - last)
        print("removed", feature)
    return sign * sum(distances) / len(distances)


def verdict(areas, random_areas, level):
    if random_areas.shape[0] != areas.shape[0] or min(*random_areas.shape, len(areas) - 1) == 0:
        raise ValueError("give rows")
    n = len(areas)
    d = np.array([np.mean(random_areas[i]) - areas[i] for i in range(n)])
    error = np.sqrt(np.sum((d - d.mean()) ** 2) / (n - 1) / n)
    reach = -stdtrit(n - 1, (1 - level) / 2) * error
    return np.array([d.mean(), d.mean() - reach, d.mean() + reach, d.mean() > reach], dtype=float)
