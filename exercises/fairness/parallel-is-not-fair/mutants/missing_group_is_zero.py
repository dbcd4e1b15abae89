# rejected_by: nothing_to_compare_is_an_error
# says: a group without a row anywhere
# Counts a group that is not there as never selected.
import numpy as np


def worker(decided, groups):
    zero, one = groups == 0, groups == 1
    return [zero.sum(), decided[zero].sum(), one.sum(), decided[one].sum()]


def parallel_gap(reports):
    rows0, yes0, rows1, yes1 = np.sum(reports, axis=0)
    return yes1 / max(rows1, 1) - yes0 / max(rows0, 1)


def parallel_gradient(gradients, sizes):
    there = sizes > 0
    if not there.any():
        raise ValueError("no rows")
    return sizes[there] @ gradients[there] / np.sum(sizes)
