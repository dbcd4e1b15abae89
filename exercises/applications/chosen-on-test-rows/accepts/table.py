# All thresholds at once.
import numpy as np

GRID = np.linspace(0, 1, 101)


def cost(y, refused, ratio):
    no = np.asarray(refused).astype(bool)
    return (ratio * y * ~no + (1 - y) * no).mean(axis=-1)


def report(y_val, p_val, y_test, p_test, ratio):
    if min(len(y_val), len(y_test)) < 1:
        raise ValueError("rows are missing")
    costs = cost(y_val[None], p_val[None] > GRID[:, None], ratio)
    threshold = GRID[int(np.argmin(np.round(costs, 12)))]
    both = np.array([[False], [True]])
    answer = int(np.argmin(np.round(cost(y_val[None], np.repeat(both, len(y_val), 1), ratio), 12)))
    paid = cost(y_test, p_test > threshold, ratio)
    return np.array(
        [threshold, paid, cost(y_test, np.full(len(y_test), answer == 1), ratio) - paid]
    )
