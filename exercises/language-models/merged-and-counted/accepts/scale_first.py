# The scale goes into b, and sets of places do the counting.
import numpy as np


def merged(weight, a, b, alpha):
    rank = a.shape[0]
    return weight + (b * (alpha / max(rank, 1))) @ a


def trained_share(parameters):
    size = {storage: np.prod(shape) for _, shape, _, storage in parameters}
    moving = {storage for _, _, trains, storage in parameters if trains}
    if not size:
        raise ValueError("nothing to count")
    return sum(size[place] for place in moving) / sum(size.values())
