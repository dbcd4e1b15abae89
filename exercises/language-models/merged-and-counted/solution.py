import numpy as np


def merged(weight, a, b, alpha):
    """Weights of one layer that computes what the frozen layer and its LoRA do together."""
    # BEGIN SOLUTION
    if len(a) == 0:
        return weight
    return weight + alpha / len(a) * (b @ a)
    # END SOLUTION


def trained_share(parameters):
    """Trained weights over all weights; tied ones count once."""
    # BEGIN SOLUTION
    if not parameters:
        raise ValueError("there are no parameters to count")
    sizes, trained = {}, {}
    for _, shape, trains, storage in parameters:
        sizes[storage] = float(np.prod(shape))
        trained[storage] = trained.get(storage, False) or trains
    return sum(sizes[key] for key in sizes if trained[key]) / sum(sizes.values())
    # END SOLUTION
