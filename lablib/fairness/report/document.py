"""The report as one HTML file: no scripts, nothing fetched, each figure's numbers in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lablib import __version__, figures
from lablib.evaluation import Estimate
from lablib.exercises.reports import page
from lablib.fairness.report.audit import FEW, RATIOS, SMALL, Audit, Comparison, Gap, GroupCell

LIMITS = (
    "One table of decisions at one time. It says nothing about how the labels came about: if the "
    "past treated a group badly, a model that repeats the past can look even here.",
    "The criteria exclude each other in general: where groups differ in how often the label is 1, "
    "calibrated scores and equal error rates cannot both be had. Which gap matters is a decision "
    "about harms and duties, and no number takes it.",
    "A gap is not yet discrimination, and no gap is not fairness. Causes, lawfulness and what "
    "happens to people afterwards are not in this file.",
    "Groups are those of the columns given, as somebody recorded them. People who fit none of the "
    "classes, and groups that no column names, are not seen.",
    "Intervals are for new rows like these. Choosing the worst of several groups or criteria "
    "finds a large gap more often than 5 times in 100.",
    "If the model was fitted to these rows, all of it is too good.",
)


def html(found: Audit, *, title: str) -> str:
    """The whole document.

    Parameters
    ----------
    found : Audit
        From `audit`.
    title : str
        What was decided, plain text.
    """
    parts = [
        f"<h1>Decisions by group: {page.text(title)}</h1>",
        f'<section aria-label="Findings"><h2>In short</h2>{_list(sentences(found))}</section>',
    ]
    if found.warnings:
        parts.append(f"<h2>Read this first</h2>{_list(found.warnings)}")
    for one in found.comparisons:
        parts += [f"<h2>By {page.text(one.name)}</h2>", _figure(one), _rates(one), _gaps(one)]
        if any(cell.calibration for cell in one.cells):
            parts.append(_calibration(one))
    parts += ["<h2>What this report does not show</h2>", _list(LIMITS)]
    parts += [f'<p class="quiet">Made with lablib {page.text(__version__)}; {found.n} rows.</p>']
    return page.page(f"Decisions by group: {title}", "\n".join(parts))


def sentences(found: Audit) -> list[str]:
    """The findings, one sentence each, plain text."""
    right = _share(found.accuracy)
    lines = [
        f"{found.n} decisions, {right} right; the same answer for everybody is right on "
        f"{found.majority:.1%}. Neither number compares groups."
    ]
    for one in found.comparisons:
        for gap in one.gaps:
            if gap.name in RATIOS:
                continue
            lines.append(f"{one.name}: {_finding(gap)}")
    return lines


def _finding(gap: Gap) -> str:
    name = gap.title.split(":")[0]
    if gap.estimate is None:
        return f"{name} is not measured: {gap.problem}."
    text = f"{name} gap {_number(gap.estimate)}"
    if gap.luck is None:
        return f"{text}."
    word = "larger than" if gap.beyond_luck else "not larger than"
    return f"{text}, {word} the {gap.luck:.3f} that luck stays below in 95 of 100 random groupings."


def _figure(one: Comparison) -> str:
    """Share decided positive in each group, with its interval."""
    shown = [cell for cell in one.cells if cell.selected is not None]
    if not shown:
        return ""
    fig, ax = figures.new(width=5.6, height=0.9 + 0.42 * len(shown))
    estimates = [cell.selected for cell in shown if cell.selected is not None]
    figures.points(
        ax, [cell.name for cell in shown], [e.value for e in estimates],
        [e.interval for e in estimates], decimals=2,
    )  # fmt: skip
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("share decided positive")
    low = min(shown, key=lambda cell: _value(cell))
    high = max(shown, key=lambda cell: _value(cell))
    view = figures.show(
        fig,
        alt=f"Of {low.name} {_value(low):.0%} are decided positive, the least; of {high.name} "
        f"{_value(high):.0%}, the most.",
        caption=f"{one.name}: share decided positive with exact 95 % intervals.",
    )
    return view._repr_html_()


def _value(cell: GroupCell) -> float:
    return cell.selected.value if cell.selected else 0.0


def _rates(one: Comparison) -> str:
    header = ["group", "n", "decided positive", "true positives found", "false positives", "right"]
    rows = [
        [page.text(cell.name) + (" (small)" if cell.small else ""),
         str(cell.n) if cell.n >= FEW else f"below {FEW}",
         *(_share(e) for e in (cell.selected, cell.true_positive, cell.false_positive, cell.right))]
        for cell in one.cells
    ]  # fmt: skip
    return page.table(
        header, rows, kinds={1: "number"},
        caption=f"{one.name}: shares with exact 95 % intervals. Small: fewer than {SMALL} rows, "
        f"left out of gaps. Shares over fewer than {FEW} rows are not shown.",
    )  # fmt: skip


def _gaps(one: Comparison) -> str:
    rows = [
        [page.text(gap.title),
         page.text(gap.problem) if gap.estimate is None else _number(gap.estimate),
         "–" if gap.luck is None else f"{gap.luck:.3f}"]
        for gap in one.gaps
    ]  # fmt: skip
    return page.table(
        ["criterion", "gap, 95 % interval", "random groups"], rows, kinds={1: "words", 2: "number"},
        caption=f"{one.name}: largest minus smallest group (0 is parity), last line smallest "
        "divided by largest. An interval of a difference lies above 0 even where groups are "
        "alike; compare with random groups of the same sizes, of which 95 in 100 stay below "
        "(ratio: above).",
    )  # fmt: skip


def _calibration(one: Comparison) -> str:
    rows = [
        [page.text(cell.name), str(c.n), f"{c.mean_score:.3f}", f"{c.rate:.3f}", f"{c.ece:.3f}"]
        for cell in one.cells
        if (c := cell.calibration) is not None
    ]
    return page.table(
        ["group", "n", "mean score", "share truly positive", "calibration error"], rows,
        kinds=dict.fromkeys(range(1, 5), "number"),
        caption=f"{one.name}: calibration within groups, mean score beside what happened, and the "
        "expected calibration error over ten bins, which luck alone lifts above 0 in small groups.",
    )  # fmt: skip


def _list(lines: Iterable[str]) -> str:
    escape: Callable[[str], str] = page.text
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _share(found: Estimate | None) -> str:
    if found is None:
        return "too few"
    return f"{found.value:.1%} ({found.interval.low:.1%} to {found.interval.high:.1%})"


def _number(found: Estimate) -> str:
    return f"{found.value:.3f} ({found.interval.low:.3f} to {found.interval.high:.3f})"
