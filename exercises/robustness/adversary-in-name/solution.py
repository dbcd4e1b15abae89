import numpy as np


def input_gradient(x, y, weights, bias):
    # BEGIN SOLUTION
    pull = -y / (1 + np.exp(y * (x @ weights + bias)))
    return pull[:, None] * weights
    # END SOLUTION


def worst_case(x, y, weights, bias, eps, low, high):
    """The allowed rows (N, F) with the largest loss."""
    # BEGIN SOLUTION
    if eps < 0:
        raise ValueError("eps must be at least 0")
    direction = np.sign(input_gradient(x, y, weights, bias))
    return np.clip(x + eps * direction, low, high)
    # END SOLUTION


def training_gradient(x, y, weights, bias, eps, low, high):
    """Gradient (F + 1,) of the mean loss at the worst cases, for the weights and the bias."""
    # BEGIN SOLUTION
    moved = worst_case(x, y, weights, bias, eps, low, high)
    pull = -y / (1 + np.exp(y * (moved @ weights + bias)))
    return np.append(pull @ moved, pull.sum()) / len(x)
    # END SOLUTION
