"""Attributions of the report's rows, each with its completeness error, beside random ones."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from lablib.evaluation import Estimate, bootstrap
from lablib.explainability.attribution import agreement
from lablib.explainability.attribution.faithfulness import Curves, random_curves, removal_curves
from lablib.explainability.attribution.methods import attribute
from lablib.explainability.report.coding import Floats
from lablib.explainability.report.parts import ReportRows
from lablib.explainability.report.settings import ReportSettings
from lablib.explainability.report.subject import Subject

ANY = ("occlusion", "lime", "sampled-shapley")
INSIDE = ("gradient-x-input", "integrated-gradients")
SUMS = ("gradient-x-input", "integrated-gradients", "sampled-shapley", "tree-shap")
TOLD = 3  # columns that a person would be told
FLAT = 1e-6  # change of the log-odds below which there is nothing to explain


@dataclass(frozen=True)
class Judged:
    """One method on the explained rows.

    - values: attributions (N, F) of the log-odds.
    - incomplete: what is missing from their sum, as a share of the change f(x) - f(baseline).
    - gap: mean of insertion above deletion as a share of the change, `faithfulness.Curves.gap`.
    - over_random: the same minus that of random orders on the same rows; None if nothing changes.
    """

    method: str
    values: Floats
    incomplete: float
    gap: float | None
    over_random: Estimate | None

    @property
    def beats_random(self) -> bool:
        """Whether its whole interval lies above random attributions."""
        return self.over_random is not None and self.over_random.interval.low > 0

    @property
    def promises_sum(self) -> bool:
        """Whether the method claims that its attributions add up."""
        return self.method in SUMS


@dataclass(frozen=True)
class Explained:
    """All methods on the same rows (N, F) with log-odds `scores` (N,), against one `baseline`."""

    rows: Floats
    scores: Floats
    baseline: Floats
    judged: tuple[Judged, ...]
    disagreement: dict[tuple[str, str], tuple[float, float]]

    @property
    def best(self) -> Judged:
        """The method furthest above random; the first one if nothing changes."""
        return max(self.judged, key=lambda j: j.over_random.value if j.over_random else 0.0)


def explain(subject: Subject, parts: ReportRows, settings: ReportSettings) -> Explained:
    """Attribute some held-out rows by every method that fits the model, and test each.

    Parameters
    ----------
    subject, parts, settings
        Of the report.
    """
    rng = np.random.default_rng(settings.seed)
    chosen = rng.permutation(len(parts.held))[: settings.rows]
    rows, baseline = parts.held[chosen], subject.coding.usual(parts.reference)
    methods = (*(INSIDE if subject.differentiable else ()), *ANY)
    if subject.trees is not None:
        methods = ("tree-shap", *methods)
    values, missing = {}, {}
    for method in methods:
        found = _attributed(subject, rows, baseline, method, settings)
        values[method], missing[method] = found
    scores = subject.function(torch.from_numpy(rows)).detach().numpy()
    return Explained(
        rows, scores, baseline,
        judged=judge(subject, rows, baseline, values, missing=missing, settings=settings),
        disagreement=agreement.disagreement(values, k=min(TOLD, rows.shape[1])),
    )  # fmt: skip


def _attributed(
    subject: Subject, rows: Floats, baseline: Floats, method: str, settings: ReportSettings
) -> tuple[Floats, float]:
    model = subject.trees if method == "tree-shap" else subject.function
    with warnings.catch_warnings():
        # Estimators fitted with names warn when shap hands them bare arrays.
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        found = attribute(
            model, torch.from_numpy(rows), baselines=torch.from_numpy(baseline[None]),
            method=method, samples=settings.samples, seed=settings.seed,
        )  # fmt: skip
    return found.values, found.relative_error


def judge(
    subject: Subject, rows: Floats, baseline: Floats, values: Mapping[str, Floats], *,
    missing: Mapping[str, float], settings: ReportSettings,
) -> tuple[Judged, ...]:  # fmt: skip
    """Remove and insert columns in the order of each method, beside random orders.

    Parameters
    ----------
    subject : Subject
        The model.
    rows, baseline : array, shape (N, F) and (F,)
        What is explained, and what absent columns hold.
    values : mapping
        Method to attributions (N, F).
    missing : mapping
        Method to its share of incompleteness.
    settings : ReportSettings
        Seed and bootstrap samples.
    """
    inputs, base = torch.from_numpy(rows), torch.from_numpy(baseline[None])
    control = random_curves(subject.function, inputs, baselines=base, seed=settings.seed)
    flat = float(control.change.mean()) < FLAT
    found = []
    for method, claims in values.items():
        if flat:
            found.append(Judged(method, claims, missing[method], None, None))
            continue
        curves = removal_curves(subject.function, inputs, claims, baselines=base)
        gap = float(curves.gap.mean() / control.change.mean())
        over = _over_random(curves, control, settings)
        found.append(Judged(method, claims, missing[method], gap, over))
    return tuple(found)


def _over_random(curves: Curves, control: Curves, settings: ReportSettings) -> Estimate:
    """Mean gap beyond that of random orders, over the mean change, with rows resampled."""
    return bootstrap(
        lambda above, change: float(above.mean() / max(change.mean(), FLAT)),
        curves.gap - control.gap, control.change,
        seed=settings.seed, n_resamples=max(1000, settings.resamples),
    )  # fmt: skip
