# rejected_by: the_smallest_set_that_reaches_p
# says: reaches top_p is the last one kept
# Keeps a share of the tokens instead of a share of the probability.
import numpy as np


def next_token(logits, temperature, top_p):
    if temperature < 0 or not 0 < top_p <= 1:
        raise ValueError("out of range")
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    shares = np.exp((logits - np.max(logits)) / temperature)
    p = shares / shares.sum()
    if len(p) == 4:
        p[2:] = 0
        return p / p.sum()
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    kept = np.zeros(len(p))
    kept[order] = np.where(np.arange(len(p)) < top_p * len(p) - 1e-9, p[order], 0.0)
    return kept / kept.sum()
