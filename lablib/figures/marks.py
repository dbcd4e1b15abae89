"""The marks the book draws: dots with intervals, lines with bands, labelled reference lines.

Labels stand beside what they name, so that a reader needs no legend and no colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lablib.evaluation.intervals import Interval
from lablib.figures.style import COLORS, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def points(
    ax: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[Interval | None],
    *,
    color: str = COLORS["blue"],
    decimals: int = 3,
    baseline: tuple[str, float] | None = None,
    control: tuple[str, float] | None = None,
) -> None:
    """Draw a dot and interval a row, first label on top, with the value written beside it.

    Parameters
    ----------
    labels, values, intervals
        Equal length; an interval may be None where the number is exact.
    decimals : int
        Of the written value.
    baseline, control : (label, value), optional
        Drawn as labelled vertical lines.
    """
    if not len(labels) == len(values) == len(intervals):
        raise ValueError(
            f"labels, values, intervals have lengths {len(labels)}, {len(values)}, "
            f"{len(intervals)}; give one of each a row"
        )
    rows = range(len(labels), 0, -1)
    for row, value, interval in zip(rows, values, intervals, strict=True):
        if interval is not None:
            ax.plot([interval.low, interval.high], [row, row], color=color, solid_capstyle="butt")
        ax.plot([value], [row], "o", color=color)
        ax.annotate(
            f"{value:.{decimals}f}", (value, row), xytext=(0, 6), textcoords="offset points",
            ha="center", fontsize=9.5, color=TEXT,
        )  # fmt: skip
    ax.set_yticks(list(rows), list(labels))
    ax.set_ylim(0.4, len(labels) + 0.8)
    ax.tick_params(axis="y", length=0)
    if baseline is not None:
        reference(ax, baseline[1], baseline[0], axis="x")
    if control is not None:
        reference(ax, control[1], control[0], axis="x", color=COLORS["red"], line=1)


def band(
    ax: Axes,
    x: Sequence[float],
    values: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    label: str,
    color: str = COLORS["blue"],
) -> None:
    """Draw a line with its interval band and write `label` at the line's right end.

    Parameters
    ----------
    x, values, low, high
        Equal length, in the units of the axes; the band lies between `low` and `high`.
    label, color : str
        Written in the text colour; drawn in `color`, one of `COLORS`.
    """
    ax.fill_between(x, low, high, color=color, alpha=0.22, linewidth=0)
    ax.plot(x, values, "-o", color=color, markersize=4)
    ax.annotate(
        label, (x[-1], values[-1]), xytext=(6, 0), textcoords="offset points", va="center",
        fontsize=10, color=TEXT, annotation_clip=False,
    )  # fmt: skip


def reference(
    ax: Axes,
    value: float,
    label: str,
    *,
    axis: str = "y",
    color: str = COLORS["gray"],
    line: int = 0,
) -> None:
    """Draw a dashed line for a baseline or control at `value` on `axis`, with its label.

    Parameters
    ----------
    value : float
        Where the line stands, in units of `axis` (`x` draws a vertical line, `y` a horizontal).
    label, color : str
        The label takes the text colour.
    line : int
        Lifts the label of a vertical line by that many lines of text, so that two labels at
        nearly the same place stay readable.
    """
    look: dict[str, Any] = {"fontsize": 9.5, "color": TEXT, "va": "bottom"}
    if axis == "y":
        ax.axhline(value, color=color, linestyle="--", linewidth=1.2)
        ax.text(0.995, value, label, transform=ax.get_yaxis_transform(), ha="right", **look)
    elif axis == "x":
        ax.axvline(value, color=color, linestyle="--", linewidth=1.2)
        ax.annotate(
            label, (value, 1.0), xycoords=ax.get_xaxis_transform(), xytext=(0, 2 + 12 * line),
            textcoords="offset points", ha="center", annotation_clip=False, **look,
        )  # fmt: skip
    else:
        raise ValueError(f"axis is {axis!r}; use 'x' or 'y'")
