"""A surrogate: a small tree fitted to another model's scores, and how far it agrees with it.

After Craven and Shavlik's TREPAN (1996), without its query of new points: the tree sees only the
rows it is given. Fidelity is agreement with the *model*, not with the truth, and a share of equal
decisions is empty without the share that a constant answer reaches on the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.tree import DecisionTreeRegressor

from lablib.evaluation import Interval, wilson
from lablib.explainability.readable import trees
from lablib.explainability.readable.rules import Rule

CLIP = 1e-4
TINY = 1e-12  # a variance below this is rounding


def logit(scores: ArrayLike) -> NDArray[np.float64]:
    """Log-odds of probabilities, clipped to [1e-4, 1 - 1e-4] so that they stay finite.

    >>> logit([0.5])
    array([0.])
    """
    p = np.asarray(scores, dtype=np.float64)
    if p.size and (p.min() < 0 or p.max() > 1):
        raise ValueError(
            f"scores span [{p.min():g}, {p.max():g}]; give probabilities between 0 and 1"
        )
    p = np.clip(p, CLIP, 1 - CLIP)
    return np.asarray(np.log(p) - np.log1p(-p))


@dataclass(frozen=True)
class Surrogate:
    """A regression tree on log-odds that stands in for a scorer."""

    tree: DecisionTreeRegressor
    columns: tuple[str, ...]

    @property
    def size(self) -> int:
        """Leaves, that is rules to read."""
        return int(self.tree.get_n_leaves())

    def predict(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Probability that the surrogate says the scorer gives, shape (N,)."""
        scores: NDArray[np.float64] = expit(self.tree.predict(features[list(self.columns)]))
        return scores

    def rules(self) -> tuple[Rule, ...]:
        """Leaves as rules; `probability` is the scorer's typical probability, not a share of y."""
        found = trees.rules(self.tree, self.columns)
        return tuple(replace(rule, probability=float(expit(rule.probability))) for rule in found)


def distil(
    features: pd.DataFrame,
    scores: ArrayLike,
    *,
    max_leaves: int,
    min_leaf: int = 50,
    seed: int = 0,
) -> Surrogate:
    """Fit a tree to the log-odds of a scorer's probabilities.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
        The rows that the scorer was asked about; they need no labels.
    scores : array-like, shape (N,)
        The scorer's probabilities.
    max_leaves, min_leaf : int
        Most leaves, and fewest rows of a leaf.
    """
    if max_leaves < 2:
        raise ValueError(f"max_leaves is {max_leaves}; a surrogate needs at least 2 leaves")
    target = logit(scores)
    if len(target) != len(features):
        raise ValueError(f"{len(target)} scores for {len(features)} rows; give one score a row")
    tree = DecisionTreeRegressor(
        max_leaf_nodes=max_leaves, min_samples_leaf=min_leaf, random_state=seed
    ).fit(features, target)
    return Surrogate(tree, tuple(str(name) for name in features.columns))


@dataclass(frozen=True)
class Fidelity:
    """How far a surrogate agrees with its scorer on `n` rows.

    agreement
        Share of rows with the same decision, 0 to 1.
    constant
        Agreement of the best constant answer on the same rows: what `agreement` must be read
        against, 0.5 to 1.
    gain
        `(agreement - constant) / (1 - constant)`: 1 is full agreement, 0 is no better than a
        constant, negative is worse. 0 when the scorer itself is constant.
    r2
        Share of the variance of the scorer's log-odds that the surrogate explains; 1 is perfect,
        0 is the mean of these rows, negative is worse than that mean. 0 when there is no variance.
    """

    agreement: float
    constant: float
    gain: float
    r2: float
    n: int

    @property
    def interval(self) -> Interval:
        """Wilson interval of `agreement` at 95 %, for new rows like these and this surrogate."""
        return wilson(round(self.agreement * self.n), self.n)


def fidelity(scores: ArrayLike, surrogate_scores: ArrayLike, *, threshold: float) -> Fidelity:
    """Compare a surrogate's probabilities with those of the model it stands in for.

    Parameters
    ----------
    scores, surrogate_scores : array-like, shape (N,)
        Probabilities between 0 and 1, for rows that the surrogate was not fitted on.
    threshold : float
        A probability at or above it is a refusal.

    >>> fidelity([0.1, 0.2, 0.3, 0.9], [0.1, 0.2, 0.6, 0.9], threshold=0.5).agreement
    0.75
    """
    model, stand_in = logit(scores), logit(surrogate_scores)
    if model.shape != stand_in.shape or model.ndim != 1 or len(model) == 0:
        raise ValueError(
            f"scores and surrogate_scores have shapes {model.shape} and {stand_in.shape}; "
            "give one of each a row"
        )
    refused = np.asarray(scores, dtype=np.float64) >= threshold
    same = refused == (np.asarray(surrogate_scores, dtype=np.float64) >= threshold)
    agreement, constant = float(same.mean()), float(max(refused.mean(), (~refused).mean()))
    spread = float(((model - model.mean()) ** 2).sum())
    return Fidelity(
        agreement=agreement,
        constant=constant,
        gain=(agreement - constant) / (1 - constant) if constant < 1 else 0.0,
        r2=1 - float(((model - stand_in) ** 2).sum()) / spread
        if spread > TINY * len(model)
        else 0.0,
        n=len(model),
    )
