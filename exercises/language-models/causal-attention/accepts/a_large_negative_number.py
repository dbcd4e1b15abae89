# Adds a mask of very negative numbers, and scales queries first.
import numpy as np


def causal_attention(q, k, v):
    scores = (q / q.shape[-1] ** 0.5) @ np.transpose(k)
    scores += np.triu(np.full((len(q), len(k)), -1e30), 1)
    scores -= scores.max(1)[:, None]
    shares = np.exp(scores)
    return (shares @ v) / shares.sum(1)[:, None]
