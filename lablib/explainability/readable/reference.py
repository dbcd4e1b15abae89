"""Reference models of other libraries, to hold this topic's own calls against."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from lablib.explainability.readable.scorers import Scorer


def interpret_ebm(features: pd.DataFrame, target: ArrayLike, *, seed: int = 0) -> Scorer:
    """The explainable boosting machine of interpret with its own defaults: 14 bags, and pairs.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
        Numbers and classes.
    target : array-like, shape (N,)
        0/1 labels.
    seed : int
        Of the bags.
    """
    glassbox = _needed("interpret.glassbox", "interpret-core")
    model = glassbox.ExplainableBoostingClassifier(random_state=seed, n_jobs=1)
    model.fit(features, np.asarray(target))
    return Scorer(lambda rows: np.asarray(model.predict_proba(rows)[:, 1]), len(model.term_names_))


def imodels_rule_list(features: pd.DataFrame, target: ArrayLike, *, length: int) -> Scorer:
    """The greedy rule list of imodels: one condition a rule, none revised.

    interpret's own DecisionListClassifier is not an option: it needs skope-rules 1.0.1, which
    cannot be imported on Python 3.10 and later.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
        Numbers.
    target : array-like, shape (N,)
        0/1 labels.
    length : int
        Most rules.
    """
    imodels = _needed("imodels", "imodels")
    model = imodels.GreedyRuleListClassifier(max_depth=length)
    model.fit(features.to_numpy(), np.asarray(target), feature_names=list(features.columns))
    return Scorer(lambda rows: np.asarray(model.predict_proba(rows.to_numpy())[:, 1]), length + 1)


def _needed(module: str, package: str) -> Any:
    import importlib
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a foreign package says as it is imported
            return importlib.import_module(module)
    except ImportError as error:
        raise RuntimeError(
            f"this comparison needs {package}; run: pip install {package}"
        ) from error
