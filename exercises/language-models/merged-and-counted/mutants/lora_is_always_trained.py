# rejected_by: what_is_trained_counts
# says: does not hold
# Takes everything called LoRA for trained.
import numpy as np


def merged(weight, a, b, alpha):
    if len(a) == 0:
        return weight
    return weight + alpha / len(a) * (b @ a)


def trained_share(parameters):
    if not parameters:
        raise ValueError("there are no parameters to count")
    sizes, trained = {}, {}
    for name, shape, trains, storage in parameters:
        sizes[storage] = float(np.prod(shape))
        trained[storage] = trained.get(storage, False) or trains or "lora" in name
    return sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
