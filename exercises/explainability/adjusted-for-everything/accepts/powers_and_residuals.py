# Paths by powers of the matrix; the coefficient by taking the direct causes out of both.
import numpy as np


def effects_of(acts, cause):
    paths = np.linalg.matrix_power(np.eye(len(acts), dtype=int) + acts, len(acts))[cause]
    return [v for v in range(len(acts)) if paths[v] > 0 and v != cause]


def effect(table, acts, recorded, cause, outcome):
    if outcome not in effects_of(acts, cause):
        return 0.0
    causes = [v for v in range(len(acts)) if acts[v, cause]]
    for v in (cause, outcome, *causes):
        if not recorded[v]:
            raise ValueError(f"variable {v} was not recorded")
    base = np.column_stack([np.ones(len(table)), table[:, causes]])

    def left_over(column):
        return column - base @ np.linalg.lstsq(base, column)[0]

    x, y = left_over(table[:, cause]), left_over(table[:, outcome])
    return x @ y / (x @ x)
