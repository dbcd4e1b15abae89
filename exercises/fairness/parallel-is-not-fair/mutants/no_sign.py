# rejected_by: workers_change_no_gap
# says: the sign says which group
# Loses who is decided 1 more often.
import numpy as np


def worker(decided, groups):
    zero, one = groups == 0, groups == 1
    return [zero.sum(), decided[zero].sum(), one.sum(), decided[one].sum()]


def parallel_gap(reports):
    rows0, yes0, rows1, yes1 = np.sum(reports, axis=0)
    if rows0 == 0 or rows1 == 0:
        raise ValueError("a group has no row")
    return abs(yes1 / rows1 - yes0 / rows0)


def parallel_gradient(gradients, sizes):
    there = sizes > 0
    if not there.any():
        raise ValueError("no rows")
    return sizes[there] @ gradients[there] / np.sum(sizes)
