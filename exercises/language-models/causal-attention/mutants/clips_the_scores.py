# rejected_by: large_scores_stay_finite
# says: largest score that a row may see
# Keeps the exponential finite by cutting scores off at 50.
import numpy as np


def causal_attention(q, k, v):
    scores = np.clip(q @ k.T / np.sqrt(q.shape[1]), -50, 50)
    shares = np.exp(np.where(np.tri(len(q), dtype=bool), scores, -np.inf))
    return shares / shares.sum(axis=1, keepdims=True) @ v
