# rejected_by: large_and_infinite_logits
# says: not nan
# Does not subtract the largest logit.
import numpy as np


def next_token(logits, temperature, top_p):
    if temperature < 0 or not 0 < top_p <= 1:
        raise ValueError("out of range")
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    with np.errstate(all="ignore"):
        shares = np.exp(logits / temperature)
    with np.errstate(all="ignore"):
        p = shares / shares.sum()
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    kept = np.zeros(len(p))
    kept[order] = np.where(before < top_p, p[order], 0.0)
    return kept / kept.sum()
