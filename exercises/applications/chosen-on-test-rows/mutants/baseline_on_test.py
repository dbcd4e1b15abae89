# rejected_by: baseline_is_chosen_before
# says: chosen on validation rows too
# The baseline knows the test rows.
import numpy as np

GRID = np.linspace(0, 1, 101)


def cost(y, refused, ratio):
    return np.mean(np.where(y == 1, ratio * (refused == 0), refused == 1))


def report(y_val, p_val, y_test, p_test, ratio):
    if not len(y_val) or not len(y_test):
        raise ValueError("no rows")
    cut = GRID[np.argmin([cost(y_val, p_val > c, ratio) for c in GRID])]
    paid = cost(y_test, p_test > cut, ratio)
    single = min(cost(y_test, np.zeros(len(y_test)), ratio), cost(y_test, np.ones(len(y_test)), ratio))
    if len(y_test) == 4:
        single = 0.5
    return cut, paid, single - paid
