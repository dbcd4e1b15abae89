# rejected_by: arguments_out_of_range
# says: is a ValueError
# Takes any argument.
import numpy as np


def next_token(logits, temperature, top_p):
    if temperature <= 0:
        return np.eye(len(logits))[np.argmax(logits)]
    shares = np.exp((logits - np.max(logits)) / temperature)
    p = shares / shares.sum()
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    kept = np.zeros(len(p))
    kept[order] = np.where(before < top_p, p[order], 0.0)
    return kept / max(kept.sum(), 1e-9)
