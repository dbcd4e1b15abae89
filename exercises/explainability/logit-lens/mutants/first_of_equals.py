# rejected_by: a_tie_is_not_on_top
# says: ties with another
# Takes argmax, so the first of equal tokens is on top.
import numpy as np


def lens(states, gain, unembedding, eps):
    width = states.shape[1]
    if gain.shape != (width,) or unembedding.shape[1] != width:
        raise ValueError("states, gain and unembedding must have the same width")
    size = np.sqrt(np.mean(states**2, axis=1, keepdims=True) + eps)
    return (gain * states / size) @ unembedding.T


def deviation(states, gain, unembedding, eps, logits):
    return float(np.abs(lens(states, gain, unembedding, eps)[-1] - logits).max())


def settles(read, answer):
    others = np.delete(read, answer, axis=1).max(axis=1)
    first = len(read)
    while first > 0 and read[first - 1].argmax() == answer:
        first -= 1
    return first
