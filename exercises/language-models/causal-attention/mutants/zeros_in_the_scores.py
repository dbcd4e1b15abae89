# rejected_by: worked_example
# says: sees itself alone
# Sets later scores to 0, which is a share of e to the 0.
import numpy as np


def causal_attention(q, k, v):
    scores = np.tril(q @ k.T / np.sqrt(q.shape[1]))
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True) @ v
