"""The figures and tables of the page on compression; every number comes from the record."""

from __future__ import annotations

from typing import Any

from lablib import figures
from lablib.efficiency.compressing.quality import QUALITIES
from lablib.efficiency.compressing.variants import BITS, FRONTIER
from lablib.figures import COLORS, FigureView, TableView
from lablib.figures.style import TEXT
from lablib.record import Metric, Record

NAMES = {
    "original": "original",
    "zeros": "90 % zeros",
    "two-of-four": "2 of 4",
    "narrow": "narrower",
    "int8": "int8",
    "int4": "int4 weights",
    "student": "student",
    "combined": "all three",
}
QUALITY_NAMES = {
    "error": "error",
    "worst-class": "error, worst digit",
    "faint": "error, faint quarter",
    "calibration": "calibration error",
    "noise": "error under noise",
    "one-step": "error after one step",
}
TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
# Where a label stands: at which end of its interval, how far to the right, and aligned how.
PLACES = (
    {
        "original": ("top", 0, "center"),
        "zeros": ("low", 0, "center"),
        "two-of-four": ("top", 0, "center"),
        "narrow": ("dot", -7, "right"),
        "int8": ("top", 3, "left"),
        "int4": ("top", -1, "right"),
        "student": ("dot", 7, "left"),
        "combined": ("top", 0, "center"),
    },
    {
        "original": ("top", 2, "left"),
        "zeros": ("low", 0, "center"),
        "two-of-four": ("top", 0, "center"),
        "narrow": ("top", 0, "center"),
        "int8": ("low", 0, "center"),
        "int4": ("low", 0, "center"),
        "student": ("low", 0, "left"),
        "combined": ("top", 0, "center"),
    },
)


def frontier(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy against bytes on disk and against time, for every way and for all together."""
    fig, axes = figures.new(width=6.4, height=4.0, ncols=2, sharey=True)
    batch = result.config["batches"][-1]
    for ax, cost, places in zip(axes, ("bytes", f"milliseconds.{batch}"), PLACES, strict=True):
        whole = result.value(f"original.{cost}")
        for name in FRONTIER:
            metric = result[f"{name}.accuracy"]
            share = result.value(f"{name}.{cost}") / whole
            low, high = _ends(metric)
            color = COLORS["gray"] if name == "original" else COLORS["blue"]
            ax.plot([share, share], [low, high], color=color, linewidth=1.2)
            ax.plot([share], [metric.value], "o", color=color, markersize=5)
            end, right, ha = places[name]
            ax.annotate(
                NAMES[name], (share, {"top": high, "dot": metric.value, "low": low}[end]),
                xytext=(right, {"top": 3, "dot": 0, "low": -3}[end]), textcoords="offset points",
                ha=ha, va={"top": "bottom", "dot": "center", "low": "top"}[end],
                fontsize=9, color=TEXT, annotation_clip=False,
            )  # fmt: skip
        ax.set_xscale("log")
        ax.set_xticks(TICKS, [f"{tick:.0%}" for tick in TICKS])
        ax.minorticks_off()
        ax.margins(x=0.2, y=0.12)
        ax.set_xlim(ax.get_xlim())  # the ticks outside stay outside
    small = result.value("labels-only.accuracy")
    axes[0].axhline(small, color=COLORS["gray"], linestyle="--", linewidth=1.2)
    axes[0].text(
        0.01, small, "small, labels only", transform=axes[0].get_yaxis_transform(), va="bottom",
        fontsize=9, color=TEXT,
    )  # fmt: skip
    axes[0].set(xlabel="bytes, share of original", ylabel="accuracy")
    axes[1].set_xlabel(f"time at batch {batch}, share of original")
    small, speed = result.value("combined.ratio"), result.value(f"combined.speed-up.{batch}")
    return figures.show(
        fig,
        alt=f"All three together are {small:.0f} times smaller and {speed:.1f} times faster than "
        f"the original at {result.value('combined.accuracy'):.3f} accuracy instead of "
        f"{result.value('original.accuracy'):.3f}; scattered zeros save bytes and no time.",
        caption=f"Left is cheaper; logarithmic scales. Accuracy with 95 % Student intervals over "
        f"{_seeds(result)}, {result.value('test.pictures'):,.0f} test pictures each; files and "
        "times of the first seed.",
        reveal=reveal,
    )


def costs(result: Record) -> TableView:
    """Bytes, ratio, work, speed and energy of each model of the frontier."""
    rows = []
    for name in FRONTIER:
        row = {
            "model": NAMES[name],
            "file": f"{result.value(f'{name}.bytes') / 1000:,.0f} kB",
            "original ÷ file": f"{result.value(f'{name}.ratio'):.1f}",
            "multiplications": f"{result.value(f'{name}.multiplications'):.0%}",
        }
        for batch in result.config["batches"]:
            row[f"speed-up, batch {batch}"] = figures.written(
                result[f"{name}.speed-up.{batch}"], "z.2f"
            )
        batch = result.config["batches"][-1]
        row["energy of 1,000"] = f"{result.value(f'{name}.joules.{batch}') * 1000:.0f} mJ"
        rows.append(row)
    return figures.table(
        rows,
        caption=f"Speed-up is the original's time divided by the model's, both measured in turn on "
        f"one thread of the processor; medians of {result.config['rounds']} rounds with 95 % "
        f"intervals. Energy is an estimate: processor seconds at batch {batch} times an assumed "
        "10 W.",
    )


def foreseen(result: Record) -> TableView:
    """Rounding after training, after more of it, and during it, at equal bits."""
    rows = [
        {
            "bits": str(bits),
            "rounded after training": figures.written(result[f"after-{bits}.accuracy"]),
            "trained on, then rounded": figures.written(result[f"longer-{bits}.accuracy"]),
            "trained on with rounding": figures.written(result[f"with-{bits}.accuracy"]),
            "gain over trained on": figures.written(result[f"with-{bits}.over-longer"]),
        }
        for bits in BITS
    ]
    passes = result.config["recipe"]["rounding"]
    return figures.table(
        rows,
        caption=f"Accuracy with a step for each row of weights. Both further trainings last "
        f"{passes} pass{'' if passes == 1 else 'es'} at the same rate and in the same order; the "
        f"one without rounding is the control. 95 % Student intervals over {_seeds(result)}; the "
        "last column is taken within seeds.",
    )


def broken(result: Record) -> TableView:
    """What each way changes, with intervals of the differences within seeds."""
    rows: list[dict[str, str]] = []
    for quantity in QUALITIES:
        kept = f"original.{quantity}" if quantity != "error" else "original.accuracy"
        before = result.value(kept)
        row = {
            "in points": QUALITY_NAMES[quantity],
            "original": f"{100 * (1 - before if quantity == 'error' else before):.1f}",
        }
        for name in FRONTIER[1:]:
            row[NAMES[name]] = _change(result[f"{name}.{quantity}.change"])
        rows.append(row)
    number = len(rows) * (len(FRONTIER) - 1)
    return figures.table(
        rows,
        caption=f"Change against the original of the same seed, in percentage points, with 95 % "
        f"Student intervals over {_seeds(result)}; above 0 is worse. Of {number} such intervals "
        "about two would miss 0 by chance alone.",
    )


def at_full_scale(result: Record) -> TableView:
    """The targets and the page's findings here and in the full record, if it has been made."""
    batch = result.config["batches"][-1]
    return figures.beside_full(
        result,
        {
            "training pictures": lambda one: f"{one.value('train.pictures'):,.0f}",
            "original, accuracy": "original.accuracy",
            "student's share of the original's accuracy (0.97)": "student.share",
            f"student, speed-up at batch {batch} (1.6)": f"student.speed-up.{batch}",
            "int8, change of error (0.003)": "int8.error.change",
            f"int8, speed-up at batch {batch} (2)": f"int8.speed-up.{batch}",
            f"narrower, speed-up times work left, batch {batch} (0.7)": lambda one: (
                f"{one.value(f'narrow.speed-over-work.{batch}'):.2f}"
            ),
            "student, accuracy less that of labels only": "student.over-labels",
            "all three, change of error": "combined.error.change",
            "all three, change of error, faint quarter": "combined.faint.change",
            "all three, faint quarter, beyond the change of all": "combined.faint.extra",
            "all three, change of error under noise": "combined.noise.change",
            "student, change of error under noise": "student.noise.change",
            "narrower, change of error under noise": "narrow.noise.change",
        },
        caption="Where a line has a target, it stands in brackets; changes are shares of pictures, "
        "with 95 % Student intervals. The full record is trained on the published 60,000 pictures.",
        form="z.4f",
        options="--folder MNIST-FILES",
    )


def _change(metric: Metric) -> str:
    low, high = (100 * end for end in _ends(metric))
    return f"{100 * metric.value:+z.1f} [{low:+z.1f}, {high:+z.1f}]"


def _ends(metric: Metric) -> tuple[float, float]:
    ends: Any = metric.interval
    return (metric.value, metric.value) if ends is None else (ends.low, ends.high)


def _seeds(result: Record) -> str:
    return f"{len(result.seeds)} seeds"
