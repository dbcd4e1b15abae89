"""Sections on the explanations: what scores are made of, whether that is true, and ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lablib.exercises.reports import page
from lablib.explainability.report.coding import Floats
from lablib.explainability.report.marks import SHOWN, points
from lablib.explainability.report.verdicts import within

if TYPE_CHECKING:
    from lablib.explainability.report.run import ExplanationReport

REASONS = 5  # of one row


def attributions(report: ExplanationReport) -> str:
    """What the scores of three rows are made of, by the method furthest above random."""
    explained, coding = report.explained, report.subject.coding
    best = explained.best
    if not best.beats_random:
        return (
            "<p>No method beats random attributions on these rows, so no single score is taken "
            "apart here: the table would look convincing and mean nothing.</p>"
        )
    order = np.argsort(explained.scores)
    middle = int(np.abs(explained.scores - _cut(report)).argmin())
    picked = {
        "with the highest score": order[-1],
        "nearest to the threshold": middle,
        "with the lowest score": order[0],
    }
    method = page.text(best.method)
    text = (
        f"<p>Log-odds of {page.text(report.subject.positive)}, by <code>{method}</code>, "
        "compared with the usual row. What is missing from the sum stands below each table's "
        "rows.</p>"
    )
    for words, number in picked.items():
        values = best.values[number]
        named = np.argsort(-np.abs(values), kind="stable")[:REASONS]
        rows = [
            [
                page.text(coding.names[i]),
                page.text(coding.columns[i].words(explained.rows[number, i])),
                page.text(coding.columns[i].words(explained.baseline[i])),
                _signed(values[i]),
            ]
            for i in named
        ]
        rest = float(np.delete(values, named).sum())
        change = float(explained.scores[number] - _base_score(report))
        rows += [
            ["all other columns", "", "", _signed(rest)],
            ["missing from the sum", "", "", _signed(change - float(values.sum()))],
        ]
        text += page.table(
            ("Column", "Value here", "Usual value", "Contribution"),
            rows,
            caption=f"The row {words}: log-odds {explained.scores[number]:.3f}, "
            f"{change:+.3f} from the usual row",
            kinds={1: "number", 2: "number", 3: "number"},
        )
    return text + _sizes(report)


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}"  # the sum turns -0.0 into 0.0


def _sizes(report: ExplanationReport) -> str:
    """Mean size of the attributions of each column by each method."""
    explained, names = report.explained, report.subject.coding.names
    sizes = {one.method: np.abs(one.values).mean(0) for one in explained.judged}
    order = np.argsort(-sizes[explained.best.method], kind="stable")[:SHOWN]
    rows = [[page.text(names[i]), *(f"{s[i]:.3f}" for s in sizes.values())] for i in order]
    return page.table(
        ("Column", *sizes),
        rows,
        caption=f"Mean size of the contributions to the log-odds, {len(explained.rows)} rows",
        kinds=dict.fromkeys(range(1, len(sizes) + 1), "number"),
    )


def faithful(report: ExplanationReport) -> str:
    """Each method beside random attributions, its completeness, and how the methods agree."""
    explained = report.explained
    rows = [
        [
            page.text(one.method),
            "–" if one.over_random is None else within(one.over_random),
            "beats random" if one.beats_random else "does not",
            f"{one.incomplete:.1%}" + ("" if one.promises_sum else " (promises no sum)"),
        ]
        for one in explained.judged
    ]
    text = page.table(
        ("Method", "Beyond random orders", "Verdict", "Missing from the sum"),
        rows,
        caption=f"Columns removed and inserted in the order of each method; 0 is what random "
        f"orders reach, n = {len(explained.rows)} rows, 95 % bootstrap intervals",
        kinds={1: "number", 3: "number"},
    )
    kept = [(one.method, one.over_random) for one in explained.judged if one.over_random]
    if kept:
        best = max(kept, key=lambda pair: pair[1].value)
        alt = f"Furthest above random orders is {best[0]}, by {best[1].value:.2f} of the change."
        caption = (
            "Mean height of the insertion curve above the deletion curve beyond that of random "
            f"orders, as a share of the change of the score. {alt}"
        )
        text = points(kept, alt=alt, caption=caption, label="beyond random", line="random") + text
    pairs = [
        [page.text(f"{one} and {two}"), f"{order:.2f}", f"{overlap:.0%}"]
        for (one, two), (order, overlap) in explained.disagreement.items()
    ]
    if pairs:
        text += page.table(
            ("Methods", "Rank correlation of sizes", "Same columns among the first three"),
            pairs,
            caption="Do the methods agree? Two that disagree cannot both be the reason; agreement "
            "proves nothing",
            kinds={1: "number", 2: "number"},
        )
    return text


def recourse(report: ExplanationReport) -> str:
    """Validity, distance and plausibility of recourse, by group, and three examples."""
    found, coding = report.changes, report.subject.coding
    if found is None:
        return "<p>The model gives everyone the same answer: there is nothing to get out of.</p>"
    ways = (
        ("values of similar accepted rows", found.found, found.plausible),
        ("values of a random accepted row (control)", found.random, found.random_plausible),
    )
    rows = [
        [
            name,
            f"{way.valid.mean():.0%}",
            f"{way.changed[way.valid].mean():.1f}" if way.valid.any() else "–",
            f"{way.distance[way.valid].mean():.2f}" if way.valid.any() else "–",
            f"{near:.0%}",
        ]
        for name, way, near in ways
    ]
    changed = ", ".join(found.actionable)
    text = page.table(
        ("Changes", "Valid", "Columns changed", "Distance", "Plausible"),
        rows,
        caption=f"Recourse out of the answer {found.leaves} for {len(found.before)} of "
        f"{found.refused:,} held-out rows that get it; a distance of 1 passes all other people in "
        "one column; plausible: as near to real rows as 95 % of real rows",
        kinds=dict.fromkeys(range(1, 5), "number"),
    )
    text += f"<p>Columns that were allowed to change: {page.text(changed)}."
    if report.settings.actionable is None:
        text += (
            " Nobody said which of them a person can change, so all were allowed: name them before "
            "you show this to anyone."
        )
    text += "</p>" + _groups(report)
    examples = []
    for number in np.flatnonzero(found.found.valid)[:3]:
        for place in np.flatnonzero(found.found.rows[number] != found.before[number]):
            before, after = found.before[number, place], found.found.rows[number, place]
            column = coding.columns[place]
            if not (np.isnan(before) and np.isnan(after)):
                examples.append(
                    [
                        f"{number + 1}",
                        page.text(column.name),
                        page.text(column.words(before)),
                        page.text(column.words(after)),
                    ]
                )
    if examples:
        text += page.table(
            ("Refused row", "Column", "Is", "Would have to be"),
            examples,
            caption="Three examples; the model would then answer otherwise",
            kinds={2: "number", 3: "number"},
        )
    return text


def _groups(report: ExplanationReport) -> str:
    found = report.changes
    if found is None or not found.groups:
        return ""
    rows = [
        [
            page.text(one.name),
            str(one.asked),
            within(one.valid, 2),
            within(one.distance, 2) if one.distance else "too few rows",
        ]
        for one in found.groups
    ]
    text = page.table(
        (str(report.settings.group), "Asked", "Valid", "Distance of the valid ones"),
        rows,
        caption="Recourse by group, with 95 % intervals",
        kinds={1: "number", 2: "number", 3: "number"},
    )
    if found.difference is not None:
        one, two, apart = found.difference
        sure = apart.interval.low > 0 or apart.interval.high < 0
        text += (
            f"<p>Mean distance of {page.text(one)} minus that of {page.text(two)}: "
            f"{within(apart, 2)}; {'a difference' if sure else 'it could be nothing'}.</p>"
        )
    return text


def _cut(report: ExplanationReport) -> float:
    threshold = report.settings.threshold
    return float(np.log(threshold / (1 - threshold)))


def _base_score(report: ExplanationReport) -> float:
    base: Floats = report.subject.probability(report.explained.baseline[None])
    return float(np.log(base[0] / (1 - base[0])))
