# Right, unit by unit, with integers and prints.
import math

import numpy as np


def prune(w1, b1, w2, b2, units):
    hidden = w1.shape[0]
    if units < 1 or units > hidden:
        raise ValueError("units")
    order = sorted(
        range(hidden), key=lambda h: -math.dist(w1[h], 0 * w1[h]) * np.linalg.norm(w2[:, h])
    )
    keep = np.zeros(hidden, dtype=bool)
    for h in order[:units]:
        print("keeps", h)
        keep[h] = True
    return np.compress(keep, w1, axis=0), b1[keep], np.compress(keep, w2, axis=1), b2.copy()


def compression_ratio(original, compressed):
    def size(parts):
        return sum(math.ceil(math.prod(shape) * bits / 8) for shape, bits in parts)

    if not size(original) or not size(compressed):
        raise ValueError("empty")
    return size(original) / size(compressed)
