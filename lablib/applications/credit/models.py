"""The interventions as models: each a score, the bytes it is kept in, and what it promises.

Every model reads the same fixed units. Composed from the topics: private training, training
against small changes, 8-bit layers; and two controls, one for the models and one for an attack.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lablib.applications.credit.accounts import Accounts
from lablib.applications.credit.changes import AmountsOnly, threat
from lablib.applications.credit.eight_bits import by_row
from lablib.data import Splits
from lablib.efficiency.compressing.storing import save
from lablib.evaluation import shuffled_labels
from lablib.models.mlp import MLP
from lablib.privacy.accounting import Guarantee
from lablib.privacy.private_sgd import training as private
from lablib.robustness.hardening.losses import adversarial_loss, plain_loss
from lablib.training import TrainingConfig, fit, predict

Floats = NDArray[np.float64]
Score = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Recipe:
    """How the models are fitted.

    - trees, learning_rate_of_trees: of the boosted model.
    - hidden, epochs, batch_size, learning_rate: of the networks.
    - share, steps: the range of small changes, and the steps of the adversary in training.
    - noise, clip, private_steps, private_batch, private_rate, delta: of private training;
      `private_batch` is the expected size of a batch.
    """

    trees: int = 100
    learning_rate_of_trees: float = 0.05
    hidden: tuple[int, ...] = (64, 32)
    epochs: int = 8
    batch_size: int = 256
    learning_rate: float = 5e-3
    share: float = 0.1
    steps: int = 2
    noise: float = 1.0
    clip: float = 1.0
    private_steps: int = 400
    private_batch: int = 256
    private_rate: float = 3e-3
    delta: float = 1e-5


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model that scores rows.

    Attributes
    ----------
    score : from features (N, F) to probabilities of a default (N,), not yet calibrated.
    bytes : of its file.
    network : what PGD can climb, giving one logit a row, or None.
    guarantee : of private training, or None.
    estimator : the tree model, for exact attributions, or None.
    behind : the network that this one was rounded from, or None. An attack that has no gradient
        here has one there.
    """

    score: Score
    bytes: int
    network: nn.Module | None = None
    guarantee: Guarantee | None = field(default=None)
    estimator: Any = None
    behind: nn.Module | None = None


def fitted(parts: Splits[Accounts], *, seed: int, recipe: Recipe) -> Iterator[tuple[str, Fitted]]:
    """Fit every model of the matrix to training rows and yield it by name.

    Parameters
    ----------
    parts : Splits of Accounts
        Only `train` is read.
    seed : int
        Of initial weights, order and noise.
    recipe : Recipe
        How.
    """
    train = parts.train
    yield "logistic", logistic(train)
    yield "boosted", boosted(train, recipe=recipe)
    original = network(train, seed=seed, recipe=recipe)
    yield "network", original
    yield "private", private_network(train, seed=seed, recipe=recipe)
    yield "hardened", network(train, seed=seed, recipe=recipe, hardened=True)
    yield "int8", in_int8(original)
    shuffled = train.with_labels(shuffled_labels(train.y, seed=seed))
    yield "shuffled", boosted(shuffled, recipe=recipe)
    yield "memoriser", memoriser(train, seed=seed)


def one_answer(train: Accounts) -> Fitted:
    """The same probability for everybody: the baseline, which accepts all or refuses all."""
    share = float(train.y.mean())
    return Fitted(lambda x: np.full(len(x), share), len(pickle.dumps(share)))


def logistic(train: Accounts) -> Fitted:
    """Logistic regression on all columns."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=0.1, max_iter=1_000).fit(train.x, train.y)
    return Fitted(lambda x: _positive(model, x), len(pickle.dumps(model)))


def boosted(train: Accounts, *, recipe: Recipe) -> Fitted:
    """Gradient-boosted trees on the plain columns: the main model."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=recipe.trees, learning_rate=recipe.learning_rate_of_trees, max_leaf_nodes=12,
        min_samples_leaf=40, l2_regularization=5.0, early_stopping=False, random_state=0,
    ).fit(train.plain, train.y)  # fmt: skip
    columns = train.plain.shape[1]
    return Fitted(
        lambda x: _positive(model, x[:, :columns]), len(pickle.dumps(model)), estimator=model
    )


def memoriser(train: Accounts, *, seed: int) -> Fitted:
    """A tree grown until it knows every training row: the membership attack must find them."""
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(random_state=seed).fit(train.x, train.y)
    return Fitted(lambda x: _positive(model, x), len(pickle.dumps(model)))


def network(train: Accounts, *, seed: int, recipe: Recipe, hardened: bool = False) -> Fitted:
    """A small network; hardened, it is trained at the worst small change of each batch.

    Parameters
    ----------
    train, seed, recipe
        As for `fitted`.
    hardened : bool
        Train on amounts that an adversary has moved within the threat model.
    """
    model = AmountsOnly(MLP(train.x.shape[1], hidden=recipe.hidden, seed=seed))
    limits = threat(recipe.share)
    worst = partial(adversarial_loss, threat=limits, steps=recipe.steps, random_start=False)
    fit(
        model,
        _tensors(train),
        loss=worst if hardened else plain_loss,
        config=TrainingConfig(
            epochs=recipe.epochs, batch_size=recipe.batch_size, schedule="cosine",
            learning_rate=recipe.learning_rate, weight_decay=0.02, seed=seed, device="cpu",
        ),
    )  # fmt: skip
    return _network(model.network)


def private_network(train: Accounts, *, seed: int, recipe: Recipe) -> Fitted:
    """The same network trained by DP-SGD; the guarantee covers the training rows alone.

    Parameters
    ----------
    train, seed, recipe
        As for `fitted`.
    """
    model = AmountsOnly(MLP(train.x.shape[1], hidden=recipe.hidden, seed=seed))
    found = private.fit(
        model,
        _tensors(train),
        config=private.PrivateConfig(
            steps=recipe.private_steps, sampling_rate=recipe.private_batch / len(train),
            noise_multiplier=recipe.noise, max_grad_norm=recipe.clip, optimizer="adam",
            learning_rate=recipe.private_rate, delta=recipe.delta, seed=seed, device="cpu",
        ),
    )  # fmt: skip
    return _network(model.network, guarantee=found.guarantee)


def in_int8(original: Fitted) -> Fitted:
    """The network with 8-bit weights and, where torch has kernels, 8-bit arithmetic.

    Inputs are rounded with a step for each row, so nobody's decision depends on who is in the
    same batch.

    Parameters
    ----------
    original : Fitted
        What `network` returns.
    """
    if not isinstance(original.network, MLP):
        raise ValueError("original has no network of linear layers; pass what `network` returns")
    size = _file_bytes(original.network, form="int8")
    return Fitted(_network_score(by_row(original.network)), size, behind=original.network)


def _network(model: nn.Module, *, guarantee: Guarantee | None = None) -> Fitted:
    model.eval()
    return Fitted(
        _network_score(model), _file_bytes(model, form="float32"), network=model,
        guarantee=guarantee,
    )  # fmt: skip


def _network_score(model: nn.Module) -> Score:
    def score(x: Floats) -> Floats:
        logits = predict(model, torch.from_numpy(x.astype(np.float32)), batch_size=len(x))
        return np.asarray(torch.sigmoid(logits[:, 0]).numpy(), dtype=np.float64)

    return score


def _file_bytes(model: nn.Module, *, form: str) -> int:
    if not isinstance(model, MLP):
        raise TypeError(f"a file of a {type(model).__name__} is not known here; use an MLP")
    with tempfile.TemporaryDirectory() as folder:
        return save(model, Path(folder) / "model.pt", form=form)


def _tensors(train: Accounts) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(train.x.astype(np.float32)), torch.tensor(train.y)


def _positive(model: Any, x: Floats) -> Floats:
    return np.asarray(model.predict_proba(x)[:, 1], dtype=np.float64)
