# rejected_by: logits_of_any_model
# says: every layer is normed
# Leaves eps out.
import numpy as np


def lens(states, gain, unembedding, eps):
    width = states.shape[1]
    if gain.shape != (width,) or unembedding.shape[1] != width:
        raise ValueError("states, gain and unembedding must have the same width")
    size = np.sqrt(np.mean(states**2, axis=1, keepdims=True) + 1e-12)
    return (gain * states / size) @ unembedding.T


def deviation(states, gain, unembedding, eps, logits):
    return float(np.abs(lens(states, gain, unembedding, eps)[-1] - logits).max())


def settles(read, answer):
    others = np.delete(read, answer, axis=1).max(axis=1)
    first = len(read)
    while first > 0 and read[first - 1, answer] > others[first - 1]:
        first -= 1
    return first
