import numpy as np


def worker(decided, groups):
    # BEGIN SOLUTION
    return [
        np.sum(groups == 0),
        np.sum(decided[groups == 0]),
        np.sum(groups == 1),
        np.sum(decided[groups == 1]),
    ]
    # END SOLUTION


def parallel_gap(reports):
    """Share of group 1 decided 1 minus that of group 0, over the rows of all workers."""
    # BEGIN SOLUTION
    rows0, yes0, rows1, yes1 = np.sum(reports, axis=0)
    if rows0 == 0 or rows1 == 0:
        raise ValueError("a group has no row with any worker")
    return yes1 / rows1 - yes0 / rows0
    # END SOLUTION


def parallel_gradient(gradients, sizes):
    """Gradient of the mean over all rows, from the means of the workers."""
    # BEGIN SOLUTION
    there = sizes > 0
    if not there.any():
        raise ValueError("no worker has rows")
    return sizes[there] @ gradients[there] / np.sum(sizes)
    # END SOLUTION
