# rejected_by: baseline_is_chosen_before
# says: the baseline accepts all
# Refuses all where both answers cost the same.
import numpy as np

GRID = np.linspace(0, 1, 101)


def cost(y, refused, ratio):
    return np.mean(np.where(y == 1, ratio * (refused == 0), refused == 1))


def report(y_val, p_val, y_test, p_test, ratio):
    if not len(y_val) or not len(y_test):
        raise ValueError("no rows")
    cut = GRID[np.argmin([cost(y_val, p_val > c, ratio) for c in GRID])]
    paid = cost(y_test, p_test > cut, ratio)
    refuse = cost(y_val, np.ones(len(y_val)), ratio) <= cost(y_val, np.zeros(len(y_val)), ratio)
    single = cost(y_test, np.full(len(y_test), int(refuse)), ratio)
    return cut, paid, single - paid
