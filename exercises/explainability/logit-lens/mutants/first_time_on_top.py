# rejected_by: answers_that_come_and_go
# says: back for good
# Stops at the first layer where the answer is on top.
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
    top = read[:, answer] > others
    return int(top.argmax()) if top[-1] else len(read)
