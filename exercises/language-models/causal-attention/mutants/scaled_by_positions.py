# rejected_by: worked_example
# says: by the softmax
# Divides by the square root of T.
import numpy as np


def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(len(q))
    scores = np.where(np.tri(len(q), dtype=bool), scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True) @ v
