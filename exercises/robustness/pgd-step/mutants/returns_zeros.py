# rejected_by: steps_from_anywhere
# says: decides where to
# The generator that returns zeros.
import numpy as np


def step(moved, origin, gradient, eps, size, low, high):
    if eps < 0 or size < 0:
        raise ValueError("eps and size must be at least 0")
    return origin + np.zeros_like(origin)


def climb(x, y, weights, bias, eps, size, steps, low, high):
    return step(x, x, x, eps, size, low, high)
