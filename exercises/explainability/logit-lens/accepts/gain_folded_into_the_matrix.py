# The gain goes into the output matrix once; settling by a running product from the end.
import numpy as np


def lens(states, gain, unembedding, eps):
    if len({states.shape[1], gain.size, unembedding.shape[1]}) > 1:
        raise ValueError("widths differ")
    folded = unembedding * gain
    return np.einsum("vd,ld->lv", folded, states) / np.sqrt((states**2).mean(1) + eps)[:, None]


def deviation(states, gain, unembedding, eps, logits):
    return np.max(np.abs(logits - lens(states[-1:], gain, unembedding, eps)[0]))


def settles(read, answer):
    ahead = (read[:, [answer]] > read).sum(axis=1) == read.shape[1] - 1
    return len(read) - int(np.cumprod(ahead[::-1]).sum())
