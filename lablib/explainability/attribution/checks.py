"""What the attributions experiment measures on the models of one seed, as flat metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from torch import Tensor, nn

from lablib.evaluation import roc_auc
from lablib.explainability import credit
from lablib.explainability.attribution import agreement, recourse, sanity, shapley
from lablib.explainability.attribution import faithfulness as removal
from lablib.explainability.attribution.integrated_gradients import integrated_gradients
from lablib.explainability.attribution.methods import Attribution, attribute
from lablib.explainability.attribution.tasks import (
    PLANTED,
    CreditNetwork,
    ExplainTask,
    fit_credit_network,
)
from lablib.explainability.attribution.tree_shapley import tree_shapley
from lablib.explainability.credit import Parts

if TYPE_CHECKING:
    from lablib.data import TabularData
    from lablib.explainability.attributions import Config

Floats = NDArray[np.float64]
NETWORK = ("gradient", "gradient-x-input", "integrated-gradients", "occlusion", "lime",
           "sampled-shapley")  # fmt: skip
TREES = ("tree-shap", "occlusion", "lime", "sampled-shapley")
CASCADED = ("gradient", "gradient-x-input", "integrated-gradients", "sampled-shapley")
REMOVED = 6  # of the features, before retraining
RADIUS = 0.25  # of the adversarial change, in the units of the ranked features
TOLD = 3  # features that a reader would be told
# What the owner of an account could have done otherwise lately; limits and older months are given.
STATUS = ("pay_0", "pay_2", "pay_3")  # months late: whole numbers
ACTIONABLE = (*STATUS, "bill_amt1", "bill_amt2", "bill_amt3", "pay_amt1", "pay_amt2", "pay_amt3")

# Table of the record: beginning and end of the metric names in it.
TABLES = {
    "faithfulness": ("", ".over-random"),
    "planted": ("planted.", ".top"),
    "cascade": ("cascade.", ""),
    "agreement": ("agreement.", ""),
    "retrained": ("retrained.", ".auc"),
    "recourse": ("recourse.", ""),
}


def exact_cases(parts: Parts) -> dict[str, float]:
    """Largest differences where theory says that methods are equal.

    On a linear model of ten features: integrated gradients, gradient x input and exact Shapley
    values. On boosted trees of ten features: brute force over all sets against the leaf sums of
    this package and against shap.
    """
    features = parts.train.features.iloc[:, :10].to_numpy()
    rows = torch.from_numpy(features[:5] / features.std(0))
    weight = torch.from_numpy(np.random.default_rng(0).normal(size=10))

    def line(z: Tensor) -> Tensor:
        return z @ weight + 0.5

    base = rows.new_zeros(1, 10)
    brute = [shapley.exact(lambda z: line(torch.from_numpy(z)).numpy(), row, base) for row in rows]
    same = [integrated_gradients(line, rows, base, steps=8).numpy()]
    for method in ("integrated-gradients", "gradient-x-input"):
        same.append(attribute(line, rows, baselines=base, method=method).values)
    trees = HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, early_stopping=False, random_state=0
    ).fit(features[:5000], parts.train.target[:5000])
    asked, others = features[-5:], features[:20]
    enumerated = np.array([shapley.exact(trees.decision_function, row, others) for row in asked])
    by_shap = attribute(trees, asked, baselines=others, method="tree-shap").values
    return {
        "linear.difference": float(max(np.abs(values - brute).max() for values in same)),
        "trees.leaves-difference": _most(tree_shapley(trees, asked, others) - enumerated),
        "trees.shap-difference": _most(by_shap - enumerated),
    }


def faithfulness(task: ExplainTask, *, seed: int, config: Config) -> dict[str, float]:
    """Removal tests of each method on a task, as shares of the mean change f(x) - f(baseline).

    `gap` is `faithfulness.Curves.gap`, `over-random` the same minus that of random orders on the
    same rows; `completeness` is the relative error of the sum.

    Parameters
    ----------
    task : ExplainTask
        Model and rows to explain.
    seed, config
        Of the run.
    """
    text = task.name == "reviews"
    methods = TREES if task.name == "boosted" else NETWORK
    found: dict[str, float] = {f"{task.name}.quality": task.quality}
    control = [
        removal.random_curves(task.model, case.inputs, baselines=case.baselines,
                              target=case.target, groups=case.groups, draws=3, seed=seed)
        for case in task.cases
    ]  # fmt: skip
    change = float(np.concatenate([curves.change for curves in control]).mean())
    _add(found, f"{task.name}.random", control, change)
    told: dict[str, Floats] = {}
    for method in methods:
        explained = [
            explain(task, method, number, seed=seed, samples=config.samples // (2 if text else 1),
                    steps=config.text_steps if text else _steps(task, config))
            for number in range(len(task.cases))
        ]  # fmt: skip
        curves = [
            removal.removal_curves(task.model, case.inputs, one.values, baselines=case.baselines,
                                   target=case.target, groups=case.groups)
            for case, one in zip(task.cases, explained, strict=True)
        ]  # fmt: skip
        name = f"{task.name}.{method}"
        _add(found, name, curves, change)
        found[f"{name}.over-random"] = found[f"{name}.gap"] - found[f"{task.name}.random.gap"]
        errors = np.concatenate([np.abs(one.completeness_error) for one in explained])
        moved = np.concatenate([np.abs(one.scores - one.baseline_scores) for one in explained])
        found[f"{name}.completeness"] = float(errors.sum() / moved.sum())
        if task.name == "credit":
            told[method] = explained[0].values
    for (one, two), (order, overlap) in agreement.disagreement(told, k=TOLD).items():
        found[f"agreement.{one}.{two}.order"] = order
        found[f"agreement.{one}.{two}.overlap"] = overlap
    return found


def explain(
    task: ExplainTask, method: str, number: int = 0, *, seed: int = 0, samples: int = 160,
    steps: int = 256,
) -> Attribution:  # fmt: skip
    """Attribute case `number` of a task.

    Parameters
    ----------
    task, number
        Which model, and which of its cases.
    method, seed, samples, steps
        As for `attribution.attribute`.
    """
    case = task.cases[number]
    return attribute(
        task.model, case.inputs, baselines=case.baselines, target=case.target, method=method,
        groups=case.groups, samples=samples, steps=steps, seed=seed,
    )  # fmt: skip


def planted(task: ExplainTask, *, seed: int, config: Config) -> dict[str, float]:
    """How often the largest attribution is on a planted column, and its share of the sum of sizes.

    Parameters
    ----------
    task : ExplainTask
        Its last columns are `PLANTED`.
    seed, config
        Of the run.
    """
    found = {"planted.quality": task.quality}
    for method in (*NETWORK, "random"):
        values = np.abs(
            explain(task, method, seed=seed, samples=config.samples,
                    steps=_steps(task, config)).values
        )  # fmt: skip
        first = values.shape[1] - len(PLANTED)
        found[f"planted.{method}.top"] = float((values.argmax(1) >= first).mean())
        found[f"planted.{method}.share"] = float(values[:, first:].sum() / values.sum())
    return found


def cascaded(network: CreditNetwork, task: ExplainTask, *, seed: int) -> dict[str, float]:
    """Rank correlation with the trained model's attributions once all layers are random.

    `input-only` is the control: the distance to the baseline, which no model has a part in.

    Parameters
    ----------
    network, task
        A fitted network, and the rows it is explained on.
    seed : int
        Of the random weights.
    """
    case = task.cases[0]

    def by(method: str) -> Any:
        return lambda model: (
            attribute(
                model, case.inputs, baselines=case.baselines, method=method, steps=64, seed=seed
            ).values
        )

    found = {}
    explainers = {method: by(method) for method in CASCADED}
    explainers["input-only"] = lambda _: (case.inputs - case.baselines).numpy()
    for name, explainer in explainers.items():
        _, order = sanity.cascade(network.model, explainer, seed=seed)
        for layer, value in enumerate(order.mean(0)[1:], start=1):
            found[f"cascade.{name}.{layer}"] = float(value)
        found[f"cascade.{name}"] = float(order[:, -1].mean())
    return found


def retrained(network: CreditNetwork, parts: Parts, *, rows: int, seed: int) -> dict[str, float]:
    """AUC of new trees without the features named first (Hooker et al., 2019).

    They are blanked in each row, for training and for testing. The lower the AUC, the more the
    named features knew. `nothing` blanks no feature.

    Parameters
    ----------
    network, parts
        Whose attributions blank which accounts.
    rows, seed : int
        Accounts of each part; seed of the trees and the random orders.
    """
    train, test = (network.tensor(part.features)[:rows] for part in (parts.train, parts.test))
    labels = parts.train.target[:rows], parts.test.target[:rows]
    found = {}
    for method in ("nothing", "random", "gradient-x-input", "integrated-gradients"):
        blanked = [
            part.numpy() if method == "nothing" else _blanked(network.model, part, method, seed)
            for part in (train, test)
        ]
        trees = HistGradientBoostingClassifier(
            max_iter=40, max_leaf_nodes=15, early_stopping=False, random_state=seed
        ).fit(blanked[0], labels[0])
        found[f"retrained.{method}.auc"] = roc_auc(labels[1], trees.decision_function(blanked[1]))
        if method not in ("nothing", "random"):
            lost = found["retrained.random.auc"] - found[f"retrained.{method}.auc"]
            found[f"retrained.{method}.below-random"] = lost
    return found


def _blanked(model: nn.Module, rows: Tensor, method: str, seed: int) -> NDArray[np.float32]:
    """Rows in which the features with the largest attributions in size are at the median, 0."""
    base = torch.zeros(1, rows.shape[1])
    values = attribute(model, rows, baselines=base, method=method, steps=8, seed=seed).values
    named = np.argsort(-np.abs(values), axis=1)[:, :REMOVED]
    left = rows.numpy().copy()
    np.put_along_axis(left, named, 0, axis=1)
    return left


def recoursed(
    network: CreditNetwork, parts: Parts, data: TabularData, *, seed: int, config: Config
) -> dict[str, float]:
    """Recourse for refused test accounts by three ways, by sex, and what flips a decision.

    Ways: `accepted` copies from similar accepted accounts, `gradient` walks downhill, `random`
    takes all actionable values of an accepted account drawn at random (the baseline).

    Parameters
    ----------
    network, parts, data
        The network, its split, and the table with its column of sex.
    seed, config
        Of the run.
    """
    model, threshold = network.model, float(np.log(credit.REFUSE_AT / (1 - credit.REFUSE_AT)))
    columns = list(parts.train.features.columns)
    actionable = [columns.index(name) for name in ACTIONABLE]
    with torch.no_grad():
        pool, test = network.tensor(parts.train.features), network.tensor(parts.test.features)
        pool = pool[model(pool) < threshold]
        refused = torch.nonzero(model(test) >= threshold).flatten()[: config.recourse_rows]
    rows = test[refused]

    def score(values: Floats) -> NDArray[np.floating]:
        with torch.no_grad():
            return np.asarray(model(torch.as_tensor(values, dtype=torch.float32)).numpy())

    drawn = rows.numpy().copy()
    donors = np.random.default_rng(seed).integers(len(pool), size=len(rows))
    drawn[:, actionable] = pool.numpy()[donors][:, actionable]
    ways = {
        "accepted": recourse.from_accepted(score, rows, pool, threshold=threshold,
                                           actionable=actionable),
        "gradient": recourse.along_gradient(model, rows, threshold=threshold,
                                            actionable=actionable),
        "random": recourse.measure(score, rows, drawn, threshold=threshold),
    }  # fmt: skip
    real, fresh = network.tensor(parts.train.features), network.tensor(parts.validation.features)
    again = fit_credit_network(parts, hidden=config.hidden, epochs=config.epochs,
                               seed=seed + 1000, device=config.device).model  # fmt: skip
    status = [columns.index(name) for name in ACTIONABLE if name in STATUS]
    found = {}
    for way, result in ways.items():
        found[f"recourse.{way}.valid"] = float(result.valid.mean())
        found[f"recourse.{way}.changed"] = float(result.changed.mean())
        found[f"recourse.{way}.distance"] = float(result.distance.mean())
        near = recourse.plausible(result.rows, real, fresh[:1000])
        found[f"recourse.{way}.plausible"] = float(near.mean())
        occurs = recourse.occurring(result.rows[:, status], real[:, status])
        found[f"recourse.{way}.occurring"] = float(occurs.mean())
        with torch.no_grad():
            later = again(torch.as_tensor(result.rows, dtype=torch.float32)) < threshold
        found[f"recourse.{way}.valid-again"] = float(later.float().mean())
    sex = data.split(seed=seed).test.sensitive["sex"].to_numpy()[refused.numpy()]
    mine = ways["accepted"]
    for name in np.unique(sex):
        group = sex == name
        found[f"recourse.by-sex.{name}.distance"] = float(mine.distance[group].mean())
    first, second = (mine.distance[sex == name].mean() for name in np.unique(sex))
    found["recourse.by-sex.difference"] = float(first - second)
    return found | _flips(network, test[: 10 * len(rows)], threshold, seed)


def _flips(network: CreditNetwork, rows: Tensor, threshold: float, seed: int) -> dict[str, float]:
    """Share of decisions that flip if each feature may move by `RADIUS`."""
    generator = torch.Generator().manual_seed(seed)
    ways = {
        "attack": recourse.attack_directions(network.model, rows, threshold=threshold),
        "random": torch.randint(2, rows.shape, generator=generator).float() * 2 - 1,
    }
    return {
        f"flip.{way}.share": float(
            (recourse.flip_radius(network.model, rows, signs, threshold=threshold, largest=RADIUS)
             < np.inf).mean()
        )
        for way, signs in ways.items()
    }  # fmt: skip


def _add(found: dict[str, float], name: str, curves: list[removal.Curves], change: float) -> None:
    for quantity in ("gap", "comprehensiveness", "sufficiency"):
        values = [getattr(one, quantity) for one in curves]
        values = [value() if callable(value) else value for value in values]
        found[f"{name}.{quantity}"] = float(np.concatenate(values).mean()) / change


def _steps(task: ExplainTask, config: Config) -> int:
    """All points where completeness is held to a bar, a quarter elsewhere."""
    return config.steps if task.name == "credit" else max(1, config.steps // 4)


def _most(difference: Floats) -> float:
    return float(np.abs(difference).max())
