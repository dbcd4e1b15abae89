# rejected_by: gap_of_the_example
# says: two of three minus none of two
# Averages the workers' own gaps.
import numpy as np


def worker(decided, groups):
    zero, one = groups == 0, groups == 1
    return [zero.sum(), decided[zero].sum(), one.sum(), decided[one].sum()]


def parallel_gap(reports):
    rows0, yes0, rows1, yes1 = np.sum(reports, axis=0)
    if rows0 == 0 or rows1 == 0:
        raise ValueError("a group has no row")
    r = np.array(reports, dtype=float)
    r = r[(r[:, 0] > 0) & (r[:, 2] > 0)]
    return np.mean(r[:, 3] / r[:, 2] - r[:, 1] / r[:, 0])


def parallel_gradient(gradients, sizes):
    there = sizes > 0
    if not there.any():
        raise ValueError("no rows")
    return sizes[there] @ gradients[there] / np.sum(sizes)
