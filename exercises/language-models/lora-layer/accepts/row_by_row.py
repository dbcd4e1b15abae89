# One row after the other, and the sum of outer products.
import numpy as np


def forward(x, weight, bias, a, b, alpha):
    rank = check(a, b)
    rows = []
    for row in x:
        out = weight @ row + bias
        for k in range(rank):
            out = out + alpha / rank * b[:, k] * (a[k] @ row)
        rows.append(out)
    return np.array(rows)


def gradients(x, a, b, alpha, upstream):
    rank = check(a, b)
    grad_a, grad_b = np.zeros(a.shape), np.zeros(b.shape)
    for row, up in zip(x, upstream, strict=True):
        for k in range(rank):
            grad_a[k] += alpha / rank * (up @ b[:, k]) * row
            grad_b[:, k] += alpha / rank * (a[k] @ row) * up
    return grad_a, grad_b


def check(a, b):
    if a.shape[0] != b.shape[1]:
        raise ValueError("ranks differ")
    return a.shape[0]
