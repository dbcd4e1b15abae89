# Right: deletes the weakest units instead of choosing the strongest.
import numpy as np


def prune(w1, b1, w2, b2, units):
    if units not in range(1, len(b1) + 1):
        raise ValueError("units")
    scores = np.sqrt((w1**2).sum(1)) * np.sqrt((w2**2).sum(0))
    gone = np.argsort(-scores, kind="stable")[units:]
    return np.delete(w1, gone, 0), np.delete(b1, gone), np.delete(w2, gone, 1), b2


def compression_ratio(original, compressed):
    totals = []
    for parts in (original, compressed):
        total = 0
        for shape, bits in parts:
            total += (int(np.prod(shape)) * bits + 7) // 8
        totals.append(total)
    if 0 in totals:
        raise ValueError("nothing stored")
    return totals[0] / totals[1]
