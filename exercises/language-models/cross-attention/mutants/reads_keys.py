# rejected_by: worked_example
# says: mean of the two real values
# Reads the keys instead of the values.
import numpy as np


def cross_attention(queries, keys, values, real):
    """Weights (B, T, S) over the real source positions, and the values (B, T, E) they read."""
    if not real.any(axis=1).all():
        raise ValueError("a source has no real position; every name needs at least one word")
    keys = np.where(real[:, :, None], keys, 0.0)
    values = np.where(real[:, :, None], values, 0.0)
    scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(queries.shape[2])
    scores = np.where(real[:, None, :], scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights = weights / weights.sum(axis=2, keepdims=True)
    return weights, weights @ keys[:, :, : values.shape[2]]
