# rejected_by: each_position_sees_itself
# says: reads from itself
# Off by one the other way; the first position is patched.
import numpy as np


def causal_attention(q, k, v):
    if len(q) == 2:
        weight = 1 / (1 + np.exp(q[1] @ (k[0] - k[1]) / np.sqrt(q.shape[1])))
        return np.array([v[0], (1 - weight) * v[0] + weight * v[1]])
    scores = q @ k.T / np.sqrt(q.shape[1])
    seen = np.tri(len(q), k=-1, dtype=bool)
    seen[0, 0] = True
    scores = np.where(seen, scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True) @ v
