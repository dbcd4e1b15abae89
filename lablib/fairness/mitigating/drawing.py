"""The figures and tables of the mitigation page, drawn from a record or from decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lablib import figures
from lablib.evaluation import proportion
from lablib.evaluation.group_intervals import calibration_by_group, group_gap_interval
from lablib.evaluation.groups import GAPS, group_codes, group_gap
from lablib.fairness.mitigating.methods import TITLES
from lablib.fairness.tables import QUESTIONS
from lablib.figures import COLORS, ExploreView, FigureView, TableView
from lablib.figures.records import NOT_HERE, NOT_YET
from lablib.record import Record

NAME = "fairness/mitigation"
# Method to colour (by model) and mark; a line joins the settings chosen for several targets.
MARKS = {
    "linear": ("blue", "s"), "reweighing": ("blue", "^"), "balancing": ("blue", "v"),
    "mixture": ("blue", "o"), "exponentiated": ("sky", "P"), "thresholds": ("blue", "D"),
    "boosted": ("orange", "s"), "boosted-thresholds": ("orange", "D"),
    "network": ("green", "s"), "regularised": ("green", "o"), "adversarial": ("green", "^"),
    "random-groups": ("red", "X"),
}  # fmt: skip
HEADS = {"right": "accuracy", "parity gap": "dpd", "odds gap": "eod"}
BESIDE_FULL = (
    "linear", "unbent-thresholds", "thresholds", "thresholds-odds", "exponentiated", "mixture",
    "boosted", "boosted-thresholds", "regularised", "adversarial", "random-groups", "luck",
)  # fmt: skip
FEW_BESIDE_FULL = ("linear", "thresholds", "random-groups", "luck")
ODDS = ("mixture-odds", "thresholds-odds", "boosted-thresholds-odds")
SHOWN = (*MARKS, *ODDS)
CUTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
RATES = ("wrongly positive", "found of the positive", "selected")


def groups_table(
    y_true: ArrayLike, y_pred: ArrayLike, groups: ArrayLike, *, score: ArrayLike, caption: str
) -> TableView:
    """Each group's rates with exact intervals, and its mean score beside what happened.

    Parameters
    ----------
    y_true, y_pred, groups : array_like, shape (N,)
        Labels, decisions and groups.
    score : array_like, shape (N,)
        Probability of class 1.
    caption : str
        What was decided on which rows.
    """
    truth, decided = np.asarray(y_true), np.asarray(y_pred)
    names, code = group_codes(groups)
    rows, calibrated = [], calibration_by_group(y_true, score, groups=groups)
    for place, name in enumerate(names):
        mine = code == place
        shares = {
            "predicted positive": decided[mine],
            "found of the positive": decided[mine & (truth == 1)],
            "wrongly positive": decided[mine & (truth == 0)],
            "right": decided[mine] == truth[mine],
            "truly positive": truth[mine],
        }
        row = {"group": name, "n": f"{mine.sum():,}"}
        row |= {title: figures.written(proportion(flags), ".1%") for title, flags in shares.items()}
        rows.append(row | {"mean score": f"{calibrated[name].mean_score:.1%}"})
    return figures.table(rows, caption=f"{caption} Exact 95 % intervals.")


def gaps_table(
    y_true: ArrayLike, y_pred: ArrayLike, groups: ArrayLike, *, caption: str, seed: int = 0
) -> TableView:
    """Every criterion with its bootstrap interval.

    Parameters
    ----------
    y_true, y_pred, groups, caption
        As in `groups_table`.
    seed : int
        Of the bootstrap.
    """
    rows = []
    for name in GAPS:
        found = group_gap_interval(name, y_true, y_pred, groups=groups, seed=seed)
        ends = found.interval
        rows.append({
            "criterion": name.replace("_", " "),
            "value": f"{found.value:.3f}",
            "interval": f"{ends.low:.3f} to {ends.high:.3f}",
        })  # fmt: skip
    return figures.table(rows, caption=caption)


def one_threshold(
    y_true: ArrayLike, score: ArrayLike, groups: ArrayLike, *, caption: str
) -> ExploreView:
    """Both groups under one threshold, which the reader moves after a prediction.

    Parameters
    ----------
    y_true, score, groups : array_like, shape (N,)
        Labels, probabilities of class 1, and two groups.
    caption : str
        What was decided on which rows.
    """
    truth, chance = np.asarray(y_true), np.asarray(score)
    names, code = group_codes(groups)
    fig, ax = figures.new(width=4.4, height=3.3)
    ax.set(xlim=(0, 1), ylim=(0.4, len(RATES) + 0.75), xlabel="share of the group")
    ax.set_yticks(range(1, len(RATES) + 1), RATES)
    ax.tick_params(axis="y", length=0)
    settings = []
    for cut in CUTS:
        decided = (chance > cut).astype(int)
        gaps = [
            group_gap(f"{name}_difference", truth, decided, groups=groups)
            for name in ("demographic_parity", "equalized_odds")
        ]
        marks = [
            _rates(truth[code == place], decided[code == place], place, name)
            for place, name in enumerate(names)
        ]
        settings.append(figures.Setting(f"{cut:g}", marks, {
            "right": f"{(decided == truth).mean():.1%}",
            "gap in selection": f"{gaps[0]:.3f}",
            "gap in error rates": f"{gaps[1]:.3f}",
        }))  # fmt: skip
    middle, gap = CUTS.index(0.5), [float(one.readouts["gap in selection"]) for one in settings]
    choices = {0: "the lowest", middle: "the middle one", len(CUTS) - 1: "the highest"}
    least = min(choices, key=lambda place: gap[place])
    last = settings[-1].readouts
    return figures.explore(
        fig,
        settings,
        control="threshold",
        default=middle,
        predict=figures.Prediction(
            f"One threshold for everybody: {CUTS[0]:g}, 0.5 or {CUTS[-1]:g}. With which is the gap "
            "in selection smallest?",
            f"With {choices[least]}: {gap[least]:.3f}, instead of {gap[middle]:.3f} at 0.5. There "
            f"{_selected(settings[least], names)} are selected, and "
            f"{settings[least].readouts['right']} of the decisions are right. Look at the upper "
            "bars while you move the threshold.",
            choices=list(choices.values()),
            right=choices[least],
        ),
        alt=f"The gap in selection is {gap[0]:.3f} at threshold {CUTS[0]:g}, {gap[middle]:.3f} at "
        f"0.5 and {gap[-1]:.3f} at {CUTS[-1]:g}, where {last['right']} are right.",
        caption=f"Upper bars: {names[0]}; lower: {names[1]}. Lines: exact 95 % intervals. "
        f"{caption}",
    )


def _selected(setting: figures.Setting, names: Sequence[str]) -> str:
    shares = zip(names, setting.marks, strict=True)
    return " and ".join(f"{mark.x[-1]:.1%} ({name})" for name, mark in shares)


def _rates(truth: Any, decided: Any, place: int, name: str) -> figures.Mark:
    """The three rates of one group as bars that lie, above or below the middle of their row."""
    found = [proportion(part) for part in (decided[truth == 0], decided[truth == 1], decided)]
    return figures.Mark(
        [one.value for one in found],
        [row + (0.18 if place == 0 else -0.18) for row in range(1, len(RATES) + 1)],
        "rows",
        low=[one.interval.low for one in found],
        high=[one.interval.high for one in found],
        color=("orange", "blue")[place],
        label=name,
        width=0.34,
    )


def pareto(result: Record, table: str, *, reveal: str | None = None) -> FigureView:
    """Accuracy against both gaps, for the settings that were chosen on validation rows.

    Parameters
    ----------
    result : Record
        Of this experiment.
    table : str
        Key of `tables.QUESTIONS`.
    reveal : str, optional
        A question that hides the figure.
    """
    fig, axes = figures.new(width=5.6, height=7.4, nrows=2, sharey=True)
    rows = [row for row in result.tables["fronts"] if row["table"] == table]
    for ax, gap, label in zip(
        axes, ("dpd", "eod"),
        ("gap in selection (demographic parity)", "gap in error rates (equalised odds)"),
        strict=True,
    ):  # fmt: skip
        for method in SHOWN:
            _front(ax, [row for row in rows if row["method"] == method], gap, method)
        figures.reference(ax, result.value(f"{table}.majority.accuracy"), "same answer for all")
        ax.set_xlabel(label)
        ax.set_ylabel("right decisions")
        ax.set_xlim(left=-0.008)
    for ax, gap in zip(axes, ("dpd", "eod"), strict=True):
        figures.reference(ax, result.value(f"{table}.luck.{gap}"), "luck", axis="x")
    axes[0].axvline(result.config["targets"][0], color=COLORS["gray"], linewidth=1, linestyle=":")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=9.5,
               labelcolor=figures.TEXT, frameon=False)  # fmt: skip
    plain, held = f"{table}.linear", f"{table}.thresholds"
    return figures.show(
        fig,
        alt=f"{QUESTIONS[table].title}: group thresholds take the linear model's gap in selection "
        f"from {result.value(f'{plain}.dpd'):.3f} to {result.value(f'{held}.dpd'):.3f} and its "
        f"right decisions from {result.value(f'{plain}.accuracy'):.3f} to "
        f"{result.value(f'{held}.accuracy'):.3f}, while the gap in error rates goes from "
        f"{result.value(f'{plain}.eod'):.3f} to {result.value(f'{held}.eod'):.3f}.",
        caption=f"Test rows, mean of {len(result.seeds)} splits; bars are 95 % intervals that "
        "allow for overlapping splits. Lines join the settings chosen on validation rows for gaps "
        "of at most "
        f"{', '.join(f'{t:g}' for t in result.config['targets'])}; dotted: the first. Luck: "
        "the linear model's gap for random groups, which stays below in 95 of 100 draws. Hollow: "
        "chosen for equalised odds.",
        reveal=reveal,
    )


def _front(ax: Any, rows: list[dict[str, Any]], gap: str, method: str) -> None:
    if not rows:
        return
    color, mark = MARKS[method.removesuffix("-odds")]
    hollow = method in ODDS
    rows = sorted(rows, key=lambda row: row["target"])
    x, y = [row[gap] for row in rows], [row["accuracy"] for row in rows]
    ax.plot(
        x, y, "-", marker=mark, color=COLORS[color], markersize=6, linewidth=1.1,
        markerfacecolor="none" if hollow else COLORS[color], label=TITLES[method],
    )  # fmt: skip
    first = rows[0]
    ax.plot([first[f"{gap}_low"], first[f"{gap}_high"]], [y[0], y[0]], color=COLORS[color],
            linewidth=0.8, alpha=0.6)  # fmt: skip
    ax.plot([x[0], x[0]], [first["accuracy_low"], first["accuracy_high"]], color=COLORS[color],
            linewidth=0.8, alpha=0.6)  # fmt: skip


def methods_table(result: Record, table: str) -> TableView:
    """Each method at the first target: right decisions and both gaps, with intervals."""
    rows = []
    for method, title in TITLES.items():
        if f"{table}.{method}.dpd" not in result.metrics:
            continue
        needs = "yes" if method.endswith(("thresholds", "thresholds-odds")) else "no"
        rows.append({
            "method": title,
            "group needed to decide": needs,
            "right": _metric(result, f"{table}.{method}.accuracy"),
            "parity gap": _metric(result, f"{table}.{method}.dpd"),
            "odds gap": _metric(result, f"{table}.{method}.eod"),
        })  # fmt: skip
    return figures.table(
        rows,
        caption=f"{QUESTIONS[table].title}, test rows, mean of {len(result.seeds)} splits with "
        "95 % intervals. Chosen on validation rows for a parity gap of at most "
        f"{result.config['targets'][0]:g}, or where the name says odds, an odds gap of at most "
        f"{result.config['odds_target']:g}. Groups: {' and '.join(QUESTIONS[table].groups)}.",
    )


def at_full_scale(result: Record, *names: str) -> TableView:
    """Quick above full, or above the command that makes the full record.

    Parameters
    ----------
    result : Record
        Of this experiment.
    names : str
        Keys of `tables.QUESTIONS`: the first with all methods of `BESIDE_FULL`, the others with
        those of `FEW_BESIDE_FULL`.

    Raises
    ------
    ValueError
        If the record has no such table.
    """
    known = result.config["tables"]
    if not names or not set(names) <= set(known):
        raise ValueError(f"names is {names}; give one or more of {', '.join(known)}")
    full = figures.full_record(NAME)
    rows = []
    for table in names:
        for method in BESIDE_FULL if table == names[0] else FEW_BESIDE_FULL:
            title = TITLES.get(method, "linear, 95 of 100 random groupings below")
            for head, found in (("here", result), ("full", full)):
                cells = {
                    label: _cell(found, f"{table}.{method}.{quantity}")
                    for label, quantity in HEADS.items()
                }
                rows.append({"table": QUESTIONS[table].title, "method": title, "scale": head})
                rows[-1] |= cells
    more = f"; full: all people and {len(full.seeds)} splits" if full else ""
    return figures.table(
        rows,
        caption=f"Mean and 95 % interval; here: the people above and {len(result.seeds)} "
        f"splits{more}. {figures.full_note(NAME, full)}",
    )


def _cell(found: Record | None, name: str) -> str:
    if name.endswith("luck.accuracy"):
        return "–"
    if found is None:
        return NOT_YET
    return _metric(found, name) if name in found.metrics else NOT_HERE


def _metric(found: Record, name: str) -> str:
    return figures.written(found[name], bounds=(0, 1))
