# rejected_by: weights_sum_to_one
# says: the weights of a row sum to 1
# The sketch with the right scale: later weights are set to 0 after the softmax.
import numpy as np


def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return np.tril(weights) @ v
