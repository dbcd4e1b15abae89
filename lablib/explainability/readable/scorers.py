"""Scorers that a reader cannot read line by line, and the two plain ones they are held against.

Each fit returns a `Scorer`: probabilities of class 1 and the number of things there are to read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

Predict = Callable[[pd.DataFrame], NDArray[np.float64]]


@dataclass(frozen=True)
class Scorer:
    """`predict(features)` gives probabilities (N,); `size` counts what a reader would read."""

    predict: Predict
    size: int


def fit_majority(target: ArrayLike) -> Scorer:
    """The base rate for everyone: the baseline every model has to beat."""
    rate = float(np.mean(np.asarray(target)))
    return Scorer(lambda rows: np.full(len(rows), rate), 1)


def fit_logistic(features: pd.DataFrame, target: ArrayLike) -> Scorer:
    """Logistic regression on standardised features: one coefficient a feature."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    model.fit(features, np.asarray(target))
    return Scorer(lambda rows: np.asarray(model.predict_proba(rows)[:, 1]), features.shape[1])


def fit_boosted(
    features: pd.DataFrame,
    target: ArrayLike,
    *,
    trees: int = 120,
    leaves: int = 15,
    learning_rate: float = 0.05,
    seed: int = 0,
) -> Scorer:
    """Gradient-boosted trees by scikit-learn; `size` is the number of leaves in all trees.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
    target : array-like, shape (N,)
        0/1 labels.
    trees, leaves : int
        How many trees, and the most leaves of one.
    learning_rate : float
        Weight of each tree.
    """
    model = HistGradientBoostingClassifier(
        max_iter=trees, max_leaf_nodes=leaves, learning_rate=learning_rate,
        min_samples_leaf=50, l2_regularization=1.0, early_stopping=False, random_state=seed,
    ).fit(features, np.asarray(target))  # fmt: skip
    return Scorer(lambda rows: np.asarray(model.predict_proba(rows)[:, 1]), trees * leaves)


def fit_neural(
    features: pd.DataFrame,
    target: ArrayLike,
    *,
    validation: tuple[pd.DataFrame, ArrayLike],
    hidden: Sequence[int] = (64, 64),
    dropout: float = 0.1,
    epochs: int = 8,
    patience: int = 3,
    learning_rate: float = 3e-3,
    batch_size: int = 512,
    device: str = "cpu",
    seed: int = 0,
) -> Scorer:
    """A multi-layer perceptron on rank-standardised features; `size` is its number of weights.

    Amounts of money are heavy-tailed, so each feature is mapped to normal quantiles by its rank in
    the training rows. Training keeps the epoch with the lowest loss on `validation`.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
    target : array-like, shape (N,)
        0/1 labels.
    validation : (features, target)
        Other rows, only used to choose the epoch.
    hidden, dropout
        Of `lablib.models.mlp.MLP`.
    epochs, patience, learning_rate, batch_size, device
        Of `lablib.training.TrainingConfig`.
    seed : int
        Initial weights, order of the rows, dropout.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    from lablib.models.mlp import MLP
    from lablib.training import TrainingConfig, fit, predict

    ranks = QuantileTransformer(
        n_quantiles=min(200, len(features)), output_distribution="normal", random_state=seed
    ).fit(features)

    def tensor(rows: pd.DataFrame) -> torch.Tensor:
        return torch.tensor(np.clip(ranks.transform(rows), -3, 3), dtype=torch.float32)

    def labelled(rows: pd.DataFrame, labels: ArrayLike) -> tuple[torch.Tensor, torch.Tensor]:
        return tensor(rows), torch.tensor(np.asarray(labels), dtype=torch.float32)

    def loss(model: torch.nn.Module, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        inputs, labels = batch
        return binary_cross_entropy_with_logits(model(inputs).squeeze(-1), labels)

    config = TrainingConfig(
        epochs=epochs, patience=patience, learning_rate=learning_rate, batch_size=batch_size,
        seed=seed, device=device,  # type: ignore[arg-type]
    )  # fmt: skip
    network = MLP(features.shape[1], hidden=hidden, dropout=dropout, seed=seed)
    model = fit(
        network, labelled(features, target), loss=loss, config=config,
        validation=labelled(*validation),
    ).model  # fmt: skip

    def scores(rows: pd.DataFrame) -> NDArray[np.float64]:
        logits = predict(model, tensor(rows)).squeeze(-1).numpy().astype(np.float64)
        return np.asarray(expit(logits))

    return Scorer(scores, sum(p.numel() for p in model.parameters()))
