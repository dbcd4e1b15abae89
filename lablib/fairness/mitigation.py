"""Experiment: what does it cost to lower a named gap between groups, and what happens to others?

For each seed and table: every method is fitted to training rows, a setting is chosen on validation
rows for each target gap, and only then are test rows decided on. Beside it: the same answer for
all, thresholds for groups drawn by lot, and what gaps luck alone gives to the linear model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from lablib import record
from lablib.data import Splits
from lablib.evaluation import Estimate, over_splits, roc_auc
from lablib.evaluation.group_intervals import random_group_gaps
from lablib.fairness import tables
from lablib.fairness.mitigating import methods
from lablib.fairness.mitigating.choice import Quality, choose, quality

NAME = "fairness/mitigation"
TEST_OVER_TRAIN = 1 / 3
GAPS = ("dpd", "eod", "eop")
LUCK = {"dpd": "demographic_parity_difference", "eod": "equalized_odds_difference"}
LUCK_DRAWS = 200


@dataclass(frozen=True)
class Config:
    """Settings of a run.

    - seeds: a split and a set of fits each; at least two.
    - tables, rows: which tables, and how many people of each; 0 takes all.
    - targets: gaps that settings are chosen for; the first is the one that is reported by name.
    - odds_target: the same, for methods that aim at equalised odds.
    - bounds, reweighing, regularised, adversarial: settings that each method is tried with.
    - most_fits: regressions that a sweep of our reduction may fit.
    - fairlearn_tables, fairlearn_bounds, fairlearn_iterations, fairlearn_odds: where and how its
      exponentiated gradient runs (its own default is 50 iterations), and if for odds too.
    - penalty: scikit-learn's C of all regressions.
    - unbent: also report thresholds on a regression without steps.
    - folds: of the training rows when thresholds are found; 0 uses validation rows alone.
    - trees: of the boosted model; 0 leaves it out.
    - epochs, batch_size, learning_rate, hidden, device: of the networks; 0 epochs leaves them out.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    tables: tuple[str, ...] = ("adult", "compas", "credit-default")
    rows: tuple[int, ...] = (9_000, 0, 5_000)
    targets: tuple[float, ...] = (0.02, 0.05, 0.1)
    odds_target: float = 0.05
    bounds: tuple[float, ...] = (0.0, 0.005, 0.01, 0.015, 0.025, 0.0375, 0.05, 0.075, 0.1, 0.2)
    reweighing: tuple[float, ...] = (0.5, 1.0, 1.5)
    regularised: tuple[float, ...] = (1.0, 4.0, 8.0)
    adversarial: tuple[float, ...] = (1.0, 4.0)
    most_fits: int = 10
    fairlearn_tables: tuple[str, ...] = ("compas",)
    fairlearn_bounds: tuple[float, ...] = (0.015,)
    fairlearn_iterations: int = 10
    fairlearn_odds: bool = False
    penalty: float = 0.1
    unbent: bool = True
    folds: int = 2
    trees: int = 40
    epochs: int = 8
    batch_size: int = 256
    learning_rate: float = 5e-3
    hidden: tuple[int, ...] = (32,)
    device: str = "cpu"


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(10)), rows=(0, 0, 0), reweighing=(0.5, 1.0, 1.5, 2.0),
        regularised=(1.0, 2.0, 4.0, 16.0), adversarial=(1.0, 4.0),
        fairlearn_tables=("adult", "compas", "credit-default"), fairlearn_iterations=8,
        folds=3, trees=150, learning_rate=3e-3,
    ),
}  # fmt: skip

# Quick bands leave about the width of an interval around one run; those that name an end hold the
# page's sentences. Full bands: the bars of the page, and a run of the thresholds alone.
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        "adult.majority.accuracy": (0.74, 0.78),
        "adult.linear.accuracy": (0.83, 0.88),
        "adult.linear.dpd": (0.13, 0.22),
        "adult.thresholds.dpd": (0.0, 0.06),
        "adult.thresholds.dpd-change.high": (-0.25, -0.02),
        "adult.thresholds.accuracy-change": (-0.04, -0.002),
        "adult.thresholds.accuracy-change.high": (-0.03, 0.0),
        "adult.thresholds.eod-change": (0.03, 0.3),
        "adult.thresholds-odds.eod": (0.0, 0.08),
        "adult.thresholds-odds.eod-change.high": (-0.15, 0.0),
        "adult.thresholds-odds.dpd": (0.06, 0.13),
        "adult.thresholds-odds.dpd-change.high": (-0.15, 0.0),
        "adult.balancing.dpd": (0.15, 0.3),
        "adult.balancing.accuracy-change.high": (-0.2, -0.01),
        "adult.random-groups.dpd-change.low": (-0.1, 0.0),
        "adult.random-groups.dpd-change.high": (0.0, 0.1),
        "adult.features.group-auc.low": (0.85, 1.0),
        "compas.features.group-auc.high": (0.55, 0.8),
        "compas.thresholds.dpd": (0.0, 0.1),
        "compas.mixture.accuracy": (0.5, 0.62),
        "compas.thresholds.dpd-change.high": (-0.3, -0.01),
        "compas.thresholds.eod-change": (-0.3, 0.0),
        "compas.thresholds.accuracy-change": (-0.05, 0.005),
        "compas.mixture.accuracy-change": (-0.2, -0.08),
        "compas.mixture.accuracy-change.high": (-0.3, -0.03),
        "compas.exponentiated.accuracy-change": (-0.2, -0.08),
        "compas.reweighing.dpd-change.low": (-0.06, 0.0),
        "compas.reweighing.dpd-change.high": (0.0, 0.06),
        "credit-default.linear.dpd": (0.01, 0.034),
        "credit-default.luck.dpd": (0.034, 0.046),
        "credit-default.linear.eod": (0.01, 0.09),
        "credit-default.luck.eod": (0.09, 0.17),
        "credit-default.thresholds.dpd-change.low": (-0.08, 0.0),
        "credit-default.thresholds.dpd-change.high": (0.0, 0.08),
        "credit-default.thresholds.eod-change.low": (0.0, 0.08),
        "credit-default.thresholds.eod-change.high": (0.06, 0.16),
    },
    "full": {
        "adult.majority.accuracy": (0.75, 0.77),
        "adult.linear.dpd": (0.14, 0.2),
        "adult.thresholds.accuracy": (0.836, 0.87),
        "adult.thresholds.dpd": (0.0, 0.02),
        "adult.boosted-thresholds.accuracy": (0.852, 0.875),
        "adult.boosted-thresholds.dpd": (0.0, 0.02),
        "adult.thresholds.eod-change.low": (0.05, 0.4),
        "adult.random-groups.dpd-change": (-0.03, 0.03),
        "compas.mixture.accuracy-change.high": (-0.3, -0.02),
        "adult.thresholds-odds.dpd": (0.06, 0.13),
        "adult.thresholds-odds.dpd-change.high": (-0.15, -0.02),
        "adult.thresholds-odds.eod-change.high": (-0.15, 0.0),
        "compas.thresholds.dpd-change.high": (-0.25, -0.02),
        "compas.thresholds.eod-change.high": (-0.2, 0.0),
        "credit-default.linear.dpd": (0.02, 0.04),
        "credit-default.luck.dpd": (0.01, 0.02),
        "credit-default.thresholds.dpd-change.high": (-0.02, 0.0),
        "credit-default.thresholds.eod-change.low": (-0.1, 0.0),
        "credit-default.thresholds.eod-change.high": (0.0, 0.1),
    },
}

CARD = {
    "intended_use": (
        "Teaching: to compare methods that lower one named gap between two recorded groups, with "
        "what each costs in right answers and does to the other gaps."
    ),
    "not_for": (
        "Decisions about people; a claim that a system is fair; choosing a method for other "
        "data without repeating the comparison there; comparing groups that these files merge."
    ),
    "affected": (
        "People who are predicted to earn little, to default or to be charged again. A lowered gap "
        "can be reached by deciding worse about one group, and closing one gap can open another."
    ),
    "limits": (
        "Three public tables from 1994 to 2014, two groups each, as officials recorded them. "
        "Labels themselves carry past treatment. Gaps of decisions at one threshold; no effects "
        "over time, no appeal, no intersections. Group thresholds need the group of each person "
        "and may not be lawful."
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Run every seed on every table and return the record.

    Metrics are `<table>.<method>.<quantity>`: `accuracy`, the gaps `dpd`, `eod` and `eop`, and
    for each the `-change` against the same model without mitigation, paired by split; `luck` has
    the gaps that 95 in 100 random groupings of the linear model's decisions stay below. The table
    `fronts` has a row for each table, method and target. Intervals are `over_splits`, at 95 %.
    """
    if len(config.seeds) < 2:
        raise ValueError(f"seeds is {config.seeds}; an interval over splits needs at least two")
    if len(config.rows) != len(config.tables):
        raise ValueError(f"rows has {len(config.rows)} numbers for {len(config.tables)} tables")
    data = {name: tables.table(name) for name in config.tables}
    recorder = record.start(
        NAME, scale=scale, config=asdict(config), seeds=config.seeds,
        data={name: found.card.file_sha256 for name, found in data.items()},
    )  # fmt: skip
    values: dict[tuple[str, ...], list[float]] = defaultdict(list)
    steps = [(name, rows, seed) for name, rows in zip(config.tables, config.rows, strict=True)
             for seed in config.seeds]  # fmt: skip
    for name, rows, seed in tqdm(steps, disable=None if progress else True, desc="splits"):
        parts = tables.parts(data[name], seed=seed, rows=rows or None)
        bounds = config.fairlearn_bounds if name in config.fairlearn_tables else ()
        settings = replace(config, fairlearn_bounds=bounds)
        for key, value in one_split(parts, seed=seed, config=settings).items():
            values[name, *key].append(value)
    pooled = {
        key: over_splits(found, test_over_train=TEST_OVER_TRAIN) for key, found in values.items()
    }
    for (name, method, *rest), estimate in pooled.items():
        if rest[0] != "at":
            recorder.metric(f"{name}.{method}.{rest[0]}", estimate.value,
                            interval=estimate.interval, n=len(config.seeds))  # fmt: skip
    recorder.table("fronts", list(_rows(pooled)))
    return recorder.finish(
        baseline=f"{config.tables[0]}.majority.accuracy",
        control=f"{config.tables[0]}.random-groups.dpd",
    )


def one_split(
    parts: Splits[tables.GroupedRows], *, seed: int, config: Config
) -> dict[tuple[str, ...], float]:
    """All numbers of one split, by (method, quantity) or (method, "at", target, quantity).

    Parameters
    ----------
    parts : Splits of GroupedRows
        From `tables.parts`.
    seed, config
        Of the run.
    """
    found: dict[tuple[str, ...], float] = {}
    named: dict[str, Quality] = {}
    for method, candidates in methods.fitted(parts, seed=seed, config=config).items():
        criterion = methods.criterion_of(method)
        targets = config.targets if criterion == "dpd" else (config.odds_target,)
        chosen = choose(candidates, parts.validation, criterion=criterion, targets=targets)
        for target, one in chosen.items():
            decided = one.decide(parts.test)
            result = quality(parts.test, decided)
            named.setdefault(method, result)
            if method == "linear":
                found |= _luck(parts.test, decided, seed)
            for quantity, value in asdict(result).items():
                found[method, "at", str(target), quantity] = value
    for method, result in named.items():
        plain = asdict(named[methods.PLAIN_OF.get(method, "linear")])
        for quantity, value in asdict(result).items():
            found[method, quantity] = value
            if method not in ("majority", *methods.PLAIN_OF.values(), "linear"):
                found[method, f"{quantity}-change"] = value - plain[quantity]
    return found | {("features", "group-auc"): _told(parts, config)}


def _told(parts: Splits[tables.GroupedRows], config: Config) -> float:
    """AUC of a linear model that guesses the group from the features: 1 says they give it away."""
    train, test = parts.train, parts.test
    first = str(np.unique(train.groups)[0])
    asked = replace(train, y=(train.groups == first).astype(np.int64))
    score = methods.linear_score(asked, penalty=config.penalty)
    return roc_auc((test.groups == first).astype(np.int64), score(test))


def _luck(
    test: tables.GroupedRows, decided: NDArray[np.int64], seed: int
) -> dict[tuple[str, ...], float]:
    """The gaps of these decisions that 95 in 100 draws of random groups stay below."""
    found: dict[tuple[str, ...], float] = {}
    for short, name in LUCK.items():
        gaps = random_group_gaps(
            name, test.y, decided, groups=test.groups, seed=seed, draws=LUCK_DRAWS
        )
        found["luck", short] = float(np.quantile(gaps, 0.95))
    return found


def _rows(pooled: dict[tuple[str, ...], Estimate]) -> Iterable[dict[str, Any]]:
    """One row for each table, method and target, for the figures."""
    points = dict.fromkeys((key[0], key[1], key[3]) for key in pooled if key[2] == "at")
    for table, method, target in points:
        row: dict[str, Any] = {"table": table, "method": method, "target": float(target)}
        for quantity in ("accuracy", *GAPS):
            estimate = pooled[table, method, "at", target, quantity]
            row[quantity] = estimate.value
            row[f"{quantity}_low"] = estimate.interval.low
            row[f"{quantity}_high"] = estimate.interval.high
        yield row
