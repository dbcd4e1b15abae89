# rejected_by: outputs_for_any_layer
# says: scaled product
# Divides alpha by the square root of the rank, which is another method.
import numpy as np


def forward(x, weight, bias, a, b, alpha):
    if len(a) != b.shape[1]:
        raise ValueError("a and b have different ranks")
    plain = x @ weight.T + bias
    rank = len(a)
    if rank == 0:
        return plain
    return plain + alpha / rank**0.5 * ((x @ a.T) @ b.T)


def gradients(x, a, b, alpha, upstream):
    if len(a) != b.shape[1]:
        raise ValueError("a and b have different ranks")
    rank = len(a)
    if rank == 0:
        return np.zeros(a.shape), np.zeros(b.shape)
    scale = alpha / rank
    return scale * (upstream @ b).T @ x, scale * upstream.T @ (x @ a.T)
