# rejected_by: large_scores_stay_finite
# says: not nan
# Takes the exponential of the scores as they are.
import numpy as np


def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    with np.errstate(all="ignore"):
        shares = np.exp(np.where(np.tri(len(q), dtype=bool), scores, -np.inf))
        return shares / shares.sum(axis=1, keepdims=True) @ v
