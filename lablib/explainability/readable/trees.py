"""Decision trees: the Gini split by hand, fitting by scikit-learn, reading as rules.

Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees* (1984), chapters 2 and 4.
A tree of L leaves is a set of L rules that never overlap. Pruning by cost and complexity is left
out on purpose: the number of leaves is set directly, because it is what a reader has to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from lablib.explainability.readable.rules import Condition, Rule, simplify


@dataclass(frozen=True)
class Split:
    """A question `feature <= threshold?` and its `gain`, the fall of Gini impurity (0 to 0.5)."""

    feature: str
    threshold: float
    gain: float


def gini(share: float) -> float:
    """Gini impurity `2p(1-p)` of a 0/1 target with mean `share`; 0 is pure, 0.5 is a coin.

    >>> gini(0.5)
    0.5
    """
    return 2.0 * share * (1.0 - share)


def best_threshold(values: ArrayLike, target: ArrayLike) -> tuple[float, float]:
    """The threshold that lowers Gini impurity most, and by how much.

    Parameters
    ----------
    values, target : array-like, shape (N,)
        One feature, and 0/1 labels.

    Returns
    -------
    threshold, gain : float
        The midpoint between two neighbouring values, and the fall of impurity; a gain of 0 means
        that no question helps. A constant feature gives (nan, 0).

    >>> best_threshold([1, 2, 3, 4], [0, 0, 1, 1])
    (2.5, 0.5)
    """
    x, y = np.asarray(values, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or len(x) == 0:
        raise ValueError(
            f"values and target have shapes {x.shape} and {y.shape}; give one label a value"
        )
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    n = np.arange(1, len(x))
    left, right = np.cumsum(y)[:-1] / n, np.cumsum(y[::-1])[::-1][1:] / (len(x) - n)
    mixed = n / len(x) * gini_array(left) + (1 - n / len(x)) * gini_array(right)
    gain = np.where(x[:-1] < x[1:], gini(float(y.mean())) - mixed, 0.0)
    if gain.size == 0 or gain.max() <= 0:
        return float("nan"), 0.0
    best = int(gain.argmax())
    return float((x[best] + x[best + 1]) / 2), float(gain[best])


def gini_array(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """`gini` of every element, shape kept."""
    return 2.0 * share * (1.0 - share)


def best_split(features: pd.DataFrame, target: ArrayLike) -> Split:
    """The best single question over all columns: the root of a CART tree."""
    found = [(name, *best_threshold(features[name], target)) for name in features.columns]
    return Split(*max(found, key=lambda candidate: candidate[2]))


def fit_tree(
    features: pd.DataFrame,
    target: ArrayLike,
    *,
    max_leaves: int,
    min_leaf: int = 50,
    seed: int = 0,
) -> DecisionTreeClassifier:
    """Grow a tree best-first, by scikit-learn.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
    target : array-like, shape (N,)
        0/1 labels.
    max_leaves : int
        Most leaves, at least 2.
    min_leaf : int
        Fewest training rows of a leaf.
    """
    if max_leaves < 2:
        raise ValueError(f"max_leaves is {max_leaves}; a tree needs at least 2 leaves")
    return DecisionTreeClassifier(
        max_leaf_nodes=max_leaves, min_samples_leaf=min_leaf, random_state=seed
    ).fit(features, np.asarray(target))


def rules(
    tree: DecisionTreeClassifier | DecisionTreeRegressor, names: Sequence[str]
) -> tuple[Rule, ...]:
    """Every leaf as a rule, in order from the leftmost leaf.

    The rules cover every row exactly once. `probability` is the leaf's share of class 1 for a
    classifier and the leaf's mean for a regressor.
    """
    total = int(tree.tree_.n_node_samples[0])
    found = []
    for leaf, conditions in leaves(tree, names):
        n = int(tree.tree_.n_node_samples[leaf])
        found.append(Rule(simplify(conditions), node_value(tree, leaf), n, n / total))
    return tuple(found)


def path(tree: DecisionTreeClassifier | DecisionTreeRegressor, row: pd.DataFrame) -> Rule:
    """The one rule that decides about `row`, a frame of a single row."""
    if len(row) != 1:
        raise ValueError(f"row has {len(row)} rows; give a frame of exactly one")
    leaf = int(tree.apply(row)[0])
    order = [node for node, _ in leaves(tree, list(row.columns))]
    return rules(tree, list(row.columns))[order.index(leaf)]


def node_value(tree: DecisionTreeClassifier | DecisionTreeRegressor, node: int) -> float:
    """Share of class 1 (classifier) or mean target (regressor) of the rows at `node`."""
    return float(tree.tree_.value[node, 0, -1])


def leaves(
    tree: DecisionTreeClassifier | DecisionTreeRegressor, names: Sequence[str]
) -> Iterator[tuple[int, tuple[Condition, ...]]]:
    """Yield (node id, all conditions from the root) for each leaf, left to right."""
    inner = tree.tree_
    stack: list[tuple[int, tuple[Condition, ...]]] = [(0, ())]
    while stack:
        node, conditions = stack.pop()
        left, right = int(inner.children_left[node]), int(inner.children_right[node])
        if left == right:
            yield node, conditions
            continue
        feature, threshold = names[int(inner.feature[node])], float(inner.threshold[node])
        stack.append((right, (*conditions, Condition(feature, False, threshold))))
        stack.append((left, (*conditions, Condition(feature, True, threshold))))
