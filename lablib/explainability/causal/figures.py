"""The figures and tables of the page on causal graphs, drawn from a graph or from a record."""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx

from lablib import figures
from lablib.evaluation import Interval
from lablib.explainability.causal.graph import Graph, objection
from lablib.explainability.causal.simulate import DIALS, KNOWN_EFFECTS
from lablib.figures import COLORS, FigureView, TableView
from lablib.record import Record

SETS = {
    "nothing": "nothing",
    "age-stress": "age, stress",
    "with-budget": "age, stress, budget",
    "with-calls": "age, stress, calls",
    "everything": "everything recorded",
}
TESTS = {
    "placebo-treatment": "placebo treatment",
    "random-common-cause": "random common cause",
    "subset-of-the-rows": "subset of the rows",
    "negative-control": "negative control",
}


def dot(graph: Graph, cause: str, effect: str, *, adjusted: Collection[str] = ()) -> str:
    """Graphviz text of a causal graph, the question and what is adjusted for marked in it.

    Parameters
    ----------
    graph : Graph
        From `lablib.explainability.causal.graph.graph`.
    cause, effect : str
        Drawn with thick borders.
    adjusted : collection of str
        Drawn with a fill: green, or red if an effect of `cause` is among them.

    >>> '"age" -> "late"' in dot(nx.DiGraph([("age", "late"), ("drug", "late")]), "drug", "late")
    True
    """
    later = nx.descendants(graph, cause)
    lines = ["digraph {", "rankdir=LR; nodesep=0.35; bgcolor=transparent;"]
    lines.append('node [shape=box, style=rounded, fontname="sans-serif", fontsize=13];')
    for name in graph:
        look = []
        if name in (cause, effect):
            look.append(f'penwidth=3, color="{COLORS["blue"]}"')
        elif name in adjusted:
            color = COLORS["red" if name in later else "green"]
            look.append(f'penwidth=3, color="{color}", peripheries=2')
        lines.append(f'"{name}" [{", ".join(look)}];')
    lines += [f'"{a}" -> "{b}";' for a, b in graph.edges]
    return "\n".join([*lines, "}"])


def drawing(
    graph: Graph, cause: str, effect: str, *, adjusted: Collection[str] = (), caption: str
) -> FigureView:
    """A causal graph as a figure; the alt text says what the criterion says of `adjusted`.

    Parameters
    ----------
    graph, cause, effect, adjusted
        As for `dot`.
    caption : str
        What the variables are.
    """
    against = objection(graph, cause, effect, adjusted)
    verdict = f"not allowed: {against}" if against else "allowed by the back-door criterion"
    edges = "; ".join(f"{a} acts on {', '.join(graph[a])}" for a in graph if graph[a])
    return figures.diagram(
        dot(graph, cause, effect, adjusted=adjusted),
        alt=f"Adjusting for {' and '.join(adjusted) or 'nothing'} is {verdict}. {edges}.",
        caption=caption,
    )


def sets(result: Record, *, reveal: str | None = None) -> FigureView:
    """Mean estimate and typical interval by set of variables, with the truth and the coverage."""
    fig, ax = figures.new(width=5.8, height=3.6)
    truth = result.value("truth")
    wrong = []
    rows = [(f"{name}.regression", label) for name, label in SETS.items()]
    rows.append(("instrument.wald", "letter as instrument"))
    for row, (name, label) in zip(range(len(rows), 0, -1), rows, strict=True):
        value, half = result.value(f"{name}.estimate"), result.value(f"{name}.width") / 2
        share = result.value(f"{name}.coverage")
        color = COLORS["blue" if share > 0.5 else "red"]
        ax.plot([value - half, value + half], [row, row], color=color, solid_capstyle="butt")
        ax.plot([value], [row], "o" if share > 0.5 else "X", color=color)
        ax.annotate(f"{value:.1f}", (value, row), xytext=(0, 7),
                    textcoords="offset points", ha="center", fontsize=9.5,
                    color=figures.TEXT)  # fmt: skip
        if share <= 0.5:
            wrong.append(f"{label} gives {value:.1f}")
        ax.annotate(
            f"{share:.0%}", (1.1, row), xycoords=ax.get_yaxis_transform(), ha="right",
            va="center", fontsize=10, color=figures.TEXT, annotation_clip=False,
        )  # fmt: skip
    ax.set_yticks(range(len(rows), 0, -1), [label for _, label in rows])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(0.5, len(rows) + 0.9)
    ax.set_xlim(-10, 4)
    look = {"ha": "right", "va": "bottom", "fontsize": 9.5, "color": figures.TEXT}
    ax.text(1.1, 1.0, "right", transform=ax.transAxes, **look)
    figures.reference(ax, truth, "the truth", axis="x")
    figures.reference(ax, 0.0, "no effect", axis="x")
    ax.set_xlabel("days late a month, with counselling minus without")
    return figures.show(
        fig,
        alt=f"The true effect is {truth:.0f} days. Adjusting for age and stress finds it; "
        f"{', '.join(wrong)}, and their intervals almost never hold the truth.",
        caption=f"Mean estimate over {len(result.seeds)} invented banks of "
        f"{result.config['people']} people, with a 95 % interval of the mean width; the share of "
        "the intervals that hold the truth stands on the right.",
        reveal=reveal,
    )


def models(result: Record) -> TableView:
    """Coverage of the three estimators when a model is wrong."""
    cells = {
        "regression": ("age-stress", "wrong-outcome", None, None),
        "weighting": ("age-stress", None, "wrong-propensity", None),
        "doubly-robust": ("age-stress", "wrong-outcome", "wrong-propensity", "both-wrong"),
    }
    heads = ("both right", "outcome wrong", "propensity wrong", "both wrong")
    return figures.table(
        [
            {"estimator": name.replace("-", " ")}
            | {
                head: "" if place is None else f"{result.value(f'{place}.{name}.coverage'):.0%}"
                for head, place in zip(heads, places, strict=True)
            }
            for name, places in cells.items()
        ],
        caption=f"Share of {len(result.seeds)} intervals at 95 % that hold the truth; age and "
        "stress are adjusted for everywhere. A wrong model leaves the square of stress out. Empty: "
        "the estimator does not use that model, or uses no other.",
    )


def objections(result: Record, *, reveal: str | None = None) -> TableView:
    """How often each test objects to each estimate, and the E-value of the estimate."""
    worlds = result.config["tried"]
    return figures.table(
        [
            {
                "adjusted for": SETS[name],
                "estimate": f"{result.value(f'{name}.regression.estimate'):.1f}",
                **{
                    label: f"{result.value(f'refuted.{name}.{test}'):.0%}"
                    for test, label in TESTS.items()
                },
                "E-value": f"{result.value(f'e-value.{name}'):.1f}",
            }
            for name in ("nothing", "age-stress", "with-budget", "with-calls")
        ],
        caption=f"Share of {worlds} invented banks in which a test objects to the estimate; the "
        f"truth is {result.value('truth'):.0f}. The E-value is a mean over the same banks.",
        reveal=reveal,
    )


def study(result: Record) -> FigureView:
    """The effect of the name on call-backs by every estimator, and what placebos give."""
    rows = {
        "rows taken as independent": "study.difference.rows-alone",
        "grouped by advertisement": "study.difference",
        "… and regression": "study.adjusted.regression",
        "… and weighting": "study.adjusted.weighting",
        "… and doubly robust": "study.adjusted.doubly-robust",
        "placebo: names by lot again": "study.refute.placebo",
    }
    fig, ax = figures.new(width=5.6, height=3.8)
    found = [result[name] for name in rows.values()]
    values = [round(m.value, 3) + 0.0 for m in found]  # no "-0.000"
    figures.points(ax, list(rows), values, [m.interval for m in found])
    figures.reference(ax, 0.0, "no effect", axis="x")
    ax.set_xlabel("call-back rate, names read as white minus Black")
    plain = result["study.difference"]
    assert plain.interval is not None
    return figures.show(
        fig,
        alt=f"A name that is read as white raises the call-back rate by {plain.value:.3f}, from "
        f"{plain.interval.low:.3f} to {plain.interval.high:.3f}, and adjusting for the résumé "
        "changes almost nothing; dealing the names out again by lot leaves no effect.",
        caption=f"{plain.n:,} résumés to {result.value('study.ads'):,.0f} advertisements. 95 % "
        f"intervals; for the placebo the middle 95 % of {result['study.refute.placebo'].n:,} lots "
        "within advertisements.",
    )


def importances(result: Record, *, reveal: str | None = None) -> FigureView:
    """Both readings of importance for the columns of the score, beside what turning them does."""
    fig, axes = figures.new(width=6.2, height=2.9, ncols=2, sharey=True, sharex=True)
    places = range(len(DIALS), 0, -1)
    for ax, reading, color in zip(
        axes, ("observational", "interventional"), ("red", "blue"), strict=True
    ):
        for row, name in zip(places, DIALS, strict=True):
            metric = result[f"importance.{reading}.{name}"]
            ends = metric.interval or Interval(metric.value, metric.value)
            ax.plot([ends.low, ends.high], [row, row], color=COLORS[color])
            ax.plot([metric.value], [row], "o", color=COLORS[color])
            ax.annotate(f"{metric.value:.2f}", (metric.value, row), xytext=(0, 6), ha="center",
                        textcoords="offset points", fontsize=9.5,
                        color=figures.TEXT)  # fmt: skip
        ax.set_title(reading, fontsize=10.5, color=figures.TEXT)
        ax.set_xlim(-0.06, 1)
        ax.set_xticks([0, 0.5, 1])
        ax.set_ylim(0.5, len(DIALS) + 0.7)
        ax.set_xlabel("mean size of the attribution")
    labels = [f"{n} (acts: {e:g})" for n, e in zip(DIALS, KNOWN_EFFECTS, strict=True)]
    axes[0].set_yticks(list(places), labels)
    axes[0].tick_params(axis="y", length=0)
    return figures.show(
        fig,
        alt="Read as association, the postcode, which acts on nothing, stands above the history, "
        "which acts; read as intervention, the order is that of the known effects.",
        caption=f"Shapley values of a fitted line, mean size over {result.config['rows']} rows; "
        f"mean of {result.config['ranked']} invented tables with 95 % intervals. In brackets: by "
        "how much the outcome rises when the column is raised by one by hand.",
        reveal=reveal,
    )
