# Loops over the batch and cuts the filling off.
import numpy as np


def cross_attention(queries, keys, values, real):
    b, t, d = queries.shape
    weights = np.zeros((b, t, keys.shape[1]))
    read = np.zeros((b, t, values.shape[2]))
    for i in range(b):
        here = np.flatnonzero(real[i])
        if not len(here):
            raise ValueError("empty")
        scores = queries[i] @ keys[i, here].T / d**0.5
        scores -= scores.max(axis=1, keepdims=True)
        part = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        weights[i][:, here] = part
        read[i] = part @ values[i, here]
    return weights, read
