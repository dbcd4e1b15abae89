"""Experiment: does adjusting for the set that the graph names give the effect, and who notices?

One invented bank a seed, in which the effect is known: each estimator under each set of variables,
and whether its interval holds the truth. Then tests that try to refute right and wrong estimates,
the randomised résumé study, and importances by association and by intervention.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from lablib import record
from lablib.evaluation import across_seeds, clopper_pearson
from lablib.explainability.causal import checks, simulate
from lablib.explainability.causal.estimate import regression
from lablib.explainability.causal.study import resumes

NAME = "explainability/causal-graphs"


@dataclass(frozen=True)
class Config:
    """Settings of a run.

    - seeds: one invented world each; coverage is counted over them.
    - people: in each world.
    - tried: worlds, the first ones, whose estimates the tests try to refute.
    - repeats: lots that each test draws.
    - ranked, rows: worlds of the importance part, and rows in each.
    - placebos: lots of the placebo test on the résumé study.
    - resamples: of advertisements, for the intervals of importances there.
    """

    seeds: tuple[int, ...] = tuple(range(200))
    people: int = 1000
    tried: int = 40
    repeats: int = 20
    ranked: int = 40
    rows: int = 500
    placebos: int = 1000
    resamples: int = 60


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(2000)), people=4000, tried=100, repeats=50, ranked=400, rows=2000,
        placebos=10_000, resamples=1000,
    ),
}  # fmt: skip

ACCEPTANCE = {
    scale: {
        # The right set, three ways: honest intervals, and not silly wide ones.
        "age-stress.regression.coverage": (low, high),
        "age-stress.weighting.coverage": (low, high),
        "age-stress.doubly-robust.coverage": (low, high),
        "instrument.wald.coverage": (low, high),
        # One of two models wrong: doubly robust holds, the others do not; both wrong: it fails.
        "wrong-outcome.doubly-robust.coverage": (low, high),
        "wrong-propensity.doubly-robust.coverage": (low, high),
        "wrong-outcome.regression.coverage": (0.0, 0.5),
        "wrong-propensity.weighting.coverage": (0.0, 0.5),
        "both-wrong.doubly-robust.coverage": (0.0, 0.5),
        # Wrong sets: the control that must fail, and two kinds of one variable too many.
        "nothing.regression.coverage": (0.0, 0.05),
        "with-budget.regression.coverage": (0.0, 0.05),
        "with-calls.regression.coverage": (0.0, 0.2),
        "nothing.regression.estimate.low": (0.0, 5.0),
        # The published rates, to the count.
        "study.white": (235 / 2435, 235 / 2435),
        "study.black": (157 / 2435, 157 / 2435),
        "study.difference": (0.0320, 0.0321),
        "study.difference.low": (0.01, 0.03),
        "study.refute.placebo.objects": (0.0, 0.0),
        "study.refute.random-cause.objects": (0.0, 0.0),
        "study.refute.subset.objects": (0.0, 0.0),
        "study.refute.negative-control.objects": (0.0, 0.0),
        # Who notices: nobody but the negative control, and only the confounder.
        **{
            f"refuted.{name}.{test}": (0.0, 0.1)
            for name in checks.ON_TRIAL
            for test in ("placebo-treatment", "random-common-cause", "subset-of-the-rows")
        },
        "refuted.nothing.negative-control": (0.9, 1.0),
        "refuted.age-stress.negative-control": (0.0, 0.2),
        "refuted.with-budget.negative-control": (0.0, 0.2),
        "refuted.with-calls.negative-control": (0.0, 0.2),
        "everything.regression.coverage": (0.0, 0.2),
        # Ranking by association is wrong, by intervention right.
        "importance.observational.wrong": (0.95, 1.0),
        "importance.interventional.wrong": (0.0, 0.05),
        "importance.postcode-over-history.observational.low": (0.0, 1.0),
        "importance.postcode-over-history.interventional.high": (-1.0, 0.0),
        # For what was drawn by lot both readings agree.
        "study.importance.gap.low": (-0.005, 0.0),
        "study.importance.gap.high": (0.0, 0.005),
    }
    for scale, low, high in (("quick", 0.90, 0.99), ("full", 0.93, 0.97))
}

CARD = {
    "intended_use": (
        "Teaching: to derive adjustment sets from graphs, to see what wrong sets do where the "
        "truth is known, and to read a randomised study of call-backs."
    ),
    "not_for": (
        "Claims about credit counselling, which was invented here; claims about employers today; "
        "guessing anybody's group from a name."
    ),
    "affected": (
        "Applicants whose names are read as Black, who got fewer calls for the same résumé; people "
        "on whom a programme is tried because an adjusted number looked like an effect."
    ),
    "limits": (
        "The graph is taken to be right, and nothing here tests that. The invented effects are the "
        "same for everybody. The study has two cities, newspaper advertisements of one year, and "
        "36 first names."
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Run every world and the study, and return the record.

    `<what>.<estimator>.coverage` is the share of worlds whose interval holds the truth, `.estimate`
    the mean over worlds; `refuted.<what>.<test>` the share in which a test objects; `study.*` is of
    the résumés; `importance.*` of the last part.
    """
    if min(len(config.seeds), config.tried, config.ranked) < 2:
        raise ValueError("seeds, tried and ranked must be two or more, so that there is a spread")
    study = resumes()
    cards = {study.data.name: study.data.card.file_sha256}
    recorder = record.start(
        NAME, scale=scale, config=asdict(config), seeds=config.seeds, data=cards
    )
    _coverage(recorder, config, progress)
    _refuted(recorder, config)
    _importance(recorder, config)
    for name, value, interval, n in (
        *checks.study_effects(study),
        *checks.study_refuted(study, seed=0, repeats=config.placebos),
        *checks.study_importance(study, seed=0, resamples=config.resamples),
    ):
        recorder.metric(name, value, interval=interval, n=n)
    recorder.metric("truth", simulate.TRUTH, unit="days late a month")
    return recorder.finish(
        baseline="age-stress.regression.coverage", control="nothing.regression.coverage"
    )


def _coverage(recorder: record.Recorder, config: Config, progress: bool) -> None:
    """How often each interval holds the truth, the mean estimate, and the width of the interval."""
    values: dict[str, list[float]] = defaultdict(list)
    holds: dict[str, int] = defaultdict(int)
    widths: dict[str, list[float]] = defaultdict(list)
    for seed in tqdm(config.seeds, disable=None if progress else True, desc="worlds"):
        for name, found in checks.estimates(simulate.people(n=config.people, seed=seed)).items():
            values[name].append(found.value)
            holds[name] += found.interval.low <= simulate.TRUTH <= found.interval.high
            widths[name].append(found.interval.high - found.interval.low)
    n = len(config.seeds)
    for name in values:
        mean = across_seeds(values[name])
        interval = clopper_pearson(holds[name], n)
        recorder.metric(f"{name}.coverage", holds[name] / n, interval=interval, n=n)
        recorder.metric(f"{name}.estimate", mean.value, interval=mean.interval, n=n)
        recorder.metric(f"{name}.width", float(np.mean(widths[name])), n=n)


def _refuted(recorder: record.Recorder, config: Config) -> None:
    """In how many worlds each test objects to right and to wrong estimates."""
    seeds = config.seeds[: config.tried]
    for name in checks.ON_TRIAL:
        objects: dict[str, int] = defaultdict(int)
        hidden = []
        for seed in seeds:
            world = simulate.people(n=config.people, seed=seed)
            hidden.append(checks.strength_needed(regression, world, simulate.SETS[name]))
            for result in checks.tried(
                regression, world, simulate.SETS[name], seed=seed, repeats=config.repeats
            ):
                objects[result.test.replace(" ", "-")] += result.objects
        mean = across_seeds(hidden)
        recorder.metric(f"e-value.{name}", mean.value, interval=mean.interval, n=len(seeds))
        for test, count in objects.items():
            recorder.metric(
                f"refuted.{name}.{test}", count / len(seeds),
                interval=clopper_pearson(count, len(seeds)), n=len(seeds),
            )  # fmt: skip


def _importance(recorder: record.Recorder, config: Config) -> None:
    """Importances by both readings over worlds, and how often the ranking is wrong."""
    seeds = config.seeds[: config.ranked]
    found = [checks.important(seed=seed, rows=config.rows) for seed in seeds]
    for name in found[0]:
        values = [one[name] for one in found]
        if name.endswith(".wrong"):
            interval = clopper_pearson(round(sum(values)), len(values))
            recorder.metric(f"importance.{name}", float(np.mean(values)), interval=interval,
                            n=len(values))  # fmt: skip
            continue
        mean = across_seeds(values)
        recorder.metric(f"importance.{name}", mean.value, interval=mean.interval, n=len(values))
    for reading in checks.READINGS:
        gap = [one[f"{reading}.postcode"] - one[f"{reading}.history"] for one in found]
        mean = across_seeds(gap)
        recorder.metric(f"importance.postcode-over-history.{reading}", mean.value,
                        interval=mean.interval, n=len(gap))  # fmt: skip
