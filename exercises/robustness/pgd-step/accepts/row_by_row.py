# Loops, lists and prints.
import numpy as np


def number(at, home, slope, eps, size, low, high):
    if slope > 0:
        at = at + size
    elif slope < 0:
        at = at - size
    at = min(max(at, home - eps), home + eps)
    return float(min(max(at, low), high))


def step(moved, origin, gradient, eps, size, low, high):
    if eps < 0 or size < 0:
        raise ValueError("must not be negative")
    return [
        [number(*three, eps, size, low, high) for three in zip(*rows, strict=True)]
        for rows in zip(moved, origin, gradient, strict=True)
    ]


def climb(x, y, weights, bias, eps, size, steps, low, high):
    if eps < 0 or size < 0:
        raise ValueError("must not be negative")
    now = np.array(x)
    for count in range(steps):
        print("step", count)
        now = np.array(step(now, x, np.outer(-y, weights), eps, size, low, high))
    return now
