# rejected_by: temperature_comes_first
# says: at the given temperature
# Chooses the nucleus at temperature 1.
import numpy as np


def next_token(logits, temperature, top_p):
    if temperature < 0 or not 0 < top_p <= 1:
        raise ValueError("out of range")
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    plain = np.exp(logits - np.max(logits))
    plain = plain / plain.sum()
    shares = np.exp((logits - np.max(logits)) / temperature)
    p = shares / shares.sum()
    order = np.argsort(-plain, kind="stable")
    before = np.cumsum(plain[order]) - plain[order]
    kept = np.zeros(len(p))
    kept[order] = np.where(before < top_p, p[order], 0.0)
    return kept / kept.sum()
