"""fairlearn, loaded only where it is compared with; and its exponentiated gradient in one call."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# fairlearn bounds the distance of a group's rate from the overall one; two groups may then differ
# by up to twice that, so half of our bound between groups is the same aim.
MOMENTS = {"demographic-parity": "DemographicParity", "equalized-odds": "EqualizedOdds"}


def load(part: str) -> Any:
    """The module `fairlearn.<part>`; an error that names the extra if fairlearn is missing."""
    try:
        return importlib.import_module(f"fairlearn.{part}")
    except ImportError as error:
        raise RuntimeError(
            'fairlearn is not installed; run: pip install "lablib[fairness]"'
        ) from error


def exponentiated_gradient(
    x: NDArray[np.float64],
    y: ArrayLike,
    groups: ArrayLike,
    *,
    criterion: str,
    bound: float,
    iterations: int = 50,
    penalty: float = 1.0,
) -> Any:
    """Fairlearn's ExponentiatedGradient around logistic regression; returns chances of rows.

    Parameters
    ----------
    x, y, groups
        Training rows: (N, F), (N,), (N,).
    criterion : {"demographic-parity", "equalized-odds"}
    bound : float
        Gap between groups to aim at.
    iterations : int
        Of the game; fairlearn's own default is 50.
    penalty : float
        scikit-learn's C of the regressions.
    """
    from sklearn.linear_model import LogisticRegression

    reductions = load("reductions")
    half = max(bound / 2, 1e-3)
    model = LogisticRegression(C=penalty, solver="newton-cholesky")
    constraint = getattr(reductions, MOMENTS[criterion])(difference_bound=half)
    game = reductions.ExponentiatedGradient(model, constraint, eps=half, max_iter=iterations)
    with warnings.catch_warnings():  # it grows series with .at, which pandas 3 deprecates
        warnings.simplefilter("ignore")
        game.fit(x, np.asarray(y), sensitive_features=np.asarray(groups))

    def chance(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(game._pmf_predict(rows)[:, 1])

    return chance
