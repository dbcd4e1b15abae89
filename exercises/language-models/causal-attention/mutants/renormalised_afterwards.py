# rejected_by: large_scores_stay_finite
# says: not nan
# Right on paper: but when a later score is far larger, all that a row may see becomes 0.
import numpy as np


def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.tril(np.exp(scores - scores.max(axis=1, keepdims=True)))
    with np.errstate(all="ignore"):
        return weights / weights.sum(axis=1, keepdims=True) @ v
