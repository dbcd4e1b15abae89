# rejected_by: the_step_is_taken_at_the_worst_case
# says: mean over rows
# Adds up instead of averaging.
import numpy as np


def loss(x, y, weights, bias):
    return np.log1p(np.exp(-y * (x @ weights + bias)))


def input_gradient(x, y, weights, bias):
    """Gradient (N, F) of each row's loss with respect to its input."""
    pull = -y / (1 + np.exp(y * (x @ weights + bias)))
    return pull[:, None] * weights


def worst_case(x, y, weights, bias, eps, low, high):
    """The allowed rows (N, F) with the largest loss."""
    if eps < 0:
        raise ValueError("eps must be at least 0")
    direction = np.sign(input_gradient(x, y, weights, bias))
    return np.clip(x + eps * direction, low, high)


def training_gradient(x, y, weights, bias, eps, low, high):
    """Gradient (F + 1,) of the mean loss at the worst cases, for the weights and the bias."""
    moved = worst_case(x, y, weights, bias, eps, low, high)
    pull = -y / (1 + np.exp(y * (moved @ weights + bias)))
    return np.append(pull @ moved, pull.sum())
