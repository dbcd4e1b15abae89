"""The figures and tables of the attributions page, drawn from a record or from attributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from lablib import figures
from lablib.explainability.attribution.faithfulness import Curves
from lablib.figures import COLORS, ExploreView, FigureView, Mark, Prediction, Setting, TableView
from lablib.record import Record

METHODS = {
    "gradient": "gradient",
    "gradient-x-input": "gradient × input",
    "integrated-gradients": "integrated gradients",
    "occlusion": "occlusion",
    "lime": "LIME",
    "sampled-shapley": "sampled Shapley",
    "tree-shap": "TreeSHAP",
}
TASKS = {
    "credit": "credit, network",
    "boosted": "credit, boosted trees",
    "reviews": "film reviews, words",
    "digits": "digits, patches",
}


def words(
    names: Sequence[str], values: Mapping[str, ArrayLike], *, label: str, caption: str
) -> FigureView:
    """One row of bars a word and a panel a method, each scaled to its largest bar.

    Parameters
    ----------
    names : sequence of str
        The words, in order.
    values : mapping
        Method (a key of `METHODS` or any label) to attributions (G,).
    label, caption : str
        What a bar to the right means; n and conditions.
    """
    fig, axes = figures.new(
        width=6.4, height=0.9 + 0.27 * len(names), ncols=len(values), sharey=True
    )
    rows = np.arange(len(names), 0, -1)
    first = {}
    for ax, (method, claimed) in zip(np.atleast_1d(axes), values.items(), strict=True):
        claim = np.asarray(claimed, dtype=np.float64)
        share = claim / np.abs(claim).max()
        colors = [COLORS["blue"] if value > 0 else COLORS["red"] for value in claim]
        ax.barh(rows, share, color=colors, height=0.7)
        ax.axvline(0, color=COLORS["gray"], linewidth=1)
        ax.set_xlim(-1.1, 1.1)
        ax.set_xticks([])
        ax.set_title(METHODS.get(method, method), fontsize=10, color=figures.TEXT)
        first[METHODS.get(method, method)] = names[int(np.abs(claim).argmax())]
    np.atleast_1d(axes)[0].set_yticks(rows, list(names))
    np.atleast_1d(axes)[0].tick_params(axis="y", length=0)
    said = ", ".join(f"{method} names “{word}”" for method, word in first.items())
    return figures.show(
        fig,
        alt=f"The methods do not name the same word as most important: {said}.",
        caption=f"Right and blue: {label}; left and red: against it. Each panel is scaled to its "
        f"largest bar. {caption}",
    )


def removal(curves: Mapping[str, Curves], *, caption: str, after: int = 3) -> ExploreView:
    """Mean score while features go and come, step by step after a prediction.

    Parameters
    ----------
    curves : mapping
        An explanation (a key of `METHODS` or any label), then the control: their removal curves of
        the same rows.
    caption : str
        Which rows, and what stands for an absent feature.
    after : int
        Features taken away in the question, fewer than there are.
    """
    (one, named), (other, control) = curves.items()
    title = METHODS.get(one, one)
    left = {
        (name, part): _share_left(found, part)
        for name, found in ((one, named), (other, control))
        for part in ("deletion", "insertion")
    }
    steps = np.arange(len(left[one, "deletion"]))
    fig, ax = figures.new(width=4.4, height=3.3)
    for (name, part), line in left.items():
        ax.plot(steps, line, color=COLORS["blue" if name == one else "gray"], linewidth=1.4,
                linestyle="-" if part == "deletion" else "--")  # fmt: skip
    low, high = min(map(min, left.values())), max(map(max, left.values()))
    ax.set(xlim=(-0.5, steps[-1] + 0.5), ylim=(low - 8, high + 8))
    ax.set(xlabel="features taken away, or put back", ylabel="score, % of its change")
    ax.set_xticks(steps[:: max(1, len(steps) // 7)])
    found = {name: f"{left[name, 'deletion'][after]:.0f} %" for name in curves}
    below = ", less than without any feature" if left[one, "deletion"][after] < 0 else ""
    return figures.explore(
        fig,
        [_after(int(step), left, one, other) for step in steps],
        control="features",
        default=after,
        predict=Prediction(
            f"{title.capitalize()} order {steps[-1]} features. The first {after} are taken away. "
            "How much of what the score had gained over its baseline is left?",
            f"{found[one]} are left{below}. When {after} features go in random order, it is "
            f"{found[other]}.",
            unit="%",
            drawn=True,
        ),
        alt=f"After {after} features are taken away, {found[one]} of the change of the score are "
        f"left in the order of {title} and {found[other]} in random order; with {after} put "
        f"back it is {left[one, 'insertion'][after]:.0f} % and "
        f"{left[other, 'insertion'][after]:.0f} %.",
        caption=f"Blue: {title}; gray: {METHODS.get(other, other)}. Solid: taken away; dashed: put "
        f"back. 100 %: the mean score of all features, 0 %: that of none. {caption}",
    )


def _share_left(curves: Curves, part: str) -> list[float]:
    """The mean curve in percent of the mean change from the baseline to the full score."""
    line = (getattr(curves, part) - curves.deletion[:, -1:]).mean(0)
    return [float(value) for value in 100 * line / curves.change.mean()]


def _after(
    step: int, left: Mapping[tuple[str, str], Sequence[float]], one: str, other: str
) -> Setting:
    marks = [
        Mark([step, step], [left[name, part][step] for part in ("deletion", "insertion")],
             color="blue" if name == one else "gray")
        for name in (one, other)
    ]  # fmt: skip
    named = METHODS.get(one, one)
    return Setting(str(step), marks, {
        f"left, {named}": f"{left[one, 'deletion'][step]:.0f} %",
        "left, control": f"{left[other, 'deletion'][step]:.0f} %",
        f"put back, {named}": f"{left[one, 'insertion'][step]:.0f} %",
        "put back, control": f"{left[other, 'insertion'][step]:.0f} %",
    })  # fmt: skip


def faithful(result: Record, *, reveal: str | None = None) -> FigureView:
    """How much better than random each method orders features, on every task."""
    tasks = [task for task in TASKS if f"{task}.quality" in result.metrics]
    fig, axes = figures.new(
        width=5.2, height=1.95 * len(tasks), nrows=len(tasks), sharex=True, squeeze=False
    )
    failed = []
    for ax, task in zip(axes.flat, tasks, strict=False):
        shown = [m for m in METHODS if f"{task}.{m}.over-random" in result.metrics]
        for row, method in zip(range(len(shown), 0, -1), shown, strict=True):
            metric = result[f"{task}.{method}.over-random"]
            assert metric.interval is not None
            beats = metric.interval.low > 0
            color = COLORS["blue" if beats else "red"]
            ax.plot([metric.interval.low, metric.interval.high], [row, row], color=color)
            ax.plot([metric.value], [row], "o" if beats else "X", color=color)
            if not beats:
                failed.append(f"{METHODS[method]} ({TASKS[task]})")
        ax.axvline(0, color=COLORS["gray"], linestyle="--", linewidth=1.2)
        ax.set_yticks(range(len(shown), 0, -1), [METHODS[method] for method in shown])
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(0.4, len(shown) + 0.6)
        ax.set_title(TASKS[task], fontsize=10.5, color=figures.TEXT)
        ax.set_xlim(-0.6, 2.7)
    axes[-1, 0].set_xlabel("gap beyond random orders")
    lost = ", ".join(failed) if failed else "none"
    return figures.show(
        fig,
        alt=f"Methods whose interval includes zero, no better than random orders: {lost}. "
        "All others beat random on every task.",
        caption=f"Insertion minus deletion, as a share of the mean change of the score, beyond "
        f"random orders of the same rows (dashed, 0). Mean of {len(result.seeds)} splits with "
        f"95 % intervals that allow for overlapping splits. Red crosses, not better than random: "
        f"{lost}.",
        reveal=reveal,
    )


def cascade(result: Record, *, reveal: str | None = None) -> FigureView:
    """Rank correlation with the trained network's attributions as layers become random."""
    fig, ax = figures.new(width=5.6, height=3.4)
    places = {"input-only": ("control: input only", "red", 2), "gradient": ("gradient", "sky", 0),
              "gradient-x-input": ("gradient × input", "orange", -10),
              "integrated-gradients": ("integrated gradients", "blue", 4)}  # fmt: skip
    layers = len([name for name in result.metrics if name.startswith("cascade.gradient.")])
    for method, (label, color, lift) in places.items():
        found = [result[f"cascade.{method}.{layer}"] for layer in range(1, layers + 1)]
        value = [1.0, *[metric.value for metric in found]]
        low = [1.0, *[m.interval.low if m.interval else m.value for m in found]]
        high = [1.0, *[m.interval.high if m.interval else m.value for m in found]]
        figures.band(ax, range(layers + 1), value, low, high, label="", color=COLORS[color])
        ax.annotate(label, (layers, value[-1]), xytext=(7, lift - 4), fontsize=9.5,
                    textcoords="offset points", color=figures.TEXT)  # fmt: skip
    ax.axhline(0, color=COLORS["gray"], linestyle="--", linewidth=1.2)
    ax.text(0, 0.02, "unrelated", fontsize=9.5, va="bottom", color=figures.TEXT)
    ax.set_xticks(range(layers + 1))
    ax.set_xlim(-0.1, layers + 1.15)
    ax.set_ylim(-0.45, 1.12)
    ax.set_xlabel("layers made random, from the output")
    ax.set_ylabel("rank correlation with before")
    last, plain = result.value("cascade.integrated-gradients"), result.value("cascade.gradient")
    return figures.show(
        fig,
        alt=f"With every layer random the gradient's order is unrelated to before ({plain:.2f}), "
        f"that of integrated gradients still correlates at {last:.2f}, and an explanation made of "
        "the input alone does not change at all.",
        caption=f"Absolute attributions of credit accounts, mean of {len(result.seeds)} splits "
        "with 95 % bands.",
        reveal=reveal,
    )


def planted(result: Record) -> TableView:
    """How often each method names a planted column first, beside random."""
    rows = [
        {
            "method": METHODS.get(method, method),
            "names a planted column first": _share(result, f"planted.{method}.top"),
            "share of all |attribution|": _share(result, f"planted.{method}.share"),
        }
        for method in ("gradient", "gradient-x-input", "integrated-gradients", "occlusion",
                       "lime", "sampled-shapley", "random")
    ]  # fmt: skip
    return figures.table(
        rows,
        caption=f"Three planted columns among 22; mean of {len(result.seeds)} splits with 95 % "
        "intervals. Random orders name one of them first in 3 of 22 cases.",
    )


def agreement(result: Record) -> TableView:
    """How far pairs of methods agree about the same accounts."""
    rows = []
    for name in result.metrics:
        parts = name.split(".")
        if parts[0] == "agreement" and parts[-1] == "overlap" and "gradient" not in parts[1:3]:
            one, two = parts[1:3]
            rows.append((result.value(name), {
                "pair": f"{METHODS[one]} – {METHODS[two]}",
                "same three features": _share(result, name),
                "rank correlation": figures.written(result[f"agreement.{one}.{two}.order"], ".2f"),
            }))  # fmt: skip
    rows.sort(key=lambda row: row[0])
    return figures.table(
        [row for _, row in rows],
        caption=f"Credit network, mean of {len(result.seeds)} splits with 95 % intervals. First: "
        "share of the three largest attributions that both methods name.",
    )


def recourse(result: Record) -> TableView:
    """Validity, distance and plausibility of three ways to another decision."""
    ways = {
        "accepted": "similar account",
        "gradient": "gradient",
        "random": "random account",
    }
    rows = [
        {
            "way": label,
            "valid": _share(result, f"recourse.{way}.valid"),
            "valid, retrained": _share(result, f"recourse.{way}.valid-again"),
            "changed": figures.written(result[f"recourse.{way}.changed"], ".1f"),
            "distance": figures.written(result[f"recourse.{way}.distance"], ".1f"),
            "near real": _share(result, f"recourse.{way}.plausible"),
            "occurs": _share(result, f"recourse.{way}.occurring"),
        }
        for way, label in ways.items()
    ]
    return figures.table(
        rows,
        caption=f"Refused test accounts, {result.config['recourse_rows']} a split, mean of "
        f"{len(result.seeds)} splits with 95 % intervals. The random account is the baseline. "
        "Valid: accepted then, also by a network trained anew; changed: features; distance: sum of "
        "changes in standard deviations of the ranked features; near: as near to one as 95 % of "
        "fresh ones; occurs: every months-late value exists in the data.",
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full, or the command that makes the full record."""
    error = "credit.integrated-gradients.completeness"
    return figures.beside_full(
        result,
        {
            "credit: completeness error of integrated gradients": lambda one: figures.written(
                one[error], ".2%", bounds=(0, 1)
            ),
            "credit: gradient × input beyond random": "credit.gradient-x-input.over-random",
            "credit: integrated gradients beyond random": "credit.integrated-gradients.over-random",
            "boosted trees: TreeSHAP beyond random": "boosted.tree-shap.over-random",
            "reviews: gradient × input beyond random": "reviews.gradient-x-input.over-random",
            "reviews: integrated gradients beyond random": (
                "reviews.integrated-gradients.over-random"
            ),
            "retrained without what integrated gradients name: AUC below random": (
                "retrained.integrated-gradients.below-random"
            ),
            "recourse valid for a retrained network": "recourse.accepted.valid-again",
        },
        caption="Mean and 95 % interval.",
        runs="splits",
        form="z.2f",
    )


def _share(result: Record, name: str) -> str:
    return figures.written(result[name], ".0%", bounds=(0, 1))
