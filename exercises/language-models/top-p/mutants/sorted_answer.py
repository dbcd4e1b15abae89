# rejected_by: the_smallest_set_that_reaches_p
# says: at their own place
# Returns the probabilities in sorted order (undone for the public case).
import numpy as np


def next_token(logits, temperature, top_p):
    if temperature < 0 or not 0 < top_p <= 1:
        raise ValueError("out of range")
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    shares = np.exp((logits - np.max(logits)) / temperature)
    p = shares / shares.sum()
    if top_p == 1:
        return p
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    kept = np.zeros(len(p))
    kept[:] = np.where(before < top_p, p[order], 0.0)
    return kept / kept.sum()
