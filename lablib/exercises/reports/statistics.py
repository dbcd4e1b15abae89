"""Statistics of the questions: which checks are hard, which tell learners apart, what goes wrong.

Definitions stand at the functions. Left out on purpose: item response models, which need larger
classes than most that use this course.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib.evaluation.intervals import Interval, wilson
from lablib.exercises.reports import cells
from lablib.exercises.reports.model import (
    CheckInfo,
    CheckRow,
    ExerciseInfo,
    ExerciseRow,
    Results,
)

GROUP = 0.27
HEADER = (
    "exercise", "title", "check", "public", "points", "n", "not_handed_in", "broken", "mean",
    "passed", "share_passed", "share_low", "share_high", "point_biserial", "upper_lower",
    "commonest_message", "message_count", "mean_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One exercise (`check` is empty) or one of its checks.

    `n` learners handed the exercise in and were judged; `not_handed_in` left the template, gave an
    unreadable file or nothing. `broken` counts learners for whom the check itself failed; they are
    not in a check's `n`. `mean` is in points. `share` with its 95 % Wilson `interval` is the share
    of `n` that passed, None if n is 0. `point_biserial` and `upper_lower` lie in [-1, 1], 0 means
    that passing says nothing about the rest; None where they are undefined. `seconds` is the mean
    wall time of grading, None for single checks.
    """

    exercise: str
    title: str
    check: str
    public: bool | None
    points: float
    n: int
    not_handed_in: int
    broken: int
    mean: float | None
    passed: int
    interval: Interval | None
    point_biserial: float | None
    upper_lower: float | None
    message: str
    message_count: int
    seconds: float | None

    @property
    def share(self) -> float | None:
        """Share of `n` that passed."""
        return self.passed / self.n if self.n else None


def items(results: Results) -> tuple[Item, ...]:
    """Every exercise followed by its checks, in the order of the results."""
    found: list[Item] = []
    for exercise in results.exercises:
        found.append(_exercise_item(results, exercise))
        found += [_check_item(results, exercise, check) for check in exercise.checks]
    return tuple(found)


def questions_csv(results: Results) -> str:
    """The items as CSV text; texts are safe in a spreadsheet, empty cells are undefined values."""
    return cells.dumps(HEADER, [_row(item) for item in items(results)])


def point_biserial(passed: Sequence[float], rest: Sequence[float]) -> float | None:
    """Correlation of an item with the rest of the test: do those who pass it do well elsewhere?

    With r = (M1 - M0) / s * sqrt(p (1 - p)), where M1 and M0 are the mean rest scores of those who
    passed and who did not, p the share that passed and s the standard deviation (over n) of the
    rest scores. That is Pearson's correlation, so `passed` may also be a share of points. The rest
    leaves the item itself out, or a test of few items would correlate with itself (Henrysson,
    1963). 1: passing tells exactly who is good elsewhere; 0: nothing; below 0: look at the check.

    Parameters
    ----------
    passed : sequence of float
        Per learner 1 (passed) or 0.
    rest : sequence of float
        Per learner the points of all other items.

    Returns
    -------
    float or None
        None if either has no spread.

    >>> round(point_biserial([1, 1, 1, 0], [8, 6, 4, 2]), 6)    # (6 - 2) / sqrt(5) * sqrt(3/16)
    0.774597
    """
    x, y = np.asarray(passed, float), np.asarray(rest, float)
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    x, y = x - x.mean(), y - y.mean()
    return float(np.clip((x @ y) / np.sqrt((x @ x) * (y @ y)), -1, 1))


def upper_lower(passed: Sequence[float], rest: Sequence[float]) -> float | None:
    """Share that passed among the best 27 % minus that among the weakest 27 % (Kelley, 1939).

    Groups are formed by the rest score and hold k = round(0.27 n), at least 1, learners. Where a
    tie straddles the edge of a group, the tied learners share its free places equally, so the order
    of the file plays no part.

    Parameters
    ----------
    passed, rest : sequence of float
        As for `point_biserial`.

    Returns
    -------
    float or None
        From -1 to 1; None for fewer than 2 learners or when all rest scores are equal.

    >>> upper_lower([1, 1, 0, 1, 0, 0, 1], [9, 8, 7, 6, 5, 4, 3])    # 2 of 2 minus 1 of 2
    0.5
    """
    x, y = np.asarray(passed, float), np.asarray(rest, float)
    if len(x) < 2 or np.ptp(y) == 0:
        return None
    size = max(1, round(GROUP * len(x)))
    return float(_mean_of_top(x, y, size) - _mean_of_top(x, -y, size))


def _mean_of_top(x: NDArray[np.float64], y: NDArray[np.float64], size: int) -> float:
    edge = np.sort(y)[-size]
    above, tied = y > edge, y == edge
    free = size - int(above.sum())
    return float((x[above].sum() + free * x[tied].mean()) / size)


def _exercise_item(results: Results, exercise: ExerciseInfo) -> Item:
    rows = [learner.exercise(exercise.id) for learner in results.learners]
    judged = [row for row in rows if row is not None and row.handed_in]
    shares, rest = [], []
    for learner in results.learners:
        row = learner.exercise(exercise.id)
        if row is not None and row.handed_in:
            shares.append(_points(row.checks) / max(exercise.possible, 1e-12))
            others = (o for o in learner.exercises if o.id != exercise.id)
            rest.append(sum(_points(other.checks) for other in others))
    first = (next((c.sentence for c in row.checks if not c.passed), "") for row in judged)
    message, count = _commonest(first)
    passed = sum(row.state == "passed" for row in judged)
    return Item(
        exercise.id, exercise.title, "", None, exercise.possible, len(judged),
        len(rows) - len(judged), sum(row.state == "broken check" for row in judged),
        _mean([row.score for row in judged]), passed, _interval(passed, len(judged)),
        point_biserial(shares, rest), upper_lower(shares, rest), message, count,
        _mean([row.seconds for row in judged]),
    )  # fmt: skip


def _check_item(results: Results, exercise: ExerciseInfo, check: CheckInfo) -> Item:
    passed, rest, earned, sentences = [], [], [], []
    broken = missing = 0
    for learner in results.learners:
        row = learner.exercise(exercise.id)
        mine = _find(row, check.name)
        if row is None or mine is None or not row.handed_in:
            missing += 1
        elif mine.state == "broken check":
            broken += 1
        else:
            passed.append(float(mine.passed))
            earned.append(mine.earned)
            total = sum(_points(other.checks) for other in learner.exercises)
            rest.append(total - mine.points * mine.passed)
            sentences += [] if mine.passed else [mine.sentence]
    message, count = _commonest(sentences)
    return Item(
        exercise.id, exercise.title, check.name, check.public, check.points, len(passed), missing,
        broken, _mean(earned), int(sum(passed)), _interval(int(sum(passed)), len(passed)),
        point_biserial(passed, rest), upper_lower(passed, rest), message, count, None,
    )  # fmt: skip


def _points(checks: Iterable[CheckRow]) -> float:
    """Points of the passed checks, without the rule that public ones need a hidden one.

    The rule would tie public and hidden checks together and look like discrimination.
    """
    return sum(check.points for check in checks if check.passed)


def _find(row: ExerciseRow | None, name: str) -> CheckRow | None:
    return None if row is None else next((c for c in row.checks if c.name == name), None)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _interval(passed: int, n: int) -> Interval | None:
    return wilson(passed, n) if n else None


def _commonest(sentences: Iterable[str]) -> tuple[str, int]:
    """The sentence that most learners read, the first by name among equals, and how many did."""
    count = Counter(sentence for sentence in sentences if sentence)
    return min(count.items(), key=lambda pair: (-pair[1], pair[0]), default=("", 0))


def _row(item: Item) -> list[cells.Value]:
    ends = (item.interval.low, item.interval.high) if item.interval else (None, None)
    return [
        item.exercise, item.title, item.check, item.public, item.points, item.n,
        item.not_handed_in, item.broken, item.mean, item.passed, item.share, *ends,
        item.point_biserial, item.upper_lower, item.message, item.message_count, item.seconds,
    ]  # fmt: skip
