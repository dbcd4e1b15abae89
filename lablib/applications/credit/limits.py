"""When not to deploy: limits set before a run, held against what the run has measured.

A limit is kept only if the whole interval lies inside. What the record does not hold was not
measured, and what was not measured is no reason to go ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lablib.record import Metric, Record

Verdict = Literal["kept", "broken", "open", "not measured"]


@dataclass(frozen=True)
class Limit:
    """One condition.

    Attributes
    ----------
    words : the condition, for people.
    quantity : property of a row of the matrix, `<row>.<quantity>` in the record.
    bound : worst value that is allowed.
    at_least : True if values must not be below the bound, False if not above.
    absent : verdict where the record has no such metric.
    """

    words: str
    quantity: str
    bound: float
    at_least: bool = False
    absent: Verdict = "not measured"


# Training without noise has no epsilon that is finite, so a row without one breaks that limit.
# The figures are judgements of this course, not of a regulator; a bank has to set its own.
LIMITS = (
    Limit("AUC at least 0.75", "auc", 0.75, at_least=True),
    Limit("calibration error at most 0.02", "ece", 0.02),
    Limit("saves at least 0.2 an account", "saved", 0.2, at_least=True),
    Limit("refusal gap by sex at most 0.05", "dpd-sex", 0.05),
    Limit("error gap by sex at most 0.05", "eod-sex", 0.05),
    Limit("error gap by age at most 0.05", "eod-age", 0.05),
    Limit("turned by small changes at most 0.05", "turned", 0.05),
    Limit("membership advantage at most 0.02", "advantage", 0.02),
    Limit("epsilon at most 3", "epsilon", 3.0, absent="broken"),
    Limit("tried on people once refused", "auc-of-refused", 0.75, at_least=True),
    Limit("tried on another year", "auc-of-later-year", 0.75, at_least=True),
)  # fmt: skip


def verdict(result: Record, row: str, limit: Limit) -> Verdict:
    """Hold one limit against one row of the matrix.

    Parameters
    ----------
    result : Record
        With metrics `<row>.<quantity>`.
    row : str
        Of the matrix.
    limit : Limit
        "kept" and "broken" need the whole interval on one side; between them it is "open".
    """
    metric = result.metrics.get(f"{row}.{limit.quantity}")
    if metric is None:
        return limit.absent
    low, high = _ends(metric)
    if limit.at_least:
        low, high, bound = -high, -low, -limit.bound
    else:
        bound = limit.bound
    if high <= bound:
        return "kept"
    return "broken" if low > bound else "open"


def verdicts(result: Record, row: str, *, limits: tuple[Limit, ...] = LIMITS) -> dict[str, Verdict]:
    """Every limit's words and its verdict on a row.

    Parameters
    ----------
    result, row
        As for `verdict`.
    limits : tuple of Limit
        To hold against it.
    """
    return {limit.words: verdict(result, row, limit) for limit in limits}


def may_be_deployed(result: Record, row: str, *, limits: tuple[Limit, ...] = LIMITS) -> bool:
    """True only if every limit is kept.

    Parameters
    ----------
    result, row, limits
        As for `verdicts`.
    """
    return all(found == "kept" for found in verdicts(result, row, limits=limits).values())


def _ends(metric: Metric) -> tuple[float, float]:
    if metric.interval is None:
        return metric.value, metric.value
    return metric.interval.low, metric.interval.high
