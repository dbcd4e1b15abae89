import numpy as np


def lens(states, gain, unembedding, eps):
    # BEGIN SOLUTION
    width = states.shape[1]
    if gain.shape != (width,) or unembedding.shape[1] != width:
        raise ValueError("states, gain and unembedding must have the same width")
    size = np.sqrt(np.mean(states**2, axis=1, keepdims=True) + eps)
    return (gain * states / size) @ unembedding.T
    # END SOLUTION


def deviation(states, gain, unembedding, eps, logits):
    """Largest absolute difference between the lens at the last layer and the model's logits."""
    # BEGIN SOLUTION
    return float(np.abs(lens(states, gain, unembedding, eps)[-1] - logits).max())
    # END SOLUTION


def settles(read, answer):
    """First layer from which the answer is on top to the end; L + 1 if it never is."""
    # BEGIN SOLUTION
    others = np.delete(read, answer, axis=1).max(axis=1)
    first = len(read)
    while first > 0 and read[first - 1, answer] > others[first - 1]:
        first -= 1
    return first
    # END SOLUTION
