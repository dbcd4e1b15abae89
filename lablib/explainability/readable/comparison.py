"""One split of the comparison: fit every model on the same rows, measure on the same test rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation import (
    balanced_accuracy,
    brier_score,
    expected_calibration_error,
    roc_auc,
    shuffled_labels,
)
from lablib.explainability import credit
from lablib.explainability.credit import Part, Parts
from lablib.explainability.readable import additive, rule_lists, scorers, surrogate, trees
from lablib.explainability.readable.scorers import Scorer

if TYPE_CHECKING:
    from lablib.explainability.readable_models import Config

# The curves that are kept for drawing: column and the values to evaluate it at.
GRIDS = {
    "limit_bal": tuple(float(value) for value in range(10_000, 510_000, 20_000)),
    "pay_0": tuple(float(value) for value in range(-2, 5)),
}


@dataclass
class SeedResult:
    """What one split gave.

    `metrics` by name; `fidelity` by (place, leaves), where a place is `held-out`, or
    `<shift>.fitted` and `<shift>.shifted`; `curves` in log-odds by (model, column).
    """

    test_over_train: float
    metrics: dict[str, float] = field(default_factory=dict)
    fidelity: dict[tuple[str, int], surrogate.Fidelity] = field(default_factory=dict)
    curves: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)


def one_split(parts: Parts, seed: int, config: Config) -> SeedResult:
    """Fit and measure everything on one split.

    Parameters
    ----------
    parts : Parts
        Training, validation and test rows.
    seed : int
        Starts every fit; it need not be the seed of the split.
    config : Config
        Sizes and settings, see `readable_models.Config`.
    """
    train, test = parts.train, parts.test
    result = SeedResult(len(test.target) / len(train.target))
    sums = fit_additive(train, seed, config)
    models = fit_models(parts, seed, config)
    models |= {name: Scorer(model.predict, model.size) for name, model in sums.items()}
    boosted = roc_auc(test.target, models["boosted"].predict(test.features))
    for name, model in models.items():
        found = quality(test.target, model.predict(test.features))
        result.metrics |= {f"{name}.{quantity}": value for quantity, value in found.items()}
        result.metrics[f"{name}.size"] = model.size
        if name != "boosted":
            result.metrics[f"{name}.minus-boosted"] = found["auc"] - boosted
    result.metrics |= shuffled_controls(parts, seed)
    measure_surrogates(result, models["neural"], parts, seed, config)
    for name, readable in sums.items():
        for column, grid in GRIDS.items():
            result.curves[name, column] = readable.shape(train.features, column, grid)
    return result


def fit_additive(train: Part, seed: int, config: Config) -> dict[str, additive.Additive]:
    """The two additive models, by name.

    Parameters
    ----------
    train : Part
        Rows to fit on.
    seed, config
        As in `one_split`.
    """
    return {
        "gam": additive.fit_gam(train.features, train.target, seed=seed),
        "ebm": additive.fit_ebm(
            train.features, train.target, seed=seed,
            outer_bags=config.ebm_bags, interactions=config.ebm_interactions,
        ),
    }  # fmt: skip


def fit_models(parts: Parts, seed: int, config: Config) -> dict[str, Scorer]:
    """Every other model, by name; a name's number is the leaves or rules allowed.

    Parameters
    ----------
    parts, seed, config
        As in `one_split`; the test rows are not touched.
    """
    x, y = parts.train.features, parts.train.target
    models = {
        "majority": scorers.fit_majority(y),
        "logistic": scorers.fit_logistic(x, y),
        "boosted": scorers.fit_boosted(x, y, seed=seed),
        "neural": scorers.fit_neural(
            x, y, validation=(parts.validation.features, parts.validation.target),
            hidden=config.hidden, dropout=config.dropout, epochs=config.epochs,
            device=config.device, seed=seed,
        ),
    }  # fmt: skip
    for count in config.tree_leaves:
        models[f"tree-{count}"] = _tree_scorer(parts.train, count, seed)
    longest = rule_lists.fit_rule_list(x, y, length=max(config.list_lengths))
    for count in config.list_lengths:
        rules = longest.shortened(min(count, len(longest.rules)))
        models[f"rules-{count}"] = Scorer(rules.predict, rules.size)
    return models


def quality(y_true: ArrayLike, y_prob: NDArray[np.float64]) -> dict[str, float]:
    """Ranking, decisions at `credit.REFUSE_AT`, and calibration of one set of probabilities."""
    return {
        "auc": roc_auc(y_true, y_prob),
        "balanced-accuracy": balanced_accuracy(y_true, (y_prob >= credit.REFUSE_AT).astype(int)),
        "brier": brier_score(y_true, y_prob),
        "ece": expected_calibration_error(y_true, y_prob),
    }


def shuffled_controls(parts: Parts, seed: int) -> dict[str, float]:
    """AUC on true test labels of a tree and of boosted trees trained on shuffled labels."""
    shuffled = Part(parts.train.features, shuffled_labels(parts.train.target, seed=seed))
    boosted = scorers.fit_boosted(shuffled.features, shuffled.target, seed=seed)
    models = {"shuffled-tree": _tree_scorer(shuffled, 16, seed), "shuffled-boosted": boosted}
    return {
        f"{name}.auc": roc_auc(parts.test.target, model.predict(parts.test.features))
        for name, model in models.items()
    }


def measure_surrogates(
    result: SeedResult, scorer: Scorer, parts: Parts, seed: int, config: Config
) -> None:
    """Distil trees from `scorer` and store their fidelity, its baseline and its control.

    Parameters
    ----------
    result : SeedResult
        Filled in place; its metrics already hold the trees fitted to the labels.
    scorer : Scorer
        The model to imitate, fitted on all training rows.
    parts, seed, config
        As in `one_split`.
    """
    train, test = parts.train.features, parts.test.features
    known, truth = scorer.predict(train), scorer.predict(test)
    for leaves in config.surrogate_leaves:
        tree = surrogate.distil(train, known, max_leaves=leaves, seed=seed)
        guess = tree.predict(test)
        result.fidelity["held-out", leaves] = compare(truth, guess)
        auc = roc_auc(parts.test.target, guess)
        result.metrics[f"surrogate-{leaves}.auc"] = auc
        if leaves in config.tree_leaves:
            direct = result.metrics[f"tree-{leaves}.auc"]
            result.metrics[f"surrogate-{leaves}.minus-tree"] = auc - direct
    leaves = config.reported_leaves
    for shift in credit.SHIFTS:
        unseen, away = credit.in_shift(train, shift), credit.in_shift(test, shift)
        tree = surrogate.distil(train[~unseen], known[~unseen], max_leaves=leaves, seed=seed)
        guess = tree.predict(test)
        near, far = compare(truth[~away], guess[~away]), compare(truth[away], guess[away])
        result.fidelity[f"{shift}.fitted", leaves] = near
        result.fidelity[f"{shift}.shifted", leaves] = far
        for quantity in ("agreement", "r2"):
            change = getattr(far, quantity) - getattr(near, quantity)
            result.metrics[f"surrogate-{leaves}.{shift}.change.{quantity}"] = change
    permuted = np.random.default_rng(seed).permutation(known)
    control = surrogate.distil(train, permuted, max_leaves=leaves, seed=seed)
    result.fidelity["permuted", leaves] = compare(truth, control.predict(test))


def compare(scores: NDArray[np.float64], stand_in: NDArray[np.float64]) -> surrogate.Fidelity:
    """`surrogate.fidelity` at the refusal threshold of this topic."""
    return surrogate.fidelity(scores, stand_in, threshold=credit.REFUSE_AT)


def _tree_scorer(part: Part, leaves: int, seed: int) -> Scorer:
    tree = trees.fit_tree(part.features, part.target, max_leaves=leaves, seed=seed)
    return Scorer(lambda rows: np.asarray(tree.predict_proba(rows)[:, 1]), tree.get_n_leaves())
