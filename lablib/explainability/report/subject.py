"""The model to explain, whatever it is, as one function: coded rows to log-odds.

scikit-learn models and functions are asked for probabilities of decoded rows; torch modules get the
numbers themselves and stay differentiable. What does not fit is refused here, before it can give a
report about something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from lablib.explainability.readable.surrogate import CLIP
from lablib.explainability.report import network
from lablib.explainability.report.coding import Coding, Floats, code
from lablib.explainability.report.settings import ReportSettings

PROBED = 200  # rows on which a model is tried out
Probability = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class Subject:
    """A model with its input and its two answers.

    `function` takes coded rows (M, F) as doubles to log-odds (M,) of `positive`, clipped so that
    they stay finite; if `differentiable`, gradients can pass. `trees` is the model itself where
    shap can read its log-odds.
    """

    name: str
    kind: str
    coding: Coding
    positive: Any
    negative: Any
    function: Callable[[Tensor], Tensor]
    differentiable: bool
    trees: Any | None

    def probability(self, codes: Floats) -> Floats:
        """Probability of `positive`, (N, F) to (N,)."""
        with torch.no_grad():
            scores = self.function(torch.from_numpy(np.array(codes, dtype=np.float64)))
        return np.asarray(torch.sigmoid(scores.double()).numpy())

    def label(self, values: pd.Series[Any]) -> Any:
        """Target values (N,) as 1 for `positive` and 0 for `negative`."""
        return (values == self.positive).to_numpy().astype(np.int64)


def wrap(
    model: Any,
    table: pd.DataFrame,
    train: pd.DataFrame | None,
    *,
    target: str,
    settings: ReportSettings,
) -> Subject:
    """Make a model explainable, or say why it cannot be.

    Parameters
    ----------
    model, table, train, target
        As for `report.explain`.
    settings : ReportSettings
        Names of columns and answers.

    Raises
    ------
    ValueError
        If they do not fit together.
    """
    tables = [table] if train is None else [table, train]
    values = _two_values(tables, target)
    names = _names(model, table, target, settings)
    coding = code(tables, names)
    if isinstance(model, nn.Module):
        answers = _answers(values, None, settings)
        subject = Subject(
            name=type(model).__name__, kind="torch", coding=coding, positive=answers[0],
            negative=answers[1], differentiable=True, trees=None,
            function=network.log_odds(
                model, coding, table.head(PROBED), output=settings.output,
                first_is_positive=answers[0] == values[0],
            ),
        )  # fmt: skip
    elif hasattr(model, "predict_proba"):
        subject = _estimator(model, coding, values, settings)
    elif hasattr(model, "predict"):
        raise ValueError(
            f"model is a {type(model).__name__} without predict_proba; a report is on two-class "
            "models that give probabilities, so calibrate a classifier "
            "(sklearn.calibration.CalibratedClassifierCV) or pass a function"
        )
    elif callable(model):
        subject = _callable(model, coding, values, settings)
    else:
        raise ValueError(
            f"model is a {type(model).__name__}; pass a fitted scikit-learn classifier, a torch "
            "module, or a function from a table to probabilities"
        )
    _try(subject, coding.encode(table.head(PROBED)))
    return subject


def _two_values(tables: list[pd.DataFrame], target: str) -> tuple[Any, Any]:
    for table in tables:
        if target not in table.columns:
            known = ", ".join(map(str, table.columns))
            raise ValueError(f"target is {target!r}; the table has the columns {known}")
        if gone := int(table[target].isna().sum()):
            raise ValueError(f"target {target!r} is missing in {gone} rows; drop them first")
    values = sorted(pd.concat([table[target] for table in tables]).unique().tolist(), key=str)
    if len(values) != 2:
        shown = ", ".join(map(repr, values[:5]))
        raise ValueError(
            f"target {target!r} has {len(values)} values ({shown}{', ...' * (len(values) > 5)}); "
            "a report is on two answers, so compare one class with the rest"
        )
    return values[0], values[1]


def _names(
    model: Any, table: pd.DataFrame, target: str, settings: ReportSettings
) -> tuple[str, ...]:
    own = getattr(model, "feature_names_in_", None)
    aside = {target} | ({settings.group} if settings.group else set())
    names = settings.features or (
        tuple(own) if own is not None else tuple(c for c in table.columns if c not in aside)
    )
    if target in names:
        raise ValueError(f"features hold the target {target!r}; a model must not be given it")
    count = getattr(model, "n_features_in_", len(names))
    if count != len(names):
        raise ValueError(
            f"the model takes {count} features, the table offers {len(names)}: "
            f"{', '.join(map(str, names))}; name the right ones, in order, as features"
        )
    return tuple(map(str, names))


def _answers(values: tuple[Any, Any], known: Any, settings: ReportSettings) -> tuple[Any, Any]:
    """Positive and negative value of the target."""
    classes = list(values) if known is None else list(known)
    if len(classes) != 2:
        raise ValueError(f"the model has {len(classes)} classes; a report is on two-class models")
    if set(classes) != set(values):
        raise ValueError(
            f"the model's classes are {classes}, the target's values {list(values)}; "
            "write the target as the model learnt it"
        )
    positive = classes[1] if settings.positive is None else match(settings.positive, classes)
    return positive, classes[0] if positive == classes[1] else classes[1]


def match(value: object, classes: list[Any]) -> Any:
    """The class that `value` names; a text such as "1" also names the number 1.

    Parameters
    ----------
    value : object
        What a person wrote.
    classes : list
        Values of the target.
    """
    for one in classes:
        if value == one or str(value) == str(one):
            return one
    raise ValueError(f"{value!r} is no value of the target; it has {classes[0]!r}, {classes[1]!r}")


def _estimator(
    model: Any, coding: Coding, values: tuple[Any, Any], settings: ReportSettings
) -> Subject:
    positive, negative = _answers(values, getattr(model, "classes_", None), settings)
    known = list(getattr(model, "classes_", values))
    place = known.index(positive)
    by_name = hasattr(model, "feature_names_in_") or not coding.numeric

    def probability(codes: Floats) -> Floats:
        rows = coding.decode(codes)
        return np.asarray(model.predict_proba(rows if by_name else rows.to_numpy())[:, place])

    trees = coding.numeric and hasattr(model, "decision_function") and _is_boosted(model)
    return Subject(
        name=_model_name(model), kind="scikit-learn", coding=coding, positive=positive,
        negative=negative, function=_on_tensors(probability), differentiable=False,
        trees=model if trees and place == 1 else None,
    )  # fmt: skip


def _callable(
    function: Callable[[pd.DataFrame], Any], coding: Coding, values: tuple[Any, Any], settings: Any
) -> Subject:
    positive, negative = _answers(values, None, settings)

    def probability(codes: Floats) -> Floats:
        return np.asarray(function(coding.decode(codes)), dtype=np.float64)

    name = getattr(function, "__name__", type(function).__name__)
    return Subject(
        name=name, kind="function", coding=coding, positive=positive, negative=negative,
        function=_on_tensors(probability), differentiable=False, trees=None,
    )  # fmt: skip


def _on_tensors(probability: Probability) -> Callable[[Tensor], Tensor]:
    return lambda rows: torch.logit(
        torch.from_numpy(np.array(probability(rows.numpy()), dtype=np.float64)), eps=CLIP
    )


def _is_boosted(model: Any) -> bool:
    return type(model).__name__ in ("HistGradientBoostingClassifier", "GradientBoostingClassifier")


def _model_name(model: Any) -> str:
    steps = getattr(model, "steps", None)
    return " + ".join(type(s).__name__ for _, s in steps) if steps else type(model).__name__


def _try(subject: Subject, codes: Floats) -> None:
    """Ask twice: the model must run, give one finite score a row, and say the same again."""
    try:
        first, again = subject.probability(codes), subject.probability(codes)
    except Exception as error:  # whatever a foreign model raises
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise ValueError(
            f"the model does not run on the table: {first_line}; give the columns it was "
            "fitted on as features"
        ) from error
    if first.shape != (len(codes),) or not np.isfinite(first).all():
        raise ValueError(
            f"the model gives shape {first.shape} with {int((~np.isfinite(first)).sum())} missing "
            f"numbers for {len(codes)} rows; it must give one number a row, so fill gaps first"
        )
    if np.abs(first - again).max() > 1e-6:
        raise ValueError(
            "the model gives other scores when asked again; switch dropout off (eval()) before "
            "it is saved or explained"
        )
