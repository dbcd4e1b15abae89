# Ball and box are one interval for each number.
import numpy as np


def step(moved, origin, gradient, eps, size, low, high):
    if min(eps, size) < 0:
        raise ValueError("negative")
    lowest, highest = np.maximum(origin - eps, low), np.minimum(origin + eps, high)
    way = (gradient > 0).astype(float) - (gradient < 0)
    return np.minimum(np.maximum(moved + size * way, lowest), highest)


def climb(x, y, weights, bias, eps, size, steps, low, high):
    if min(eps, size) < 0:
        raise ValueError("negative")
    now = x
    for _ in range(steps):
        score = now @ weights + bias
        slope = -(y / (1 + np.exp(y * score)))[:, None] * weights[None]
        now = step(now, x, slope, eps, size, low, high)
    return now
