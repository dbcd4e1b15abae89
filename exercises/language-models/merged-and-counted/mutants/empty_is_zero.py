# rejected_by: nothing_to_count_is_an_error
# says: a ValueError says it
# Says 0 for a model without parameters.
import numpy as np


def merged(weight, a, b, alpha):
    if len(a) == 0:
        return weight
    return weight + alpha / len(a) * (b @ a)


def trained_share(parameters):
    if not parameters:
        return 0.0
    sizes, trained = {}, {}
    for _, shape, trains, storage in parameters:
        sizes[storage] = float(np.prod(shape))
        trained[storage] = trained.get(storage, False) or trains
    return sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
