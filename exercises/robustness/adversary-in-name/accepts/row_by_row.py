# One row at a time.
import math

import numpy as np


def loss(x, y, weights, bias):
    return np.log1p(np.exp(-y * (x @ weights + bias)))


def pull(row, label, weights, bias):
    return -label / (1 + math.exp(label * (row @ weights + bias)))


def input_gradient(x, y, weights, bias):
    pairs = zip(x, y, strict=True)
    return [list(pull(row, label, weights, bias) * weights) for row, label in pairs]


def worst_case(x, y, weights, bias, eps, low, high):
    if eps < 0:
        raise ValueError("negative")
    moved = x.copy()
    for n in range(len(x)):
        for f in range(x.shape[1]):
            moved[n, f] -= eps * np.sign(y[n] * weights[f])
            moved[n, f] = min(max(moved[n, f], low), high)
    return moved


def training_gradient(x, y, weights, bias, eps, low, high):
    moved, total = worst_case(x, y, weights, bias, eps, low, high), np.zeros(len(weights) + 1)
    for row, label in zip(moved, y, strict=True):
        total += pull(row, label, weights, bias) * np.append(row, 1)
    return total / len(x)
