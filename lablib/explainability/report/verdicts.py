"""The findings as plain sentences; every one of them names its interval or its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lablib.evaluation import Estimate
from lablib.explainability.report.faithful import Explained

if TYPE_CHECKING:
    from lablib.explainability.report.run import ExplanationReport


def sentences(report: ExplanationReport) -> tuple[str, ...]:
    """One sentence a section, in the order of the sections."""
    return (
        score(report),
        faithful(report.explained),
        surrogate(report),
        competitor(report),
        recourse(report),
    )


def score(report: ExplanationReport) -> str:
    """AUROC, and accuracy beside the majority answer."""
    found = report.quality
    verdict = "beats" if found.beats_majority else "does not beat"
    return (
        f"AUROC {within(found.auroc)} on {found.auroc.n:,} held-out rows; accuracy "
        f"{found.accuracy.value:.3f}, and {found.majority_accuracy:.3f} for always answering "
        f"{found.majority}: the model {verdict} that answer (difference "
        f"{within(found.over_majority)})."
    )


def faithful(explained: Explained) -> str:
    """Which methods beat random attributions, and which do not."""
    if explained.judged[0].over_random is None:
        return (
            "The model's score hardly differs from that of the usual row, so there is nothing "
            "that attributions could explain."
        )
    won = [judged.method for judged in explained.judged if judged.beats_random]
    lost = [judged.method for judged in explained.judged if not judged.beats_random]
    parts = []
    if won:
        parts.append(f"Beats random attributions on these rows: {listed(won)}.")
    if lost:
        parts.append(f"Does not beat random attributions: {listed(lost)}; do not show these.")
    return " ".join(parts)


def surrogate(report: ExplanationReport) -> str:
    """Fidelity of the tree beside the constant answer."""
    found = report.stand_in.fidelity
    return (
        f"A tree of at most {report.settings.leaves} leaves agrees with the model on "
        f"{found.agreement:.0%} of held-out rows; one answer for all would agree on "
        f"{found.constant:.0%}. It explains {max(0.0, found.r2):.0%} of the variance of the "
        f"log-odds: {_grade(found.r2)}"
    )


def competitor(report: ExplanationReport) -> str:
    """What it costs to use the best readable model instead."""
    best = min(report.competitors, key=lambda c: c.cost.value)
    inside = best.cost.interval
    if inside.low > 0:
        verdict = "this is what reading costs here"
    elif inside.high < 0:
        verdict = "the readable model is better, so nothing speaks for the other one"
    else:
        verdict = "a difference of nothing is possible, so ask what the model is for"
    return (
        f"The best readable competitor, {best.name}, reaches AUROC {best.auroc.value:.3f}; the "
        f"model is above it by {within(best.cost)}: {verdict}."
    )


def recourse(report: ExplanationReport) -> str:
    """Share of refused rows with a way out."""
    found = report.changes
    if found is None:
        return "The model gives everyone the same answer, so there is no recourse to speak of."
    valid = int(found.found.valid.sum())
    if not valid:
        return f"None of {len(found.before)} refused rows found a way out by values of others."
    middle = sorted(found.found.changed[found.found.valid].tolist())[valid // 2]
    return (
        f"{valid} of {len(found.before)} refused rows get another answer with values of similar "
        f"accepted rows, half of them with {middle} or fewer changed columns; "
        f"{found.plausible:.0%} of the changed rows are as near to real rows as 95 % of real "
        "rows are."
    )


def within(estimate: Estimate, decimals: int = 3) -> str:
    """Value and interval, such as `0.780 (0.750 to 0.810)`.

    >>> from lablib.evaluation import Interval
    >>> within(Estimate(0.5, Interval(0.4, 0.6), n=9), 1)
    '0.5 (0.4 to 0.6)'
    """
    low, high = estimate.interval.low, estimate.interval.high
    return f"{estimate.value:.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})"


def listed(names: Sequence[str]) -> str:
    """Names with commas and a last `and`.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return ", ".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"


def _grade(r2: float) -> str:
    if r2 >= 0.9:
        return "close enough to read the model's scores from it, on rows like these."
    if r2 >= 0.6:
        return "a rough picture, not the model's reasons."
    return "too little to explain the model with it."
