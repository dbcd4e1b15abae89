"""Invented people for tests: three features, of which one follows the group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def people(
    rows: int = 600, *, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.str_]]:
    """Features (N, 3), labels (N,) and groups (N,) a or b."""
    rng = np.random.default_rng(seed)
    code = (rng.random(rows) < 0.5).astype(int)
    x = rng.normal(0, 1, (rows, 3)) + 0.8 * code[:, None] * [1, 0, 0]
    y = (x @ [1.2, 1.0, 0.0] + 0.6 * code + rng.normal(0, 1, rows) > 0.8).astype(np.int64)
    return x, y, np.array(["a", "b"])[code]
