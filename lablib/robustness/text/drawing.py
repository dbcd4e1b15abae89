"""The figures of the section on changed words; every number comes from the record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lablib import figures
from lablib.figures import COLORS, FigureView, TableView
from lablib.record import Record

NAMES = {
    "plain": "texts alone",
    "unrelated": "unrelated words",
    "once": "attacked once",
    "renewed": "attacked anew",
    "drawn": "random synonyms",
}
MARKS = {"accuracy": ("D", "gray"), "chance": ("|", "orange"), "greedy": ("x", "red")}


def trainings(result: Record, *, reveal: str | None = None) -> FigureView:
    """What each training withstands: by chance, greedily, and in the worst case."""
    fig, ax = figures.new(height=3.6)
    worst = [result[f"{name}.synonyms.exact"] for name in NAMES]
    figures.points(
        ax,
        list(NAMES.values()),
        [one.value for one in worst],
        [one.interval for one in worst],
        baseline=("texts alone", worst[0].value),
    )
    for row, name in zip(range(len(NAMES), 0, -1), NAMES, strict=True):
        for kind, (marker, color) in MARKS.items():
            key = f"{name}.accuracy" if kind == "accuracy" else f"{name}.synonyms.{kind}"
            ax.plot([result.value(key)], [row], marker, color=COLORS[color], markersize=7)
    for kind, label in (("accuracy", "as written"), ("chance", "chance"), ("greedy", "greedy")):
        key = "once.accuracy" if kind == "accuracy" else f"once.synonyms.{kind}"
        ax.annotate(
            label, (result.value(key), 3), xytext=(2, 7 if kind != "greedy" else -16),
            textcoords="offset points", ha="center", fontsize=9.5, color=figures.TEXT,
        )  # fmt: skip
    ax.set_ylim(0.5, len(NAMES) + 0.6)
    ax.set_xlabel(f"share right, {_words(result)} exchanged")
    plain, once, drawn = (result.value(f"{n}.synonyms.exact") for n in ("plain", "once", "drawn"))
    return figures.show(
        fig,
        alt=f"In the worst case the reader taught on the texts alone answers {plain:.0%} rightly, "
        f"the one taught on texts attacked once {once:.0%}, less, and the one taught on random "
        f"synonyms {drawn:.0%}.",
        caption="Dots: the exact worst case, mean and corrected 95 % interval over "
        f"{len(result.seeds)} splits of {result.value('test.texts'):,.0f} test texts each. "
        "Crosses: after the greedy search; bars: after as many random texts as it asked about; "
        "diamonds: as written. Second row: the control. Splits differ more than trainings do; the "
        "text compares within splits.",
        reveal=reveal,
    )


def at_full_scale(result: Record) -> TableView:
    """The page's record beside the full one, or beside the command that makes it."""
    names: dict[str, str | Callable[[Record], str]] = {
        f"{NAMES[name]}, {kind}": f"{name}.{kind}.exact"
        for kind in ("synonyms", "misspellings")
        for name in ("plain", "drawn")
    }
    for kind, key in (("synonyms", "exact"), ("misspellings", "misspellings")):
        # A difference has other bounds than a share, and a sign.
        names[f"gain of {NAMES['drawn']}, {kind}"] = partial(_gain, key=key)
    return figures.beside_full(
        result,
        names,
        caption=f"{_words(result).capitalize()} changed; 95 % intervals. The full record uses all "
        "texts with a clear rating.",
        heading="right, in the worst case",
        runs="splits",
        form=".1%",
        bounds=(0, 1),
    )


def _gain(one: Record, *, key: str) -> str:
    return figures.written(one[f"drawn.minus-plain.{key}"], "+.1%")


def _words(result: Record) -> str:
    return f"up to {result.config['words']} words"
