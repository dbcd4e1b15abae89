# By hand.
import numpy as np

GRID = np.linspace(0, 1, 101)


def cost(y, refused, ratio):
    total = 0.0
    for truth, no in zip(y, refused, strict=True):
        total += ratio if truth and not no else (1.0 if no and not truth else 0.0)
    return total / len(y)


def report(y_val, p_val, y_test, p_test, ratio):
    if len(y_val) == 0 or len(y_test) == 0:
        raise ValueError("rows are missing")
    best, threshold = float("inf"), 0.0
    for cut in GRID:
        now = cost(y_val, p_val > cut, ratio)
        if now < best - 1e-12:
            best, threshold = now, float(cut)
    accept = ratio * np.sum(y_val) <= np.sum(1 - y_val)
    single = ratio * np.mean(y_test) if accept else np.mean(1 - y_test)
    paid = cost(y_test, p_test > threshold, ratio)
    return [threshold, paid, float(single) - paid]
