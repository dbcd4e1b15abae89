"""The randomised study of names on résumés, as arrays for the estimators.

Bertrand and Mullainathan (American Economic Review 94, 2004) put first names on résumés by lot:
half of those for each advertisement got a name that is read as white. The lot cuts every arrow into
the name, so that the plain difference of the call-back rates is the effect of the name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.data import TabularData, load
from lablib.evaluation import Interval
from lablib.explainability.causal.estimate import Effect, from_influence, regression

Floats = NDArray[np.float64]
# What a résumé says, and what the name and the advertisement add; numbers, one column each.
ON_THE_RESUME = (
    "years_experience", "college_degree", "honors", "worked_during_school", "computer_skills",
    "special_skills", "volunteer", "military", "employment_holes", "email",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Study:
    """N résumés: `called` and `white` (N,) hold 0 and 1; `covariates` (N, F); `ad` (N,)."""

    called: Floats
    white: Floats
    covariates: Floats
    names: tuple[str, ...]
    ad: NDArray[np.int64]
    data: TabularData

    @property
    def nothing(self) -> Floats:
        """No covariates (N, 0), for a plain difference."""
        return np.zeros((len(self.called), 0))


def resumes(data: TabularData | None = None) -> Study:
    """Load the study, or take it from a table at hand.

    Parameters
    ----------
    data : TabularData, optional
        The data set `audit-resumes`.
    """
    table = load("audit-resumes") if data is None else data
    columns = {name: table.features[name].to_numpy(np.float64) for name in ON_THE_RESUME}
    columns["woman's name"] = np.asarray(table.sensitive["sex_of_name"] == "female", np.float64)
    columns["Chicago"] = np.asarray(table.features["city"] == "Chicago", np.float64)
    return Study(
        called=np.asarray(table.target, dtype=np.float64),
        white=np.asarray(table.sensitive["name_group"] == "white", dtype=np.float64),
        covariates=np.column_stack(list(columns.values())),
        names=tuple(columns),
        ad=np.asarray(table.features["ad"], dtype=np.int64),
        data=table,
    )


def risk_ratio(
    outcome: ArrayLike, treatment: ArrayLike, *, clusters: ArrayLike | None = None
) -> Effect:
    """Risk of the treated over risk of the others; its interval is made on the log scale.

    Parameters
    ----------
    outcome, treatment : array_like, shape (N,)
        0 and 1.
    clusters : array_like, shape (N,), optional
        As for `regression`.

    Returns
    -------
    Effect
        1 means no effect. `standard_error` and `influence` are those of the logarithm.
    """
    y, t = np.asarray(outcome, dtype=np.float64), np.asarray(treatment, dtype=np.float64)
    one, other = float(y[t == 1].mean()), float(y[t == 0].mean())
    if not (one > 0 and other > 0):
        raise ValueError("outcome never happens in one of the groups; a ratio needs it in both")
    relative = np.where(t == 1, y / one, y / other)  # each group has mean 1, so the difference is 0
    logs = regression(relative, t, np.zeros((len(y), 0)))
    log = from_influence(np.log(one / other), logs.influence, clusters)
    ends = Interval(float(np.exp(log.interval.low)), float(np.exp(log.interval.high)))
    return Effect(one / other, log.standard_error, ends, log.influence)
