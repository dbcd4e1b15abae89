# The worst edge is known from the signs of labels and weights.
import numpy as np


def loss(x, y, weights, bias):
    return np.log1p(np.exp(-y * (x @ weights + bias)))


def input_gradient(x, y, weights, bias):
    return np.outer(-y * (1 - 1 / (1 + np.exp(-y * (x @ weights + bias)))), weights)


def worst_case(x, y, weights, bias, eps, low, high):
    if not eps >= 0:
        raise ValueError("negative")
    rise = np.outer(-y, weights)
    up, down = np.minimum(x + eps, high), np.maximum(x - eps, low)
    return np.where(rise > 0, up, np.where(rise < 0, down, x))


def training_gradient(x, y, weights, bias, eps, low, high):
    rows = worst_case(x, y, weights, bias, eps, low, high)
    rows = np.column_stack([rows, np.ones(len(rows))])
    pull = -y / (1 + np.exp(y * (rows @ np.append(weights, bias))))
    return (pull[:, None] * rows).mean(axis=0)
