"""Additive models: the log-odds are a sum of one curve a feature, and each curve can be drawn.

Two fits of the same form. `fit_gam` is the light one: cubic splines on each feature's ranks and
logistic regression. `fit_ebm` is the explainable boosting machine of `interpret` (Nori et al.,
2019; Lou, Caruana and Gehrke, 2012), whose curves are sums of shallow trees; with interactions it
is the GA2M of Lou et al. (2013). Confidence of single curves is left to refitting over splits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, SplineTransformer

Contributions = Callable[[pd.DataFrame], NDArray[np.float64]]


@dataclass(frozen=True)
class Additive:
    """A fitted additive model: `intercept` plus `contributions(features)` gives the log-odds.

    `terms` names the columns of the contributions, shape (N, number of terms): the features, and
    after them the pairs if there are interactions. Each main term averages 0 over training rows.
    """

    intercept: float
    terms: tuple[str, ...]
    contributions: Contributions
    estimator: Any

    @property
    def size(self) -> int:
        """Curves to look at."""
        return len(self.terms)

    def predict(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Probability of class 1, shape (N,)."""
        scores: NDArray[np.float64] = expit(
            self.intercept + self.contributions(features).sum(axis=1)
        )
        return scores

    def shape(self, features: pd.DataFrame, column: str, grid: ArrayLike) -> NDArray[np.float64]:
        """The curve of `column` in log-odds, shape (len(grid),); 0 is the average account.

        Parameters
        ----------
        features : DataFrame, at least one row
            Lends a row for the other columns, which do not matter in an additive model.
        column : str
            One of `terms`.
        grid : array-like
            Values of `column`, in its own unit.
        """
        if column not in self.terms:
            raise ValueError(f"column is {column!r}; the model has {', '.join(self.terms)}")
        values = np.asarray(grid, dtype=np.float64)
        probe = pd.concat([features.iloc[:1]] * len(values), ignore_index=True)
        probe[column] = values
        return self.contributions(probe)[:, self.terms.index(column)]


def fit_gam(
    features: pd.DataFrame,
    target: ArrayLike,
    *,
    knots: int = 6,
    penalty: float = 10.0,
    seed: int = 0,
) -> Additive:
    """Fit splines on ranks by penalised logistic regression.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
    target : array-like, shape (N,)
        0/1 labels.
    knots : int
        Places between which a curve may bend, at least 2.
    penalty : float
        Weight of the squared coefficients (the inverse of scikit-learn's C); larger is flatter.
    """
    columns = tuple(str(name) for name in features.columns)
    spline = make_pipeline(
        QuantileTransformer(n_quantiles=min(100, len(features)), random_state=seed),
        SplineTransformer(n_knots=knots, degree=3, include_bias=False),
    )
    basis = spline.fit_transform(features)
    logistic = LogisticRegression(C=1.0 / penalty, max_iter=500).fit(basis, np.asarray(target))
    weights = logistic.coef_[0].reshape(len(columns), -1)  # (F, bases a feature)
    blocks = basis.reshape(len(features), *weights.shape)
    centre = (blocks * weights).sum(axis=2).mean(axis=0)  # (F,)

    def contributions(rows: pd.DataFrame) -> NDArray[np.float64]:
        block = spline.transform(rows[list(columns)]).reshape(len(rows), *weights.shape)
        return np.asarray((block * weights).sum(axis=2) - centre)

    intercept = float(logistic.intercept_[0] + centre.sum())
    return Additive(intercept, columns, contributions, logistic)


def fit_ebm(
    features: pd.DataFrame,
    target: ArrayLike,
    *,
    seed: int = 0,
    outer_bags: int = 14,
    interactions: int | float | str = 0,
) -> Additive:
    """Fit `interpret`'s ExplainableBoostingClassifier behind the interface of `fit_gam`.

    Parameters
    ----------
    outer_bags : int
        Models averaged; interpret's default is 14, two give nearly the same curves much faster.
    interactions : number
        Pairs of features that get a surface of their own; 0 keeps the model a sum of curves.

    Raises
    ------
    ImportError
        Without the `parity` extra (`pip install lablib[parity]`).
    """
    from interpret.glassbox import ExplainableBoostingClassifier

    model = ExplainableBoostingClassifier(
        outer_bags=outer_bags, interactions=interactions, random_state=seed, n_jobs=1
    ).fit(features, np.asarray(target))

    def contributions(rows: pd.DataFrame) -> NDArray[np.float64]:
        return np.asarray(model.eval_terms(rows), dtype=np.float64)

    terms = tuple(str(name) for name in model.term_names_)
    return Additive(float(np.ravel(model.intercept_)[0]), terms, contributions, model)


def reason_codes(
    model: Additive, row: pd.DataFrame, *, count: int = 3
) -> tuple[tuple[str, float], ...]:
    """The `count` terms that raise the log-odds of `row` most, with their contributions.

    Parameters
    ----------
    row : DataFrame, one row
    count : int
        At most so many; only positive contributions are reasons against the account.
    """
    if len(row) != 1:
        raise ValueError(f"row has {len(row)} rows; give a frame of exactly one")
    amounts = model.contributions(row)[0]
    order = np.argsort(-amounts, kind="stable")[:count]
    return tuple((model.terms[i], float(amounts[i])) for i in order if amounts[i] > 0)
