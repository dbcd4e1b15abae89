"""The figures of the readable-models page, each drawn from a record alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lablib import figures
from lablib.explainability.credit import LABELS, SHIFTS
from lablib.figures import COLORS, FigureView, TableView
from lablib.figures.records import NOT_YET
from lablib.record import Record

ADULT = "explainability/readable-on-adult"
FAMILIES = {
    "tree": ("tree", "blue"),
    "rules": ("rule list", "orange"),
    "logistic": ("logistic", "sky"),
    "gam": ("additive (splines)", "purple"),
    "ebm": ("additive (boosted)", "green"),
    "boosted": ("boosted trees", "gray"),
    "neural": ("neural network", "red"),
}
# Where each label stands, in points from a dot: several dots lie close together.
_PLACES = {
    "tree": (7, -4),
    "rules": (10, -8),
    "logistic": (8, -6),
    "gam": (10, 5),
    "ebm": (10, 17),
    "boosted": (-34, 17),
    "neural": (-44, -24),
}


def frontier(result: Record) -> FigureView:
    """Test AUC against the number of things to read, one line a family."""
    fig, ax = figures.new(height=4.3)
    for family, (label, color) in FAMILIES.items():
        rows = [row for row in result.tables["models"] if row["family"] == family]
        size, auc = [row["size"] for row in rows], [row["value"] for row in rows]
        spread = [[row["value"] - row["low"] for row in rows],
                  [row["high"] - row["value"] for row in rows]]  # fmt: skip
        ax.errorbar(size, auc, yerr=spread, fmt="-o", color=COLORS[color], markersize=4)
        ax.annotate(label, (size[-1], auc[-1]), xytext=_PLACES[family],
                    textcoords="offset points", fontsize=9.5, color=figures.TEXT)  # fmt: skip
    figures.reference(ax, result.value("majority.auc"), "majority baseline")
    ax.text(0.995, result.value("shuffled-boosted.auc") - 0.004, "control: shuffled labels",
            transform=ax.get_yaxis_transform(), ha="right", va="top", fontsize=9.5,
            color=figures.TEXT)  # fmt: skip
    ax.axhline(result.value("shuffled-boosted.auc"), color=COLORS["red"], ls=":", lw=1.2)
    ax.set_xscale("log")
    ax.set_ylim(0.465, 0.815)
    ax.set_xlabel("things to read: leaves, rules, curves, coefficients, weights")
    ax.set_ylabel("AUC on test rows")
    best, ebm, tree = (result.value(f"{m}.auc") for m in ("boosted", "ebm", "tree-16"))
    return figures.show(
        fig,
        alt=f"Boosted trees reach an AUC of {best:.3f}; an additive model of 19 curves reaches "
        f"{ebm:.3f} and a tree of 16 leaves {tree:.3f}. Beyond 16 leaves a tree gains little.",
        caption=f"AUC over {len(result.seeds)} random splits with 95 % intervals that allow for "
        f"overlapping splits; {rows_of_test(result):,} test rows each. The size axis is "
        "logarithmic.",
    )


def rows_of_test(result: Record) -> int:
    """Test rows of one split."""
    return int(next(r["n"] for r in result.tables["fidelity"] if r["place"] == "held-out"))


def curves(result: Record, columns: Sequence[str] = ("pay_0", "limit_bal")) -> FigureView:
    """The additive models' curves of `columns`, with bands over splits."""
    fig, axes = figures.new(width=6.4, height=3.2, ncols=len(columns), sharey=True)
    for ax, column in zip(axes, columns, strict=True):
        for model, color, dash in (("ebm", "green", "-"), ("gam", "purple", "--")):
            rows = [r for r in result.tables["curves"]
                    if r["column"] == column and r["model"] == model]  # fmt: skip
            x = [row["x"] / (1000 if column == "limit_bal" else 1) for row in rows]
            low, high = [row["low"] for row in rows], [row["high"] for row in rows]
            ax.fill_between(x, low, high, color=COLORS[color], alpha=0.2, linewidth=0)
            ax.plot(x, [row["value"] for row in rows], dash, color=COLORS[color],
                    label={"ebm": "boosted curves", "gam": "splines"}[model])  # fmt: skip
        ax.axhline(0, color=COLORS["gray"], linestyle=":", linewidth=1.2)
        unit = ", NT$ 1,000" if column == "limit_bal" else ""
        ax.set_xlabel(LABELS[column][0] + unit)
    axes[0].set_ylabel("added log-odds of default")
    axes[0].legend(loc="upper left", fontsize=9.5, labelcolor=figures.TEXT)
    one, two = (_curve_at(result, "ebm", "pay_0", x) for x in (1.0, 2.0))
    return figures.show(
        fig,
        alt=f"Being one month late in September adds {one:.1f} to the log-odds and two months "
        f"{two:.1f}; the curve of the limit falls slowly. The two additive models agree on "
        "this, and differ on the codes below zero.",
        caption=f"Two of 19 curves: mean of {len(result.seeds)} splits with 95 % bands. Zero is "
        "the average account. Codes below 1 mean: 0 minimum paid, -1 paid in full, -2 card not "
        "used.",
    )


def fidelity(result: Record, *, reveal: str | None = None) -> FigureView:
    """Agreement and explained variance of the surrogate on held-out rows, by leaves."""
    rows = [row for row in result.tables["fidelity"] if row["place"] == "held-out"]
    control = next(row for row in result.tables["fidelity"] if row["place"] == "permuted")
    fig, ax = figures.new(height=3.4)
    leaves = [row["leaves"] for row in rows]
    for key, label, color in (
        ("agreement", "same decision", "blue"),
        ("r2", "R² of log-odds", "orange"),
    ):
        values, low, high = ([row[key + end] for row in rows] for end in ("", ".low", ".high"))
        figures.band(ax, leaves, values, low, high, label="", color=COLORS[color])
        ax.annotate(
            label, (leaves[-1], values[-1]), xytext=(7, 3 if key == "agreement" else -10),
            textcoords="offset points", fontsize=10, color=figures.TEXT,
        )  # fmt: skip
    figures.reference(ax, rows[0]["constant"], "constant answer agrees")
    ax.plot([control["leaves"]] * 2, [control["agreement"], control["r2"]], "x",
            color=COLORS["red"], markersize=8)  # fmt: skip
    for key, text in (("agreement", "agreement"), ("r2", "R²")):
        ax.annotate(f"control: {text}", (control["leaves"], control[key]), xytext=(8, -9),
                    textcoords="offset points", fontsize=9.5, color=figures.TEXT)  # fmt: skip
    ax.set_xscale("log", base=2)
    ax.set_xticks(leaves, [str(count) for count in leaves])
    ax.set_xlim(leaves[0] * 0.9, leaves[-1] * 3.4)
    ax.set_ylim(-0.1, 1.03)
    ax.set_xlabel("leaves of the surrogate")
    ax.set_ylabel("fidelity to the neural scorer")
    first, last = rows[0], rows[-1]
    return figures.show(
        fig,
        alt=f"With {first['leaves']} leaves the surrogate already agrees on "
        f"{first['agreement']:.0%} of decisions but explains {first['r2']:.0%} of the variance of "
        f"the scores; a constant answer agrees on {first['constant']:.0%}.",
        caption=f"Surrogate trees of the neural scorer on held-out rows (n = {first['n']:,}), mean "
        f"of {len(result.seeds)} splits with 95 % bands. Crosses: a surrogate of "
        f"{control['leaves']} leaves fitted to permuted scores. With {last['leaves']} leaves: "
        f"agreement {last['agreement']:.3f}, R² {last['r2']:.3f}.",
        reveal=reveal,
    )


def shifted(result: Record, *, reveal: str | None = None) -> FigureView:
    """Agreement, its baseline and explained variance on accounts the surrogate never saw."""
    leaves = result.config["reported_leaves"]
    found = {row["place"]: row for row in result.tables["fidelity"] if row["leaves"] == leaves}
    fig, axes = figures.new(width=6.4, height=3.4, ncols=2, sharey=True)
    panels = (("agreement", "same decision (bar: constant answer)"), ("r2", "R² of log-odds"))
    places = [(shift, where) for shift in SHIFTS for where in ("fitted", "shifted")]
    for ax, (key, title) in zip(axes, panels, strict=True):
        for height, (shift, where) in zip((3.6, 3.0, 1.6, 1.0), places, strict=True):
            row, color = found[f"{shift}.{where}"], COLORS["blue" if where == "fitted" else "red"]
            ax.plot([row[f"{key}.low"], row[f"{key}.high"]], [height] * 2, color=color)
            ax.plot([row[key]], [height], "o", color=color)
            ax.annotate(f"{row[key]:.2f}", (row[key], height), xytext=(0, 6), ha="center",
                        textcoords="offset points", fontsize=9.5, color=figures.TEXT)  # fmt: skip
            if key == "agreement":
                ax.plot([row["constant"]], [height], "|", color=COLORS["gray"], markersize=16)
        ax.set_title(title, fontsize=10, color=figures.TEXT)
        ax.set_ylim(0.5, 4.3)
    axes[0].set_xlim(0.42, 1.02)
    axes[1].set_xlim(0.25, 1.02)
    names = {"high-limit": ("other limits", "high limits, unseen"),
             "low-limit": ("other limits", "low limits, unseen")}  # fmt: skip
    axes[0].set_yticks([3.6, 3.0, 1.6, 1.0], [n for shift in SHIFTS for n in names[shift]])
    axes[0].tick_params(axis="y", length=0)
    high, low = found["high-limit.shifted"], found["low-limit.shifted"]
    return figures.show(
        fig,
        alt=f"On unseen accounts with high limits the surrogate agrees on {high['agreement']:.0%} "
        f"of decisions, a constant on {high['constant']:.0%}, and R² falls from "
        f"{found['high-limit.fitted']['r2']:.2f} to {high['r2']:.2f}. On low limits agreement "
        f"falls to {low['agreement']:.0%}.",
        caption=f"Surrogates of {leaves} leaves fitted without "
        f"{SHIFTS['high-limit'][3]} (n = {high['n']:,} unseen test rows) or without "
        f"{SHIFTS['low-limit'][3]} (n = {low['n']:,}); mean of {len(result.seeds)} splits, 95 % "
        "intervals. Gray bar: what the best constant answer reaches on the same rows.",
        reveal=reveal,
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full, or the command that makes the full record."""
    return figures.beside_full(
        result,
        {
            "AUC, boosted trees": "boosted.auc",
            "AUC, neural network": "neural.auc",
            "AUC, additive (boosted)": "ebm.auc",
            "AUC, tree of 8 leaves": "tree-8.auc",
            "additive (boosted) minus boosted trees": "ebm.minus-boosted",
            "tree of 16 leaves minus boosted trees": "tree-16.minus-boosted",
            "AUC, control with shuffled labels": "shuffled-boosted.auc",
            "surrogate of 16 leaves: gain over a constant": "surrogate-16.gain",
            "the same, R² on unseen high limits": "surrogate-16.high-limit.shifted.r2",
        },
        caption="Mean and 95 % interval.",
        runs="splits",
    )


def on_adult() -> TableView:
    """Our calls beside reference libraries on Adult, or the command that makes the record."""
    names = {
        "interpret": "boosted curves and pairs, InterpretML's defaults",
        "ebm-pairs": "our call: four bags and pairs",
        "ebm-light": "our call as on this page: two bags, no pairs",
        "gam": "splines",
        "logistic": "logistic regression",
        "boosted": "boosted trees",
        "imodels-rules": "rule list of imodels",
        "rules": "our rule list",
        "falling-rules": "our rule list, falling",
    }
    found = figures.full_record(ADULT)
    rows = [
        {
            "model": label,
            "AUC": figures.written(found[f"{model}.auc"]) if found else NOT_YET,
            "difference": _minus(found, model) if found else NOT_YET,
        }
        for model, label in names.items()
    ]
    splits = f"{len(found.seeds)} splits of the Adult table" if found else "the Adult table"
    return figures.table(
        rows,
        caption=f"Mean over {splits} and 95 % interval; differences are paired, to InterpretML's "
        f"defaults and for rule lists as named. {figures.full_note(ADULT, found)}",
    )


def _minus(result: Record, model: str) -> str:
    """The one recorded difference of a model, with what it is taken to."""
    for name in result.metrics:
        if name.startswith(f"{model}.minus-"):
            other = name.partition(".minus-")[2]
            return f"{figures.written(result[name])} to {other}"
    return "–"


def _curve_at(result: Record, model: str, column: str, x: float) -> float:
    rows: list[dict[str, Any]] = result.tables["curves"]
    return next(
        float(row["value"])
        for row in rows
        if (row["model"], row["column"], row["x"]) == (model, column, x)
    )
