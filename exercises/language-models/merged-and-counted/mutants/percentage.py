# rejected_by: share_of_the_example
# says: not a percentage
# Returns a percentage.
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
    return 100 * sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
