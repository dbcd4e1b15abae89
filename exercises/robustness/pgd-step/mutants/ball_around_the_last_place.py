# rejected_by: nothing_leaves_the_ball_or_the_box
# says: around the origin
# Clips the step and not the way from the origin.
import numpy as np


def step(moved, origin, gradient, eps, size, low, high):
    """The allowed rows (N, F) after one step along the sign of the gradient."""
    if eps < 0 or size < 0:
        raise ValueError("eps and size must be at least 0")
    change = size * np.sign(gradient)
    return np.clip(moved + np.clip(change, -eps, eps), low, high)


def climb(x, y, weights, bias, eps, size, steps, low, high):
    """Rows (N, F) after some steps that raise the loss of a linear classifier."""
    if eps < 0 or size < 0:
        raise ValueError("eps and size must be at least 0")
    moved = x.copy()
    for _ in range(steps):
        gradient = -y[:, None] * weights
        moved = step(moved, x, gradient, eps, size, low, high)
    return moved
