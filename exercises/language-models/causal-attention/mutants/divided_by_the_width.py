# rejected_by: the_width_sets_the_scale
# says: square root of D
# Divides by D instead of its root.
import numpy as np


def causal_attention(q, k, v):
    scores = np.where(np.tri(len(q), dtype=bool), q @ k.T / q.shape[1], -np.inf)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True) @ v
