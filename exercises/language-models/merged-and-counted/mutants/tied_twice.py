# rejected_by: share_of_the_example
# says: counts once
# Counts tied parameters once for each name.
import numpy as np


def merged(weight, a, b, alpha):
    if len(a) == 0:
        return weight
    return weight + alpha / len(a) * (b @ a)


def trained_share(parameters):
    if not parameters:
        raise ValueError("there are no parameters to count")
    sizes, trained = {}, {}
    for storage, (_, shape, trains, _) in enumerate(parameters):
        sizes[storage] = float(np.prod(shape))
        trained[storage] = trained.get(storage, False) or trains
    return sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
