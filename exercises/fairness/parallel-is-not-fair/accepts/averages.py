# With bincount and average.
import numpy as np


def worker(decided, groups):
    table = np.bincount(2 * groups + decided, minlength=4).reshape(2, 2)
    return np.stack([table.sum(1), table[:, 1]], axis=1).ravel()


def parallel_gap(reports):
    total = np.array(reports).sum(axis=0).astype(float)
    if min(total[0], total[2]) < 1:
        raise ValueError("a group is missing")
    return np.subtract(total[3] / total[2], total[1] / total[0])


def parallel_gradient(gradients, sizes):
    if not sizes.sum():
        raise ValueError("nobody")
    return np.average(np.nan_to_num(gradients), axis=0, weights=sizes)
