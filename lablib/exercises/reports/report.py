"""The instructor's report: one HTML file with the class, its questions and its numbers.

Every figure says its finding in words and every figure's numbers also stand in a table. Learners'
ids and messages are escaped; hidden inputs are nowhere, because results.json does not hold them.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from lablib import figures
from lablib.evaluation.intervals import Interval
from lablib.exercises.reports import page, statistics
from lablib.exercises.reports.model import ExerciseInfo, LearnerRow, Results
from lablib.exercises.reports.statistics import Item

BINS = 10
LOW_DISCRIMINATION = 0.1
ENOUGH = 20  # learners below which a discrimination index is not worth a remark


def html(results: Results) -> str:
    """The report as one HTML document."""
    items = statistics.items(results)
    parts = [
        f"<h1>Graded: {page.text(results.course)}</h1>",
        _facts(results),
        _remarks(results, items),
        "<h2>The class</h2>",
        _scores(results),
        "<h2>The exercises</h2>",
        _exercise_table(items),
    ]
    for exercise in results.exercises:
        mine = [item for item in items if item.exercise == exercise.id and item.check]
        parts += [f"<h2>{page.text(exercise.title)}</h2>", _exercise(exercise, mine)]
    parts += ["<h2>The learners</h2>", _learner_table(results)]
    return page.page(f"Graded: {results.course}", "\n".join(parts))


def _facts(results: Results) -> str:
    facts = {
        "Learners": str(len(results.learners)),
        "Exercises": f"{len(results.exercises)}, {_points(results.possible)} points in all",
        "Graded": results.created.replace("T", " "),
        "Seed of the hidden inputs": str(results.seed),
        "Sandbox": results.sandbox,
        "Version of the code": results.code[:16] or "not recorded",
    }
    rows = "".join(f"<dt>{page.text(k)}</dt><dd>{page.text(v)}</dd>" for k, v in facts.items())
    return f"<dl>{rows}</dl>"


def _remarks(results: Results, items: Sequence[Item]) -> str:
    """What an instructor should look at before publishing grades."""
    found = []
    unread = [row for row in results.learners if row.problem]
    if unread:
        found.append(f"{_learners(len(unread))}: the submission could not be read or graded")
    if results.sandbox == "none":
        found.append("graded without a sandbox: submissions could have read the hidden checks")
    for item in items:
        if item.broken and item.check:
            found.append(
                f"{_name(item)}: the check itself failed for {_learners(item.broken)}; "
                "grade them by hand and report the check"
            )
        if item.check and item.n >= ENOUGH and item.share == 0:
            found.append(f"{_name(item)}: nobody passed; is the check right?")
        r = item.point_biserial
        if item.check and item.n >= ENOUGH and r is not None and r < LOW_DISCRIMINATION:
            found.append(
                f"{_name(item)}: passing it says little about the other checks (r = {r:.2f})"
            )
    if not found:
        return '<p class="quiet">Nothing asks for attention before the grades go out.</p>'
    return "<h2>To look at</h2><ul>" + "".join(f"<li>{page.text(r)}</li>" for r in found) + "</ul>"


def _scores(results: Results) -> str:
    """Histogram of the total as a share of the possible points."""
    shares = [row.score / results.possible for row in results.learners if results.possible]
    if not shares:
        return "<p>No submissions were found.</p>"
    counts = Counter(min(int(share * BINS + 1e-9), BINS - 1) for share in shares)
    middle = sorted(shares)[len(shares) // 2]
    fig, ax = figures.new(height=2.6)
    ax.bar([10 * i + 5 for i in range(BINS)], [counts[i] for i in range(BINS)], width=9,
           color=figures.COLORS["blue"])  # fmt: skip
    figures.reference(ax, 100 * middle, f"median {middle:.0%}", axis="x")
    ax.set_xlabel("points, in % of the possible points")
    ax.set_ylabel("learners")
    ax.set_xlim(0, 100)
    ax.yaxis.get_major_locator().set_params(integer=True)
    full, nothing = sum(s >= 1 for s in shares), sum(s == 0 for s in shares)
    alt = (
        f"Half of the {len(shares)} learners have {middle:.0%} of the points or more; "
        f"all points: {full}, no points: {nothing}."
    )
    caption = f"Total score of {_learners(len(shares))}. {alt}"
    return figures.show(fig, alt=alt, caption=caption)._repr_html_()


def _exercise(exercise: ExerciseInfo, items: Sequence[Item]) -> str:
    return _check_figure(exercise, items) + _check_table(exercise, items)


def _check_figure(exercise: ExerciseInfo, items: Sequence[Item]) -> str:
    drawn = [item for item in items if item.share is not None]
    if not drawn:
        return "<p>Nobody handed this exercise in.</p>"
    fig, ax = figures.new(height=0.75 + 0.52 * len(drawn))
    figures.points(
        ax, [_drawn(item) for item in drawn], [100 * (i.share or 0) for i in drawn],
        [_percent(item) for item in drawn], decimals=0,
    )  # fmt: skip
    ax.set_xlim(-3, 103)
    ax.set_xlabel("learners who passed the check, in %")
    hardest = min(drawn, key=lambda item: item.share or 0)
    easiest = max(drawn, key=lambda item: item.share or 0)
    alt = (
        f"{exercise.title}: fewest learners, {hardest.share:.0%}, pass {_words(hardest)}; "
        f"most, {easiest.share:.0%}, pass {_words(easiest)}."
    )
    caption = (
        f"Share of learners that passed each check, with 95 % Wilson intervals; "
        f"n = {max(item.n for item in drawn)} who handed it in."
    )
    return figures.show(fig, alt=alt, caption=caption)._repr_html_()


def _exercise_table(items: Sequence[Item]) -> str:
    rows = [
        [
            page.text(item.title), str(item.n), str(item.not_handed_in),
            f"{_number(item.mean, 1)} of {_points(item.points)}", _share(item),
            _number(item.point_biserial, 2), _number(item.seconds, 2),
        ]
        for item in items if not item.check
    ]  # fmt: skip
    header = ("Exercise", "Handed in", "Not", "Mean points", "Passed all checks",
              "Correlation with the rest", "Seconds")  # fmt: skip
    kinds = dict.fromkeys(range(1, 7), "number")
    return page.table(header, rows, caption="Exercises; seconds are the mean to grade one",
                      kinds=kinds) + _explained()  # fmt: skip


def _check_table(exercise: ExerciseInfo, items: Sequence[Item]) -> str:
    rows = [
        [
            _label(item), "public" if item.public else "hidden", _points(item.points),
            str(item.n), _share(item), _number(item.point_biserial, 2),
            _number(item.upper_lower, 2), _message(item),
        ]
        for item in items
    ]  # fmt: skip
    header = ("Check", "Kind", "Points", "n", "Passed", "r", "Upper − lower", "Commonest message")
    kinds = {**dict.fromkeys(range(2, 7), "number"), 7: "words"}
    return page.table(header, rows, caption=_check_caption(exercise), kinds=kinds)


def _check_caption(exercise: ExerciseInfo) -> str:
    return f"Checks of {exercise.id}; in brackets after a message: how many learners read it"


def _explained() -> str:
    return (
        '<p class="quiet">Correlation with the rest, r: point-biserial correlation between passing '
        "and the points of everything else; 0 means that passing says nothing about the rest. "
        "Upper − lower: share that passed among the best 27 % minus the weakest 27 %. Intervals in "
        "brackets are 95 % Wilson intervals.</p>"
    )


def _learner_table(results: Results) -> str:
    header = ("Learner", "Points", *(exercise.title for exercise in results.exercises), "Note")
    rows = [_learner(results, row) for row in results.learners]
    kinds = {**dict.fromkeys(range(1, len(header) - 1), "number"), len(header) - 1: "words"}
    caption = f"Points of each learner, of {_points(results.possible)}"
    return page.table(header, rows, caption=caption, kinds=kinds)


def _learner(results: Results, row: LearnerRow) -> list[str]:
    points = []
    for info in results.exercises:
        mine = row.exercise(info.id)
        points.append("–" if mine is None or not mine.handed_in else _points(mine.score))
    return [page.text(row.learner), _points(row.score), *points, page.sentence(row.problem)]


def _message(item: Item) -> str:
    if not item.message:
        return ""
    return f"{page.sentence(item.message)} ({item.message_count})"


def _share(item: Item) -> str:
    if item.share is None or item.interval is None:
        return "–"
    return f"{item.share:.0%} [{100 * item.interval.low:.0f}, {100 * item.interval.high:.0f}]"


def _percent(item: Item) -> Interval | None:
    if item.interval is None:
        return None
    return Interval(100 * item.interval.low, 100 * item.interval.high, item.interval.level)


def _words(item: Item) -> str:
    return item.check.replace("_", " ")


def _drawn(item: Item) -> str:
    """A label for a figure: two short lines at most; `$` would start a formula."""
    return "\n".join(textwrap.wrap(_words(item).replace("$", ""), 24)[:2])


def _label(item: Item) -> str:
    return page.text(_words(item))


def _name(item: Item) -> str:
    return f"{item.title}, {_words(item)}" if item.check else item.title


def _learners(n: int) -> str:
    return "1 learner" if n == 1 else f"{n} learners"


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def _points(value: float) -> str:
    return f"{value:g}"
