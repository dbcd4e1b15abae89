"""What the attributions page explains: networks and trees on credit, digits, and film reviews.

An `ExplainTask` is a fitted model with the rows to explain and what "absent" means for each.
Features of the credit tables are ranked and mapped to normal quantiles, so the median
account is all zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import QuantileTransformer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from lablib.evaluation import roc_auc
from lablib.explainability.credit import Parts
from lablib.models.mlp import MLP
from lablib.training import TrainingConfig, fit, predict

Floats = NDArray[np.float64]
PLANTED = ("planted a", "planted b", "planted c")
SIDE, PATCH = 8, 2


@dataclass(frozen=True)
class Case:
    """Rows that are explained together: (N, ...), baselines (B, ...), column, groups."""

    inputs: Tensor
    baselines: Tensor
    target: int | None = None
    groups: Tensor | None = None


@dataclass(frozen=True)
class ExplainTask:
    """A model, its cases, and its quality on held-out rows (AUC, or accuracy for digits, text)."""

    name: str
    model: Any
    cases: tuple[Case, ...]
    quality: float


class OneScore(nn.Module):
    """A network of one output as a function from (M, F) to (M,): the log-odds."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Log-odds (M,) of rows (M, F)."""
        score: Tensor = self.network(x)
        return score.squeeze(-1)


class ClassOdds(nn.Module):
    """Log-odds of each class against all others, (M, K), from a network's logits."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Return log p - log(1 - p) of each class, (M, F) to (M, K)."""
        log_p = torch.log_softmax(self.network(x), dim=1)
        return log_p - torch.log1p(-log_p.exp().clamp_max(1 - 1e-6))


@dataclass(frozen=True)
class CreditNetwork:
    """A network on ranked features, and the ranks it was fitted with."""

    model: OneScore
    ranks: QuantileTransformer

    def tensor(self, features: pd.DataFrame) -> Tensor:
        """Features in the network's units: normal quantiles of their ranks, cut at 3."""
        return _ranked(self.ranks, features)


def fit_credit_network(
    parts: Parts, *, hidden: Sequence[int], epochs: int, seed: int, device: str = "cpu"
) -> CreditNetwork:
    """A multi-layer perceptron of default, without dropout: each row then has one gradient.

    Parameters
    ----------
    parts : Parts
        Fitted on `train`; `validation` chooses the epoch.
    hidden, epochs, seed, device
        Widths, passes at most, initial weights and order, and where to train.
    """
    train, validation = parts.train, parts.validation
    ranks = QuantileTransformer(
        n_quantiles=min(200, len(train.features)), output_distribution="normal", random_state=0
    ).fit(train.features)

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        return binary_cross_entropy_with_logits(model(batch[0]), batch[1])

    config = TrainingConfig(
        epochs=epochs, patience=3, learning_rate=3e-3, batch_size=512, seed=seed,
        device=device,  # type: ignore[arg-type]
    )  # fmt: skip
    model = fit(
        OneScore(MLP(train.features.shape[1], hidden=hidden, seed=seed)),
        (_ranked(ranks, train.features), _labels(train.target)), loss=loss, config=config,
        validation=(_ranked(ranks, validation.features), _labels(validation.target)),
    ).model  # fmt: skip
    model = model.cpu().eval()
    assert isinstance(model, OneScore)
    return CreditNetwork(model, ranks)


def credit_task(
    network: CreditNetwork, parts: Parts, *, rows: int, name: str = "credit"
) -> ExplainTask:
    """The first test rows against the median account, which is a row of zeros.

    Parameters
    ----------
    network, parts
        A fitted network and its split.
    rows : int
        Test accounts to explain.
    name : str
        Of the task.
    """
    inputs = network.tensor(parts.test.features)
    score = predict(network.model, inputs, batch_size=8192).numpy()
    case = Case(inputs[:rows], torch.zeros(1, inputs.shape[1]))
    return ExplainTask(name, network.model, (case,), roc_auc(parts.test.target, score))


def boosted_task(parts: Parts, *, trees: int, rows: int, background: int) -> ExplainTask:
    """Boosted trees on the columns as they are; absent means: as in random training accounts.

    Parameters
    ----------
    parts : Parts
        The split.
    trees, rows, background : int
        Size of the model, test accounts to explain, training accounts that absent values come from.
    """
    train, test = parts.train, parts.test
    model = HistGradientBoostingClassifier(
        max_iter=trees, max_leaf_nodes=15, learning_rate=0.08, min_samples_leaf=50,
        early_stopping=False, random_state=0,
    ).fit(train.features.to_numpy(), train.target)  # fmt: skip
    inputs = torch.from_numpy(test.features.to_numpy())
    case = Case(inputs[:rows], torch.from_numpy(train.features.to_numpy()[:background]))
    return ExplainTask(
        "boosted", model, (case,), roc_auc(test.target, model.decision_function(inputs.numpy()))
    )


def planted_parts(parts: Parts, *, seed: int) -> Parts:
    """The same accounts with three new columns that alone decide a new label.

    Its log-odds are 2a - 2b + 2ac of three independent standard normal columns. No real column
    has anything to do with it, so attribution to them is wrong if the network ignores them.
    """
    rng = np.random.default_rng(seed)

    def planted(part: Any) -> Any:
        columns = rng.normal(size=(len(part.target), len(PLANTED)))
        a, b, c = columns.T
        odds = 2 * a - 2 * b + 2 * a * c
        label = (rng.logistic(size=len(odds)) < odds).astype(np.int64)
        new = pd.DataFrame(columns, columns=list(PLANTED), index=part.features.index)
        return type(part)(pd.concat([part.features, new], axis=1), label)

    return Parts(planted(parts.train), planted(parts.validation), planted(parts.test))


def ignores_real_columns(network: CreditNetwork, parts: Parts, *, seed: int) -> float:
    """Squared correlation of scores before and after shuffling every real column; 1: ignored.

    Parameters
    ----------
    network, parts
        Fitted on `planted_parts`, and these.
    seed : int
        Of the shuffling.
    """
    rows = network.tensor(parts.test.features)
    shuffled = rows.clone()
    generator = torch.Generator().manual_seed(seed)
    for column in range(rows.shape[1] - len(PLANTED)):
        shuffled[:, column] = rows[torch.randperm(len(rows), generator=generator), column]
    with torch.no_grad():
        pair = torch.stack([network.model(rows), network.model(shuffled)])
    return float(torch.corrcoef(pair)[0, 1] ** 2)


def digits_task(*, hidden: Sequence[int], epochs: int, rows: int, seed: int) -> ExplainTask:
    """Images of 8 by 8 pixels from scikit-learn; absent patches of 2 by 2 are blank paper.

    Parameters
    ----------
    hidden, epochs, seed
        Widths, passes, and seed of split and network.
    rows : int
        Test images to explain.
    """
    bunch = load_digits()
    images = torch.tensor(bunch.data / 16, dtype=torch.float32)
    order = np.random.default_rng(seed).permutation(len(images))
    train, test = order[: len(order) * 3 // 5], order[len(order) * 4 // 5 :]
    labels = torch.tensor(bunch.target)

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        return cross_entropy(model(batch[0]), batch[1])

    config = TrainingConfig(epochs=epochs, learning_rate=3e-3, batch_size=64, seed=seed,
                            device="cpu")  # fmt: skip
    network = MLP(SIDE * SIDE, hidden=hidden, out_features=10, seed=seed)
    model = ClassOdds(fit(network, (images[train], labels[train]), loss=loss, config=config).model)
    with torch.no_grad():
        says = model.eval()(images[test]).argmax(1)
    right = float((says == labels[test]).float().mean())
    pixels = np.arange(SIDE) // PATCH
    groups = torch.tensor(pixels[:, None] * (SIDE // PATCH) + pixels).flatten()
    chosen, decided = images[test][:rows], says[:rows]
    cases = [
        Case(chosen[decided == digit], torch.zeros(1, SIDE * SIDE), int(digit), groups)
        for digit in decided.unique()
    ]
    return ExplainTask("digits", model, tuple(cases), right)


def _labels(target: ArrayLike) -> Tensor:
    return torch.tensor(np.asarray(target), dtype=torch.float32)


def _ranked(ranks: QuantileTransformer, features: pd.DataFrame) -> Tensor:
    return torch.tensor(np.clip(ranks.transform(features), -3, 3), dtype=torch.float32)
