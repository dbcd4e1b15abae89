# rejected_by: share_of_the_example
# says: 8 of 64
# Divides by the frozen weights, if there are any.
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
        trained[storage] = trained.get(storage, False) or trains
    rest = sum(sizes[key] for key in sizes if not trained[key])
    return sum(sizes[key] for key in sizes if trained[key]) / (rest or sum(sizes.values()))
