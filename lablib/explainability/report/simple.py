"""What can be read instead: a tree that imitates the model, and models that need no imitation."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from lablib.evaluation import Estimate, bootstrap, paired_bootstrap_difference
from lablib.explainability.readable import additive, scorers, surrogate
from lablib.explainability.readable.rules import Condition, Rule
from lablib.explainability.report.coding import Coding, Floats, design
from lablib.explainability.report.parts import ReportRows
from lablib.explainability.report.quality import auc
from lablib.explainability.report.settings import ReportSettings
from lablib.explainability.report.subject import Subject


@dataclass(frozen=True)
class StandIn:
    """A surrogate tree: how far it agrees with the model on held-out rows, and its rules in words.

    `permuted` is the fidelity of a tree fitted to shuffled scores, the control; each rule is its
    words, the model's typical probability there, and its share of the reference rows.
    """

    fidelity: surrogate.Fidelity
    permuted: surrogate.Fidelity
    rules: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Competitor:
    """A readable model: its AUROC, and by how much the explained model is above it, paired."""

    name: str
    size: str
    auroc: Estimate
    cost: Estimate


def stand_in(subject: Subject, parts: ReportRows, settings: ReportSettings) -> StandIn:
    """Distil a tree from the model's scores on reference rows and measure it on held-out rows.

    Parameters
    ----------
    subject, parts, settings
        Of the report.
    """
    coding = subject.coding
    known = design(coding, parts.reference, like=parts.reference)
    held = design(coding, parts.held, like=parts.reference)
    scores, truth = subject.probability(parts.reference), subject.probability(parts.held)
    least = max(5, len(known) // 100)
    shuffled = np.random.default_rng(settings.seed).permutation(scores)
    trees = [
        surrogate.distil(
            known, target, max_leaves=settings.leaves, min_leaf=least, seed=settings.seed
        )
        for target in (scores, shuffled)
    ]
    found, control = (
        surrogate.fidelity(truth, tree.predict(held), threshold=settings.threshold)
        for tree in trees
    )
    rules = sorted(trees[0].rules(), key=lambda rule: -rule.probability)
    return StandIn(
        found, control, tuple((rule_words(r, coding), r.probability, r.share) for r in rules)
    )


def rule_words(rule: Rule, coding: Coding) -> str:
    """A rule on the columns of a design, in words.

    Parameters
    ----------
    rule : Rule
        Conditions on columns of numbers, or on columns of 0 and 1 named `column = class`.
    coding : Coding
        Says which is which.
    """
    numbers = {column.name for column in coding.columns if column.classes is None}
    return " and ".join(_condition(c, numbers) for c in rule.conditions) or "every row"


def _condition(condition: Condition, numbers: set[str]) -> str:
    if condition.feature in numbers:
        return f"{condition.feature} {'≤' if condition.at_most else '>'} {condition.threshold:,.6g}"
    column, _, value = condition.feature.partition(" = ")
    return f"{column} is {'not ' if condition.at_most else ''}{value}"


def competitors(
    subject: Subject, parts: ReportRows, settings: ReportSettings
) -> tuple[Competitor, ...]:
    """Logistic regression and an additive model, fitted to the labels of the reference rows.

    Parameters
    ----------
    subject, parts, settings
        Of the report.
    """
    known = design(subject.coding, parts.reference, like=parts.reference)
    held = design(subject.coding, parts.held, like=parts.reference)
    with warnings.catch_warnings():
        # Not fully converged is still a model, and it is measured like any other.
        warnings.simplefilter("ignore", ConvergenceWarning)
        line = scorers.fit_logistic(known, parts.reference_labels)
        curves = additive.fit_gam(known, parts.reference_labels, seed=settings.seed)
    theirs = subject.probability(parts.held)
    wide = known.shape[1]
    return (
        _compared("logistic regression", f"{wide} weights", line.predict(held), theirs, parts,
                  settings),
        _compared("additive model (splines)", f"{wide} curves", curves.predict(held), theirs,
                  parts, settings),
    )  # fmt: skip


def _compared(
    name: str, size: str, ours: Floats, theirs: Floats, parts: ReportRows, settings: ReportSettings
) -> Competitor:
    seed, count = settings.seed, settings.resamples
    return Competitor(
        name, size, bootstrap(auc, parts.labels, ours, seed=seed, n_resamples=count),
        paired_bootstrap_difference(auc, parts.labels, theirs, ours, seed=seed, n_resamples=count),
    )  # fmt: skip
