"""Many runs of the same comparison: a new split and new training randomness for every seed.

Each run keeps one flag a test row, right or wrong, for each model; accuracies, intervals and
verdicts are all computed from these flags. Splits are plain random draws, not stratified, because
the binomial interval assumes rows drawn independently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lablib.evaluation import majority_class, same_model_twice

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Encoded data: `features` (N, F) floats, `target` (N,) 0/1, and the file's `sha256`."""

    features: NDArray[np.float64]
    target: NDArray[np.int64]
    sha256: str


@dataclass(frozen=True)
class Run:
    """One seed. Each flag says whether a model was right on a row.

    `logistic`, `forest`, `copy`, `majority`: (N_test,), on the same test rows; `copy` is the
    forest again with another training seed. `training`: (N_train,), the logistic model on the
    rows it was fitted to.
    """

    logistic: Flags
    forest: Flags
    copy: Flags
    majority: Flags
    training: Flags


def load_rows(name: str = "german-credit") -> Rows:
    """Load a data card with categories as 0/1 columns.

    Which categories exist is read from the whole table; every number that is estimated (the
    scaling of a column, the weights) is estimated inside `one_run`, from its training rows.
    """
    import pandas as pd

    from lablib.data import load

    data = load(name)
    features = pd.get_dummies(data.features).to_numpy(dtype=float)
    return Rows(features, np.asarray(data.target, dtype=np.int64), data.card.file_sha256)


def one_run(
    rows: Rows, *, seed: int, train_rows: int = 600, test_rows: int = 200, trees: int = 7
) -> Run:
    """Split, train and test once; everything random follows from `seed`.

    Parameters
    ----------
    rows : Rows
        Encoded data, N rows.
    seed : int
        Chooses the rows and starts both copies of the forest.
    train_rows, test_rows : int
        How many of the N rows to train on and to test on; disjoint.
    trees : int
        Trees of the forest.

    Raises
    ------
    ValueError
        If `train_rows` + `test_rows` exceeds the rows there are.

    >>> rng = np.random.default_rng(0)
    >>> rows = Rows(rng.normal(size=(60, 3)), rng.integers(0, 2, size=60), "")
    >>> one_run(rows, seed=0, train_rows=40, test_rows=20).forest.shape
    (20,)
    """
    total = len(rows.target)
    if train_rows + test_rows > total:
        raise ValueError(
            f"train_rows + test_rows is {train_rows + test_rows}; there are only {total} rows"
        )
    order = np.random.default_rng(seed).permutation(total)
    train, test = order[:train_rows], order[train_rows : train_rows + test_rows]
    x, y = rows.features[train], rows.target[train]
    x_test, y_test = rows.features[test], rows.target[test]

    logistic = _logistic().fit(x, y)
    forest, copy = same_model_twice(lambda s: _forest(trees, s).fit(x, y), seed=seed)
    return Run(
        logistic=logistic.predict(x_test) == y_test,
        forest=forest.predict(x_test) == y_test,
        copy=copy.predict(x_test) == y_test,
        majority=majority_class(y, test_rows) == y_test,
        training=logistic.predict(x) == y,
    )


def collect(
    rows: Rows,
    seeds: Sequence[int],
    *,
    train_rows: int = 600,
    test_rows: int = 200,
    trees: int = 7,
    progress: bool = False,
) -> Run:
    """One run a seed, stacked: every field of the result has shape (S, N).

    Parameters
    ----------
    rows : Rows
        Encoded data.
    seeds : sequence of int
        S seeds, one run each.
    train_rows, test_rows, trees : int
        As in `one_run`.
    progress : bool
        Show a progress bar.
    """
    from tqdm import tqdm

    runs = [
        one_run(rows, seed=seed, train_rows=train_rows, test_rows=test_rows, trees=trees)
        for seed in tqdm(seeds, desc="runs", disable=not progress)
    ]
    return Run(
        logistic=np.stack([run.logistic for run in runs]),
        forest=np.stack([run.forest for run in runs]),
        copy=np.stack([run.copy for run in runs]),
        majority=np.stack([run.majority for run in runs]),
        training=np.stack([run.training for run in runs]),
    )


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1))


def _forest(trees: int, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=trees, min_samples_leaf=2, random_state=seed)
