# rejected_by: impossible_cases_are_errors
# says: more than there are
# More units than there are is silently all.
import numpy as np


def prune(w1, b1, w2, b2, units):
    """The four arrays of the same network with only the strongest hidden units."""
    if not 1 <= units:
        raise ValueError("units must be from 1 to the number of hidden units")
    scores = np.linalg.norm(w1, axis=1) * np.linalg.norm(w2, axis=0)
    kept = np.sort(np.argsort(-scores, kind="stable")[:units])
    return [w1[kept], b1[kept], w2[:, kept], b2]


def compression_ratio(original, compressed):
    """Bytes of the original divided by bytes of the compressed model."""
    sizes = [
        sum(-(-int(np.prod(shape)) * bits // 8) for shape, bits in parts)
        for parts in (original, compressed)
    ]
    if min(sizes) == 0:
        raise ValueError("both models must store something")
    return sizes[0] / sizes[1]
