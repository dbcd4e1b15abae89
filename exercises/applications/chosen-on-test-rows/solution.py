import numpy as np

GRID = np.linspace(0, 1, 101)


def cost(y, refused, ratio):
    """Mean of 1 for each refused payer and `ratio` for each accepted default."""
    # BEGIN SOLUTION
    return np.mean(np.where(y == 1, ratio * (refused == 0), refused == 1))
    # END SOLUTION


def report(y_val, p_val, y_test, p_test, ratio):
    """Threshold, cost on test rows, and what was saved beside one answer for all."""
    # BEGIN SOLUTION
    if not len(y_val) or not len(y_test):
        raise ValueError("both parts need rows")
    threshold = GRID[np.argmin([cost(y_val, p_val > cut, ratio) for cut in GRID])]
    singles = [0.0, 1.0]
    answer = np.argmin([cost(y_val, np.full(len(y_val), single), ratio) for single in singles])
    paid = cost(y_test, p_test > threshold, ratio)
    single = cost(y_test, np.full(len(y_test), singles[answer]), ratio)
    return threshold, paid, single - paid
    # END SOLUTION
