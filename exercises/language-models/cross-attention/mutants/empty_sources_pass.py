# rejected_by: a_source_without_words
# says: cannot be read
# Spreads the weights of a source without words evenly.
import numpy as np


def cross_attention(queries, keys, values, real):
    """Weights (B, T, S) over the real source positions, and the values (B, T, E) they read."""
    keys = np.where(real[:, :, None], keys, 0.0)
    values = np.where(real[:, :, None], values, 0.0)
    scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(queries.shape[2])
    scores = np.where(real[:, None, :], scores, -1e9)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights = weights / weights.sum(axis=2, keepdims=True)
    return weights, weights @ values
