"""Figures and tables of the credit application, drawn from a record or from one split."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lablib import figures
from lablib.applications.credit.accounts import PLAIN, Accounts, stretched
from lablib.applications.credit.decisions import mean_cost
from lablib.applications.credit.limits import LIMITS, may_be_deployed, verdicts
from lablib.applications.credit.measures import Decider
from lablib.applications.credit.reasons import Reason
from lablib.data import Splits
from lablib.figures import COLORS, ExploreView, FigureView, TableView
from lablib.figures.explore_view import Setting
from lablib.figures.records import NOT_YET
from lablib.record import Record

NAME = "applications/finance"
TITLES = {
    "one-answer": "one answer for all",
    "logistic": "logistic regression",
    "boosted": "boosted trees",
    "thresholds-sex": "… thresholds by sex",
    "thresholds-age": "… thresholds by age",
    "network": "network",
    "private": "… trained privately",
    "hardened": "… hardened",
    "int8": "… in 8 bits",
    "shuffled": "shuffled labels (control)",
    "memoriser": "memoriser (control)",
}
# Property to its title, its decimals, and whether its value cannot lie below 0.
COLUMNS = {
    "auc": ("AUC", 3),
    "ece": ("calibration error", 3),
    "cost": ("cost an account", 3),
    "dpd-sex": ("refusal gap, sex", 3),
    "eod-sex": ("error gap, sex", 3),
    "eod-age": ("error gap, age", 3),
    "turned": ("turned by small changes", 3),
    "advantage": ("membership advantage", 3),
    "bytes": ("bytes", 0),
    "microseconds": ("µs a row", 2),
}
DRAWN = ("auc", "ece", "cost", "dpd-sex", "turned", "advantage")
JUDGED = ("boosted", "thresholds-sex", "network", "private", "hardened", "int8")
SIGNED = ("advantage",)
CUTS = [round(0.05 * step, 2) for step in range(1, 20)]  # thresholds to walk along


def cost_curve(rule: Decider, parts: Splits[Accounts], *, ratio: float) -> ExploreView:
    """Cost of every threshold, to predict and to walk along: how many are refused, and whom.

    Parameters
    ----------
    rule, parts
        A model with its threshold, and its split.
    ratio : float
        Price of a default.
    """
    fig, ax = figures.new(width=4.5, height=3.2)
    test, held = parts.test, parts.validation
    p, p_held = rule.probability(test.x), rule.probability(held.x)
    costs = [mean_cost(test.y, p > cut, ratio=ratio) for cut in CUTS]
    costs_held = [mean_cost(held.y, p_held > cut, ratio=ratio) for cut in CUTS]
    ax.plot(CUTS, costs_held, color=COLORS["gray"])
    ax.plot(CUTS, costs, color=COLORS["sky"])
    figures.reference(ax, 1 / (1 + ratio), "1 / (1 + ratio)", axis="x")
    figures.reference(ax, mean_cost(test.y, np.zeros(len(test)), ratio=ratio), "accept all")
    ax.set_xlabel("refuse above this probability of a default")
    ax.set_ylabel("cost an account")
    ax.set_xlim(0, 1)
    settings = [_cut(test, p > cut, cut=cut, ratio=ratio) for cut in CUTS]
    chosen = int(np.argmin(costs_held))
    half = CUTS.index(0.5)
    share = float((p > CUTS[chosen]).mean())
    choices = [f"{part:.0%}" for part in (share / 3, share, (1 + share) / 2)]
    now = settings[chosen].readouts
    return figures.explore(
        fig,
        settings,
        control="threshold",
        default=half,
        predict=figures.Prediction(
            f"One account in {1 / test.y.mean():.1f} defaults, and a default costs {ratio:g} times "
            "what a refused payer costs. What share of all is it cheapest to refuse?",
            f"About {choices[1]}, and {now['payers among the refused']} of those would have paid. "
            f"An account then costs {now['cost']}; refusing above one half, {costs[half]:.3f}.",
            choices=choices,
            right=choices[1],
        ),
        alt=f"The cost is least near a threshold of {CUTS[chosen]:.2f} on validation rows, and "
        f"{costs[chosen]:.2f} there on test rows, which nearly agree. Refusing above one half "
        f"costs {costs[half]:.2f}, accepting all {costs[-1]:.2f}.",
        caption=f"One split: {len(held):,} validation (gray) and {len(test):,} test "
        f"accounts (blue). A refused payer costs 1, an accepted default {ratio:g}. The rule's own "
        f"threshold, chosen on validation rows: {rule.threshold:.2f}.",
    )


def _cut(test: Accounts, refused: NDArray[np.bool_], *, cut: float, ratio: float) -> Setting:
    """What refusing these accounts costs, and whom."""
    cost = mean_cost(test.y, refused, ratio=ratio)
    payers = f"{(test.y[refused] == 0).mean():.0%}" if refused.any() else "nobody is refused"
    return figures.Setting(
        f"{cut:.2f}",
        [figures.Mark([cut], [cost], color="blue")],
        {
            "cost": f"{cost:.3f}",
            "refused": f"{refused.mean():.0%}",
            "payers among the refused": payers,
            "defaults accepted": f"{((test.y == 1) & ~refused).sum():,}",
        },
    )


def reasons_table(found: tuple[Reason, ...], row: Any) -> TableView:
    """Reasons of one refusal with what the account holds.

    Parameters
    ----------
    found : tuple of Reason
        Strongest first.
    row : array, shape (F,)
        The account, in fixed units.
    """
    places = {name: i for i, name in enumerate(PLAIN)}
    lines = [
        {
            "reason": reason.words,
            "the account says": _entry(reason.column, float(row[places[reason.column]])),
            "added to the log-odds": f"{reason.amount:+.2f}",
        }
        for reason in found
    ]
    return figures.table(lines, caption="What spoke for the refusal of one test account.")


def matrix(result: Record) -> TableView:
    """Interventions x properties, each with its interval."""
    rows = []
    for name, title in TITLES.items():
        row = {"": title}
        for quantity, (heading, decimals) in COLUMNS.items():
            row[heading] = _cell(result, name, quantity, decimals)
        rows.append(row)
    return figures.table(
        rows,
        caption=f"Test rows, mean of {len(result.seeds)} splits of 30,000 accounts with 95 % "
        "intervals that allow for overlapping splits. A dash: small changes are tried on models, "
        "not on group thresholds or controls.",
    )


def tradeoffs(result: Record, *, reveal: str | None = None) -> FigureView:
    """Six properties, a dot and interval for each row.

    Parameters
    ----------
    result : Record
        Of this experiment.
    reveal : str, optional
        A question that hides the figure.
    """
    names = [name for name in TITLES if name != "one-answer"]
    fig, axes = figures.new(width=7.2, height=9.6, nrows=3, ncols=2, sharey=True)
    for ax, quantity in zip(axes.flat, DRAWN, strict=True):
        for place, name in enumerate(reversed(names)):
            metric = result.metrics.get(f"{name}.{quantity}")
            if metric is None or metric.interval is None:
                continue
            color = COLORS["red" if name in ("shuffled", "memoriser") else "blue"]
            low = metric.interval.low if quantity in SIGNED else max(0.0, metric.interval.low)
            ax.plot([low, metric.interval.high], [place, place], color=color)
            ax.plot([metric.value], [place], "o", color=color, markersize=5)
        baseline = result.value(f"one-answer.{quantity}")
        ax.axvline(baseline, color=COLORS["gray"], linestyle="--", linewidth=1.2)
        ax.set_xlabel(COLUMNS[quantity][0])
        ax.set_yticks(range(len(names)), [TITLES[name] for name in reversed(names)])
        ax.tick_params(axis="y", length=0)
    hard, plain = result["hardened.turned"].value, result["network.turned"].value
    return figures.show(
        fig,
        alt=f"Training against small changes lowers the share of turned decisions from {plain:.3f} "
        f"to {hard:.3f} and leaves AUC and gaps about where they were, while an account costs "
        f"{result.value('hardened.cost-change'):.3f} more. Private training "
        f"lowers the AUC from {result.value('network.auc'):.3f} to "
        f"{result.value('private.auc'):.3f}. Shuffled labels rank at chance.",
        caption=f"Test rows, mean of {len(result.seeds)} splits, 95 % intervals. Dashed: one "
        "answer for all. Red: the two controls.",
        reveal=reveal,
    )


def limits_table(result: Record) -> TableView:
    """Every limit held against every row that somebody might deploy."""
    found = {name: verdicts(result, name) for name in JUDGED}
    rows: list[Mapping[str, str]] = [
        {"limit": limit.words}
        | {TITLES[n].removeprefix("… "): found[n][limit.words] for n in JUDGED}
        for limit in LIMITS
    ]
    answer = {
        TITLES[n].removeprefix("… "): "yes" if may_be_deployed(result, n) else "no" for n in JUDGED
    }
    return figures.table(
        [*rows, {"limit": "May it be deployed?"} | answer],
        caption="Kept or broken: the whole 95 % interval lies on that side. Open: it holds the "
        "limit. Not measured: no metric of this record says it. "
        "A training without noise promises no privacy.",
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full, or the command that makes the full record."""
    full = figures.full_record(NAME)
    rows = []
    for name in ("boosted", "thresholds-sex", "private", "hardened", "int8"):
        row = {"": TITLES[name].removeprefix("… ")}
        for head, found in (("here", result), ("full", full)):
            for quantity in ("auc", "cost", "dpd-sex", "turned"):
                cell = NOT_YET if found is None else _cell(found, name, quantity, 3)
                row[f"{head}: {COLUMNS[quantity][0]}"] = cell
        rows.append(row)
    more = ""
    if full:
        moved = f"{full.config['moved_rows']:,} moved rows a split"
        more = f"; full: {len(full.seeds)} splits, {moved}"
    return figures.table(
        rows, caption=f"Here {len(result.seeds)} splits{more}. {figures.full_note(NAME, full)}"
    )


@dataclass(frozen=True)
class CardView:
    """A model card as a closed box of the page; `str` is its Markdown."""

    text: str

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from markdown_it import MarkdownIt

        title, _, body = self.text.partition("\n")
        made = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
        frame = (
            '<div class="lab-table" tabindex="0" role="region" aria-label="Measured quantities">'
        )
        made = made.replace("<table>", f"{frame}<table>").replace("</table>", "</table></div>")
        made = made.replace("<ul>", '<ul style="padding-left: 1.4em">')  # else dots lie outside
        summary = html.escape(title.lstrip("# "))
        return f'<details class="lab-reveal"><summary>{summary}</summary>{made}</details>'


def _entry(column: str, value: float) -> str:
    if "amt" in column:
        return f"NT$ {float(stretched(value)):,.0f}"
    if column == "limit_bal":
        return f"NT$ {100_000 * np.exp(value):,.0f}"
    months = 2 * value
    words = {-2.0: "no use of the card", -1.0: "paid in full", 0.0: "minimum paid"}
    return words.get(months, f"{months:.0f} months late" + (" or more" if months >= 4 else ""))


def _cell(found: Record, name: str, quantity: str, decimals: int) -> str:
    metric = found.metrics.get(f"{name}.{quantity}")
    if metric is None:
        return "–"
    form = f"z,.{decimals}f"
    if quantity == "bytes" or name == "one-answer":
        return f"{metric.value:{form}}"
    return figures.written(metric, form, bounds=(-1 if quantity in SIGNED else 0, math.inf))
