# rejected_by: worked_example
# says: two tokens are needed
# A floor relative to the most probable token.
import numpy as np


def next_token(logits, temperature, top_p):
    if temperature < 0 or not 0 < top_p <= 1:
        raise ValueError("out of range")
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    shares = np.exp((logits - np.max(logits)) / temperature)
    p = shares / shares.sum()
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    kept = np.zeros(len(p))
    kept[order] = np.where(p[order] >= top_p * p.max(), p[order], 0.0)
    return kept / kept.sum()
