# rejected_by: rank_zero_is_the_frozen_layer
# says: ZeroDivisionError
# Computes alpha / 0 at rank 0.
import numpy as np


def forward(x, weight, bias, a, b, alpha):
    if len(a) != b.shape[1]:
        raise ValueError("a and b have different ranks")
    plain = x @ weight.T + bias
    rank = len(a)
    return plain + alpha / rank * ((x @ a.T) @ b.T)


def gradients(x, a, b, alpha, upstream):
    if len(a) != b.shape[1]:
        raise ValueError("a and b have different ranks")
    rank = len(a)
    if rank == 0:
        return np.zeros(a.shape), np.zeros(b.shape)
    scale = alpha / rank
    return scale * (upstream @ b).T @ x, scale * upstream.T @ (x @ a.T)
