# rejected_by: rank_zero_merges_nothing
# says: ZeroDivisionError
# Computes alpha / 0 at rank 0.
import numpy as np


def merged(weight, a, b, alpha):
    return weight + alpha / len(a) * (b @ a)


def trained_share(parameters):
    if not parameters:
        raise ValueError("there are no parameters to count")
    sizes, trained = {}, {}
    for _, shape, trains, storage in parameters:
        sizes[storage] = float(np.prod(shape))
        trained[storage] = trained.get(storage, False) or trains
    return sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
