import numpy as np


def forward(x, weight, bias, a, b, alpha):
    """Outputs (N, F_out) of a frozen layer with a LoRA of a's and b's rank."""
    # BEGIN SOLUTION
    if len(a) != b.shape[1]:
        raise ValueError("a and b have different ranks")
    plain = x @ weight.T + bias
    rank = len(a)
    if rank == 0:
        return plain
    return plain + alpha / rank * ((x @ a.T) @ b.T)
    # END SOLUTION


def gradients(x, a, b, alpha, upstream):
    """Gradients of a loss for a and b: (grad_a, grad_b), in their shapes."""
    # BEGIN SOLUTION
    if len(a) != b.shape[1]:
        raise ValueError("a and b have different ranks")
    rank = len(a)
    if rank == 0:
        return np.zeros(a.shape), np.zeros(b.shape)
    scale = alpha / rank
    return scale * (upstream @ b).T @ x, scale * upstream.T @ (x @ a.T)
    # END SOLUTION
