"""Shapley values of a sum of trees, leaf by leaf, in double precision.

In the interventional game a leaf is reached by some sets of features and by no others, so its
share of every Shapley value is known in closed form (Lundberg et al., 2020; Laberge and Pequignot,
2022, give the derivation used here). No set is enumerated. shap's own code for this case computes
in single precision; `attribution.attribute` calls that one, this one is to be read.
"""

from __future__ import annotations

from math import factorial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.explainability.attribution import _shap

Floats = NDArray[np.float64]


class Leaf(NamedTuple):
    """A leaf: its value, and for each feature on its path the half-open interval (low, high]."""

    value: float
    bounds: dict[int, tuple[float, float]]


def leaves(model: Any) -> list[Leaf]:
    """All leaves of a fitted tree model that shap can read: scikit-learn, XGBoost, LightGBM.

    Parameters
    ----------
    model : estimator
        A tree, a forest or boosted trees with one output, fitted without categorical features.

    Raises
    ------
    ValueError
        If the model has several outputs.
    """
    ensemble = _shap.load().TreeExplainer(model).model
    if ensemble.num_outputs != 1:
        raise ValueError(
            f"model has {ensemble.num_outputs} outputs; leaf sums are for one score, "
            "so pass boosted trees of two classes or a regressor"
        )
    found: list[Leaf] = []
    for tree in range(len(ensemble.values)):
        waiting: list[tuple[int, dict[int, tuple[float, float]]]] = [(0, {})]
        while waiting:
            node, bounds = waiting.pop()
            left = int(ensemble.children_left[tree, node])
            if left < 0:
                found.append(Leaf(float(ensemble.values[tree, node, 0]), bounds))
                continue
            feature = int(ensemble.features[tree, node])
            cut = float(ensemble.thresholds[tree, node])
            low, high = bounds.get(feature, (-np.inf, np.inf))
            right = int(ensemble.children_right[tree, node])
            waiting.append((left, {**bounds, feature: (low, min(high, cut))}))
            waiting.append((right, {**bounds, feature: (max(low, cut), high)}))
    return found


def tree_shapley(model: Any, inputs: ArrayLike, background: ArrayLike) -> Floats:
    """Shapley values (N, F) of the raw score (log-odds for a classifier) of a tree model.

    Take one row x and one background row r. On the way to a leaf, let `a` features be such that
    only x passes all their questions, `b` such that only r does. Sets that reach the leaf hold all
    of the first and none of the second; any other feature is free. So the leaf's value v adds
    v (a-1)! b! / (a+b)! to each of the first, and takes v a! (b-1)! / (a+b)! from each other one.

    Parameters
    ----------
    model : estimator
        See `leaves`.
    inputs : array_like, shape (N, F)
        Rows to explain, without missing values.
    background : array_like, shape (B, F)
        Rows that absent features take their values from.
    """
    rows = np.asarray(inputs, dtype=np.float64)
    others = np.asarray(background, dtype=np.float64)
    if rows.ndim != 2 or others.ndim != 2 or rows.shape[1] != others.shape[1]:
        raise ValueError(
            f"inputs has shape {rows.shape}, background {others.shape}; give (N, F) and (B, F)"
        )
    if not (np.isfinite(rows).all() and np.isfinite(others).all()):
        raise ValueError("inputs and background must be finite; fill missing values first")
    values = np.zeros(rows.shape)
    for leaf in leaves(model):
        if not leaf.bounds:
            continue
        features = list(leaf.bounds)
        low, high = np.array([leaf.bounds[feature] for feature in features]).T
        x_passes = ((rows[:, features] > low) & (rows[:, features] <= high))[:, None]  # (N, 1, K)
        r_passes = (others[:, features] > low) & (others[:, features] <= high)  # (B, K)
        reached = (x_passes | r_passes).all(-1, keepdims=True)  # (N, B, 1)
        only_x = x_passes & ~r_passes & reached  # (N, B, K)
        only_r = ~x_passes & r_passes & reached
        a, b = only_x.sum(-1, keepdims=True), only_r.sum(-1, keepdims=True)
        gain, loss = _weights(len(features))
        share = only_x * gain[a, b] - only_r * loss[a, b]  # (N, B, K)
        values[:, features] += leaf.value * share.mean(1)
    return values


def _weights(most: int) -> tuple[Floats, Floats]:
    """(a-1)! b! / (a+b)! and a! (b-1)! / (a+b)! for all a, b up to `most`; 0 where undefined."""
    gain = np.zeros((most + 1, most + 1))
    for a in range(1, most + 1):
        for b in range(most + 1):
            gain[a, b] = factorial(a - 1) * factorial(b) / factorial(a + b)
    return gain, gain.T
