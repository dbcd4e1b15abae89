# rejected_by: tied_weights_count_once
# says: if either name is
# The last of several tied names decides.
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
        sizes[storage] = float(np.prod(shape))
        trained[storage] = trains
    return sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
