# One outer product for each rank; warns when nothing is trained.
import warnings

import numpy as np


def merged(weight, a, b, alpha):
    total = np.array(weight, dtype=float)
    for low, high in zip(a, b.T, strict=True):
        total += alpha / a.shape[0] * np.outer(high, low)
    return total


def trained_share(parameters):
    if not parameters:
        raise ValueError("no parameters")
    places = sorted({row[3] for row in parameters})
    sizes = np.array([next(np.prod(r[1]) for r in parameters if r[3] == p) for p in places])
    flags = np.array([any(r[2] for r in parameters if r[3] == p) for p in places])
    if not flags.any():
        warnings.warn("nothing is trained", stacklevel=2)
    return float(sizes[flags].sum() / sizes.sum())
