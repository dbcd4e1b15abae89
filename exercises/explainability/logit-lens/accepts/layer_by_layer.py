# One layer and one token at a time.
import numpy as np


def lens(states, gain, unembedding, eps):
    if not (states.shape[1] == len(gain) == unembedding.shape[1]):
        raise ValueError("widths differ")
    read = []
    for state in states:
        square = sum(x * x for x in state) / len(state)
        normed = [g * x / (square + eps) ** 0.5 for g, x in zip(gain, state, strict=True)]
        read.append([float(np.dot(row, normed)) for row in unembedding])
    return read


def deviation(states, gain, unembedding, eps, logits):
    last = lens(states, gain, unembedding, eps)[-1]
    return max(abs(a - b) for a, b in zip(last, logits, strict=True))


def settles(read, answer):
    settled = len(read)
    for layer in reversed(range(len(read))):
        if any(read[layer][t] >= read[layer][answer] for t in range(len(read[0])) if t != answer):
            break
        settled = layer
    return settled
