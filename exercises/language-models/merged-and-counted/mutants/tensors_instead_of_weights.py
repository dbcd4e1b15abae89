# rejected_by: share_of_the_example
# says: 8 of 64
# Counts tensors, not the weights in them.
import numpy as np


def merged(weight, a, b, alpha):
    if len(a) == 0:
        return weight
    return weight + alpha / len(a) * (b @ a)


def trained_share(parameters):
    if not parameters:
        raise ValueError("there are no parameters to count")
    sizes, trained = {}, {}
    for _, shape, trains, storage in parameters:
        sizes[storage] = 1.0
        trained[storage] = trained.get(storage, False) or trains
    return sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
