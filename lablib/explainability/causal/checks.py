"""The measurements of the experiment: intervals that hold the truth, objections, importances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lablib.evaluation import Interval
from lablib.explainability.causal import estimate, refute, simulate
from lablib.explainability.causal.estimate import Effect
from lablib.explainability.causal.importance import Reading, importance
from lablib.explainability.causal.refute import Refutation
from lablib.explainability.causal.simulate import ADJUSTED, CAUSE, EFFECT, SETS, World
from lablib.explainability.causal.study import Study, risk_ratio

Floats = NDArray[np.float64]
Metric = tuple[str, float, Interval | None, int]
READINGS: tuple[Reading, ...] = ("observational", "interventional")
ESTIMATORS: dict[str, refute.Estimator] = {
    "regression": estimate.regression,
    "weighting": estimate.weighting,
    "doubly-robust": estimate.doubly_robust,
}
# Sets whose estimates the tests try to refute: two wrong ones, and between them the right one.
ON_TRIAL = ("nothing", "age-stress", "with-budget", "with-calls")


def estimates(world: World) -> dict[str, Effect]:
    """Every estimate of the effect of counselling in one world, by `<what>.<estimator>`.

    Parameters
    ----------
    world : World
        From `simulate.people`. The names say what is adjusted for, or which model is wrong.
    """
    y, t = world[EFFECT], world[CAUSE]
    curved = world.covariates(ADJUSTED)
    straight = world.covariates(ADJUSTED, curved=False)
    found = {f"{name}.regression": estimate.regression(y, t, world.covariates(variables))
             for name, variables in SETS.items()}  # fmt: skip
    robust = estimate.doubly_robust
    return found | {
        "age-stress.weighting": estimate.weighting(y, t, curved),
        "age-stress.doubly-robust": robust(y, t, curved),
        "wrong-outcome.regression": estimate.regression(y, t, straight),
        "wrong-propensity.weighting": estimate.weighting(y, t, straight),
        "wrong-outcome.doubly-robust": robust(y, t, straight, propensity_covariates=curved),
        "wrong-propensity.doubly-robust": robust(y, t, curved, propensity_covariates=straight),
        "both-wrong.doubly-robust": robust(y, t, straight),
        "instrument.wald": estimate.instrument(y, t, world["letter"]),
    }


def tried(
    estimator: refute.Estimator, world: World, names: tuple[str, ...], *, seed: int, repeats: int
) -> list[Refutation]:
    """What the four tests say about one estimate in one world.

    Parameters
    ----------
    estimator, seed, repeats
        As for `refute.placebo_treatment`.
    world, names : World, tuple of str
        People, and what is adjusted for.
    """
    y, t, x = world[EFFECT], world[CAUSE], world.covariates(names)
    return [
        refute.placebo_treatment(estimator, y, t, x, seed=seed, repeats=repeats),
        refute.random_cause(estimator, y, t, x, seed=seed, repeats=repeats),
        refute.subset(estimator, y, t, x, seed=seed, repeats=repeats),
        refute.negative_control(estimator, world["earlier"], t, x),
    ]


def strength_needed(estimator: refute.Estimator, world: World, names: tuple[str, ...]) -> float:
    """E-value of an estimate in one world: how strong a hidden confounder would explain it away.

    Parameters
    ----------
    estimator, world, names
        As for `tried`.
    """
    effect = estimator(world[EFFECT], world[CAUSE], world.covariates(names))
    return refute.e_value_of_difference(effect.value, float(world[EFFECT].std()))


def important(*, seed: int, rows: int) -> dict[str, float]:
    """Importances of a line fitted to one world of dials, both readings, and who is ranked wrong.

    `<reading>.<feature>` is the mean size of its Shapley value; `<reading>.wrong` is 1 if the
    column that acts on nothing stands above one that acts.
    """
    features, outcome = simulate.dials(n=rows, seed=seed)
    centred = features - features.mean(0)
    weights, *_ = np.linalg.lstsq(centred, outcome - outcome.mean(), rcond=None)
    found: dict[str, float] = {}
    idle = simulate.KNOWN_EFFECTS.index(0.0)
    for reading in READINGS:
        size = importance(weights, features, reading=reading)
        found |= {f"{reading}.{n}": float(s) for n, s in zip(simulate.DIALS, size, strict=True)}
        found[f"{reading}.wrong"] = float(size[idle] > np.delete(size, idle).min())
    for name in simulate.DIALS:
        turned = simulate.dials(n=rows, seed=seed, turn=name, by=1.0)[1]
        found[f"by-hand.{name}"] = float((turned - outcome).mean())
    return found


def study_effects(study: Study) -> Iterator[Metric]:
    """Rates, their difference and ratio, and the same effect by every estimator."""
    n = len(study.called)
    for group, name in ((1, "white"), (0, "black")):
        yield f"study.{name}", float(study.called[study.white == group].mean()), None, n // 2
    yield "study.ads", float(len(np.unique(study.ad))), None, n
    rows = estimate.regression(study.called, study.white, study.nothing)
    yield "study.difference.rows-alone", rows.value, rows.interval, n
    for name, method in ESTIMATORS.items():
        found = method(study.called, study.white, study.covariates, clusters=study.ad)  # type: ignore[call-arg]
        yield f"study.adjusted.{name}", found.value, found.interval, n
    plain = estimate.regression(study.called, study.white, study.nothing, clusters=study.ad)
    yield "study.difference", plain.value, plain.interval, n
    ratio = risk_ratio(study.called, study.white, clusters=study.ad)
    yield "study.ratio", ratio.value, ratio.interval, n
    yield "study.e-value", refute.e_value(ratio.value), None, n
    yield "study.e-value-of-the-end", refute.e_value(ratio.interval.low), None, n


def study_refuted(study: Study, *, seed: int, repeats: int) -> Iterator[Metric]:
    """What each test finds in the randomised study, and whether it objects (1) or not (0).

    Parameters
    ----------
    study : Study
        The résumés.
    seed, repeats : int
        Of the lots that the tests draw.
    """

    def clustered(y: Floats, t: Floats, x: Floats) -> Effect:
        return estimate.regression(y, t, x, clusters=study.ad if len(y) == len(study.ad) else None)

    arrays = (study.called, study.white, study.nothing)
    found = {
        "placebo": refute.placebo_treatment(
            clustered, *arrays, seed=seed, repeats=repeats, within=study.ad
        ),
        "random-cause": refute.random_cause(clustered, *arrays, seed=seed, repeats=repeats),
        "subset": refute.subset(clustered, *arrays, seed=seed, repeats=repeats),
    }
    experience = study.covariates[:, study.names.index("years_experience")]
    found["negative-control"] = refute.negative_control(
        clustered, experience, study.white, study.nothing
    )
    for test, result in found.items():
        ends = Interval(result.low, result.high)
        yield f"study.refute.{test}", result.value, ends, repeats
        yield f"study.refute.{test}.objects", float(result.objects), None, repeats


def study_importance(study: Study, *, seed: int, resamples: int) -> Iterator[Metric]:
    """Both readings for the name and for the résumé, with intervals over advertisements.

    In units of the call-back rate. `study.importance.gap` is observational minus interventional for
    the name; `study.importance.clearest-gap` the same for the entry of the résumé where the two
    differ most clearly, with an interval that is widened because it was picked among all entries.

    Parameters
    ----------
    study : Study
        The résumés.
    seed, resamples : int
        Of the advertisements drawn with replacement.
    """
    names = ("name", *study.names[:10])
    table = np.column_stack([study.white, study.covariates[:, :10]])

    def measured(rows: NDArray[np.int64] | slice) -> Floats:
        x = (table[rows] - table[rows].mean(0)) / table[rows].std(0)
        y = study.called[rows]
        weights, *_ = np.linalg.lstsq(x, y - y.mean(), rcond=None)
        both = [importance(weights, x, reading=r) for r in READINGS]
        return np.stack([*both, both[0] - both[1]])

    whole = measured(slice(None))
    draws = np.stack([measured(rows) for rows in _whole_ads(study.ad, seed, resamples)])
    spread = draws.std(axis=0, ddof=1)
    clearest = 1 + int((np.abs(whole[2]) / spread[2])[1:].argmax())
    one, many = (float(ndtri(1 - 0.025 / tried)) for tried in (1, len(names) - 1))
    shown = [(row, 0, label, one) for row, label in enumerate((*READINGS, "gap"))]
    shown.append((2, clearest, f"clearest-gap.{names[clearest]}", many))
    for row, column, label, quantile in shown:
        value, reach = float(whole[row, column]), quantile * float(spread[row, column])
        ends = Interval(value - reach, value + reach)
        yield f"study.importance.{label}", value, ends, resamples


def _whole_ads(ads: NDArray[np.int64], seed: int, resamples: int) -> Iterator[NDArray[np.int64]]:
    """Rows of advertisements drawn with replacement, all rows of an advertisement together."""
    rng = np.random.default_rng(seed)
    order = np.argsort(ads, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(ads[order])) + 1)
    for _ in range(resamples):
        drawn: Sequence[int] = rng.integers(0, len(groups), len(groups)).tolist()
        yield np.concatenate([groups[place] for place in drawn])
