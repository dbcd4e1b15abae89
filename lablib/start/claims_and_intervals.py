"""How far one run of a comparison can be trusted, on one thousand real loans.

Logistic regression and a small random forest are trained on the same rows, again and again, each
time with a new split and new training randomness. The long-run mean over all seeds is the answer;
the question is how often a few seeds give it. Control: the forest against itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lablib import record
from lablib.evaluation import (
    Estimate,
    Interval,
    across_seeds,
    bootstrap,
    clopper_pearson,
    proportion,
    wilson,
)
from lablib.record import Record, Recorder
from lablib.start import verdicts
from lablib.start.runs import Flags, Run, collect, load_rows

LISTED = 20  # runs that the record lists one by one, for figures
Z = 1.96  # normal quantile of a 95 % interval


@dataclass(frozen=True)
class Config:
    """Settings: every seed is one split and one training of each model.

    `test_sizes` are nested (the first rows of the largest); `test_rows` is the one that verdicts
    and coverage use. `group_sizes` are the numbers of seeds a comparison may use.
    """

    seeds: tuple[int, ...] = tuple(range(600))
    train_rows: int = 600
    test_rows: int = 200
    test_sizes: tuple[int, ...] = (50, 100, 200, 400)
    group_sizes: tuple[int, ...] = (1, 2, 5, 10, 20)
    trees: int = 7
    n_resamples: int = 1000


CONFIGS = {"quick": Config(), "full": Config(seeds=tuple(range(6000)))}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> Record:
    """Run every seed once, then measure spread, wrong winners, coverage and the control."""
    rows = load_rows()
    recorder = record.start(
        "start/claims-and-intervals",
        scale=scale,
        config=config,
        seeds=config.seeds,
        data={"german-credit": rows.sha256},
    )
    runs = collect(
        rows,
        config.seeds,
        train_rows=config.train_rows,
        test_rows=max(config.test_sizes),
        trees=config.trees,
        progress=progress,
    )
    recorder.metric("case.rows", len(rows.target))
    recorder.metric("case.trees", config.trees)
    _accuracies(recorder, runs, config)
    _case(recorder, runs, config)
    _spread(recorder, runs, config)
    _winners(recorder, runs, config)
    _coverage(recorder, runs, config)
    return recorder.finish(baseline="majority.accuracy", control="copies.interval.1")


def _accuracies(recorder: Recorder, runs: Run, config: Config) -> None:
    """Long-run accuracies, their difference, and what a single run shows of them."""
    n = config.test_rows
    shares = {
        name: getattr(runs, name)[:, :n].mean(axis=1)
        for name in ("logistic", "forest", "copy", "majority")
    }
    for name, values in shares.items():
        recorder.estimate(f"{name}.accuracy", across_seeds(values))
    recorder.estimate("difference", across_seeds(shares["logistic"] - shares["forest"]))
    recorder.estimate("copies.difference", across_seeds(shares["forest"] - shares["copy"]))

    # Var(difference) of one run is about (share of rows on which the two models disagree) / N.
    disagree = across_seeds((runs.logistic[:, :n] != runs.forest[:, :n]).mean(axis=1))
    recorder.estimate("disagreement", disagree)
    gap = abs(recorder.metrics["difference"].value)
    needed = Z**2 * disagree.value / gap**2 if gap else float(2**53)
    recorder.metric("rows.needed", round(needed), unit="test rows")


def _case(recorder: Recorder, runs: Run, config: Config) -> None:
    """Single runs: the first few with their intervals, and the first that turns the order round."""
    n = config.test_rows
    listed = []
    for seed, hits in list(zip(config.seeds, runs.logistic[:, :n], strict=True))[:LISTED]:
        one = proportion(hits)
        listed.append({"seed": seed, "value": one.value, **_ends(one)})
    recorder.table("runs", listed)

    signs = verdicts.higher_wins(verdicts.groups(runs.logistic[:, :n], runs.forest[:, :n], size=1))
    recorder.metric("case.forest-ahead", int((signs[:LISTED] < 0).sum()), n=len(listed))
    recorder.metric("case.listed", len(listed))
    first = np.argmax(signs != 0)
    places = {"first": int(first), "reversal": int(np.argmax(signs == -signs[first]))}
    for name, place in places.items():
        recorder.metric(f"case.{name}.seed", config.seeds[place])
        for model in ("logistic", "forest"):
            recorder.estimate(f"case.{name}.{model}", proportion(getattr(runs, model)[place, :n]))


def _spread(recorder: Recorder, runs: Run, config: Config) -> None:
    """Standard deviation of the accuracy over seeds against the binomial formula."""
    table = []
    for n in config.test_sizes:
        values = runs.logistic[:, :n].mean(axis=1)
        spread = bootstrap(
            _deviation, values, seed=n, n_resamples=config.n_resamples, vectorized=True
        )
        mean = float(values.mean())
        formula = float(np.sqrt(mean * (1 - mean) / n))
        recorder.estimate(f"spread.{n}", spread)
        recorder.metric(f"spread.formula.{n}", formula)
        table.append({"rows": n, "value": spread.value, "formula": formula, **_ends(spread)})
    recorder.table("spread", table)


def _winners(recorder: Recorder, runs: Run, config: Config) -> None:
    """How often each rule names the wrong model, or names one where there is none."""
    n = config.test_rows
    logistic, forest, copy = runs.logistic[:, :n], runs.forest[:, :n], runs.copy[:, :n]
    right = int(np.sign(recorder.metrics["difference"].value))
    wrong, rules = [], []
    for size in config.group_sizes:
        named = verdicts.higher_wins(verdicts.groups(logistic, forest, size=size))
        luck = verdicts.higher_wins(verdicts.groups(forest, copy, size=size))
        recorder.estimate(f"wrong.{size}", proportion(named == -right))
        recorder.estimate(f"tie.{size}", proportion(named == 0))
        recorder.estimate(f"copies.higher.{size}", proportion(luck != 0))
        decided = _decide(logistic, forest, size, config)
        recorder.estimate(f"interval.right.{size}", proportion(decided == right))
        recorder.estimate(f"interval.wrong.{size}", proportion(decided == -right))
        control = _decide(forest, copy, size, config)
        recorder.estimate(f"copies.interval.{size}", proportion(control != 0))
        wrong.append(_row(recorder, f"wrong.{size}", seeds=size))
        rules += [
            _row(recorder, f"copies.higher.{size}", seeds=size, rule="higher wins", pair="copies"),
            _row(recorder, f"copies.interval.{size}", seeds=size, rule="interval", pair="copies"),
            _row(recorder, f"interval.right.{size}", seeds=size, rule="interval", pair="models"),
        ]
    recorder.table("wrong", wrong)
    recorder.table("rules", rules)


def _decide(first: Flags, second: Flags, size: int, config: Config) -> verdicts.Verdicts:
    """The interval rule: over test rows for one seed, over seeds for several."""
    if size == 1:
        return verdicts.rows_decide(first, second, seed=0, n_resamples=config.n_resamples)
    return verdicts.seeds_decide(verdicts.groups(first, second, size=size))


def _coverage(recorder: Recorder, runs: Run, config: Config) -> None:
    """Share of runs whose interval holds the long-run accuracy; training rows as control."""
    hits = runs.logistic[:, : config.test_rows]
    target = float(hits.mean())
    makers: dict[str, Callable[[NDArray[np.bool_], int], Interval]] = {
        "exact": lambda row, _: clopper_pearson(int(row.sum()), row.size),
        "wilson": lambda row, _: wilson(int(row.sum()), row.size),
        "bootstrap": lambda row, seed: (
            bootstrap(
                np.mean, row, seed=seed, n_resamples=config.n_resamples, vectorized=True
            ).interval
        ),
    }
    for name, maker in makers.items():
        intervals = [maker(row, seed) for row, seed in zip(hits, config.seeds, strict=True)]
        recorder.estimate(f"coverage.{name}", proportion([i.contains(target) for i in intervals]))
        recorder.metric(f"width.{name}", float(np.mean([i.width for i in intervals])))
        if name == "exact":
            baseline = recorder.metrics["majority.accuracy"].value
            holds = proportion([i.contains(baseline) for i in intervals])
            recorder.estimate("holds-baseline.exact", holds)
    seen = [clopper_pearson(int(row.sum()), row.size) for row in runs.training]
    recorder.estimate("coverage.training-rows", proportion([i.contains(target) for i in seen]))


def _deviation(values: NDArray[np.float64], axis: int = -1) -> Any:
    return np.std(values, axis=axis, ddof=1)


def _ends(estimate: Estimate) -> dict[str, float]:
    return {"low": estimate.interval.low, "high": estimate.interval.high}


def _row(recorder: Recorder, name: str, **columns: Any) -> dict[str, Any]:
    """A table line from a recorded share: value, ends and n, after `columns`."""
    metric = recorder.metrics[name]
    ends = metric.interval or Interval(metric.value, metric.value)
    return {**columns, "value": metric.value, "low": ends.low, "high": ends.high, "n": metric.n}


# Two-sided: a spread, an error rate or a coverage that is too good is as wrong as one too bad.
_BOTH = {
    "logistic.accuracy": (0.73, 0.765),
    "forest.accuracy": (0.71, 0.745),
    "majority.accuracy": (0.69, 0.71),
    "difference": (0.008, 0.027),
    "spread.200": (0.024, 0.033),
    "holds-baseline.exact": (0.65, 0.88),
    "coverage.training-rows": (0.1, 0.5),
}
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        **_BOTH,
        "wrong.1": (0.17, 0.31),
        "wrong.20": (0.0, 0.15),
        "copies.higher.1": (0.88, 0.98),
        "copies.interval.1": (0.012, 0.075),
        "copies.interval.5": (0.005, 0.13),
        "coverage.exact": (0.94, 0.992),
        "coverage.bootstrap": (0.925, 0.985),
    },
    "full": {
        **_BOTH,
        "wrong.1": (0.2, 0.29),
        "wrong.20": (0.0, 0.05),
        "copies.higher.1": (0.91, 0.97),
        "copies.interval.1": (0.025, 0.065),
        "copies.interval.5": (0.03, 0.075),
        "coverage.exact": (0.95, 0.985),
        "coverage.bootstrap": (0.94, 0.98),
    },
}
