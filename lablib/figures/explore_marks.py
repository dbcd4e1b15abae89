"""The marks of an explorable figure: from units of the axes to pieces of SVG.

matplotlib draws what stays the same in all settings. What changes is written here, so that each
setting costs a few hundred bytes instead of a whole picture.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from lablib.figures.style import COLORS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Kind = Literal["dots", "line", "bars", "rows"]
Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """Dots, a line or bars that belong to one setting, in units of the axes.

    Attributes
    ----------
    x, y : of equal length.
    kind : "dots", "line", "bars" (upright, from 0) or "rows" (bars that lie, from 0).
    low, high : ends of an interval of each y (of each x for "rows"); a band around a line.
    color : a name of `COLORS`.
    label : written beside the last point.
    width : of a bar, in units of the axis that it stands on.
    """

    x: Sequence[float]
    y: Sequence[float]
    kind: Kind = "dots"
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    color: str = "blue"
    label: str = ""
    width: float = 0.7


@dataclass(frozen=True)
class Placed:
    """SVG of each setting, and of the line that stands for the reader's guess (or nothing)."""

    settings: tuple[str, ...]
    guess: str


def placed(
    fig: Figure, marks: Sequence[Sequence[Mark]], *, labels: Sequence[str], drawn: bool = False
) -> Placed:
    """Check the marks of all settings and write each as SVG; freezes the layout of `fig`.

    Parameters
    ----------
    fig : Figure
        With one axes, whose limits hold all marks.
    marks : one sequence a setting
        Alike in kind, colour and order.
    labels : of the settings, to name one in an error.
    drawn : bool
        Whether the height of a guess will be drawn; needs a linear vertical axis.

    Raises
    ------
    ValueError
        If marks differ between settings, are not finite, or lie outside of the axes.
    """
    if len(fig.axes) != 1:
        raise ValueError(f"fig has {len(fig.axes)} axes; draw what changes on one")
    ax = fig.axes[0]
    if drawn and ax.get_yscale() != "linear":
        raise ValueError("predict.drawn needs a linear vertical axis; leave it out or change it")
    first = [(mark.kind, mark.color) for mark in marks[0]]
    for label, found in zip(labels, marks, strict=True):
        if not found or [(mark.kind, mark.color) for mark in found] != first:
            raise ValueError(
                f"settings[{label!r}].marks has other kinds or colours than the first; draw the "
                "same marks, at least one, in each setting"
            )
        for mark in found:
            _check(mark, ax, f"settings[{label!r}].marks")
    fig.set_dpi(72)  # so that a pixel is a unit of the SVG
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    height = float(fig.bbox.height)

    def at(x: float, y: float) -> Point:
        right, up = ax.transData.transform((x, y))
        return float(right), height - float(up)

    return Placed(
        tuple("".join(_svg(mark, at, ax) for mark in found) for found in marks),
        _guess(ax, at) if drawn else "",
    )


def _check(mark: Mark, ax: Any, name: str) -> None:
    if mark.kind not in get_args(Kind):
        raise ValueError(f"{name}: kind is {mark.kind!r}; use one of {', '.join(get_args(Kind))}")
    if mark.color not in COLORS:
        raise ValueError(f"{name}: color is {mark.color!r}; use one of {', '.join(COLORS)}")
    if (mark.low is None) != (mark.high is None):
        raise ValueError(f"{name}: low and high belong together; give both or neither")
    ends = [] if mark.low is None or mark.high is None else [mark.low, mark.high]
    lengths = {len(values) for values in (mark.x, mark.y, *ends)}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(
            f"{name}: x, y, low, high have lengths {sorted(lengths)}; give one a point"
        )
    across, up = [mark.x], [mark.y]
    (across if mark.kind == "rows" else up).extend(ends)
    for axis, columns, limits in (("x", across, ax.get_xlim()), ("y", up, ax.get_ylim())):
        low, high = sorted(limits)
        slack = 1e-9 * (high - low)
        for value in (float(value) for column in columns for value in column):
            if not math.isfinite(value) or not low - slack <= value <= high + slack:
                raise ValueError(
                    f"{name}: {axis} = {value:g} lies outside of the axes ({low:g} to {high:g}); "
                    f"widen ax.set_{axis}lim or correct the value"
                )


def _svg(mark: Mark, at: Callable[[float, float], Point], ax: Any) -> str:
    points = [at(x, y) for x, y in zip(mark.x, mark.y, strict=True)]
    color = f"var(--lab-{mark.color}, {COLORS[mark.color]})"
    shapes = _ends(mark, at, color)
    if mark.kind == "line":
        shapes += (
            f'<path d="{_path(points)}" fill="none" style="stroke: {color}" stroke-width="2"/>'
        )
    elif mark.kind == "dots":
        shapes += "".join(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="4.5" style="fill: {color}"/>' for x, y in points
        )
    else:
        shapes = _bars(mark, at, ax, color) + shapes
    if mark.label:
        (x, y), lift = points[-1], -6.0
        if mark.kind == "rows":  # beside the bar and its interval
            x, y = at(mark.high[-1] if mark.high is not None else mark.x[-1], mark.y[-1])
            lift = 3.5
        shapes += (
            f'<text x="{_n(x + 6)}" y="{_n(y + lift)}" fill="currentColor" '
            f'style="font: 10px sans-serif">{html.escape(mark.label)}</text>'
        )
    return shapes


def _ends(mark: Mark, at: Callable[[float, float], Point], color: str) -> str:
    """Intervals as lines, or as the band of a line."""
    if mark.low is None or mark.high is None:
        return ""
    if mark.kind == "line":
        low = [at(x, y) for x, y in zip(mark.x, mark.low, strict=True)]
        high = [at(x, y) for x, y in zip(mark.x, mark.high, strict=True)]
        around = _path([*low, *reversed(high)])
        return f'<path d="{around}Z" fill-opacity="0.22" style="fill: {color}"/>'
    if mark.kind == "rows":
        ends = [(at(a, y), at(b, y)) for a, b, y in zip(mark.low, mark.high, mark.y, strict=True)]
    else:
        ends = [(at(x, a), at(x, b)) for a, b, x in zip(mark.low, mark.high, mark.x, strict=True)]
    # On a bar of its own colour an interval would not be seen.
    stroke = "currentColor" if mark.kind in ("bars", "rows") else color
    lines = "".join(_path([start, stop]) for start, stop in ends)
    return f'<path d="{lines}" fill="none" style="stroke: {stroke}" stroke-width="1.8"/>'


def _bars(mark: Mark, at: Callable[[float, float], Point], ax: Any, color: str) -> str:
    lying, half = mark.kind == "rows", mark.width / 2
    low, high = sorted(ax.get_xlim() if lying else ax.get_ylim())
    foot = min(max(0.0, low), high)
    boxes = ""
    for x, y in zip(mark.x, mark.y, strict=True):
        a, b, c, d = (foot, y - half, x, y + half) if lying else (x - half, foot, x + half, y)
        (left, bottom), (right, top) = at(a, b), at(c, d)
        boxes += f"M{_n(left)} {_n(bottom)}H{_n(right)}V{_n(top)}H{_n(left)}Z"
    return f'<path d="{boxes}" fill-opacity="0.75" style="fill: {color}"/>'


def _guess(ax: Any, at: Callable[[float, float], Point]) -> str:
    """A line across the axes that the script moves to the height of the reader's number."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    (x0, y0), (x1, y1) = at(left, bottom), at(right, top)
    scale = f"{bottom:g} {_n(y0)} {top:g} {_n(y1)}"
    return (
        f'<g class="lab-explore-guess" display="none" data-scale="{scale}">'
        f'<path d="M{_n(x0)} 0H{_n(x1)}" fill="none" stroke="currentColor" '
        'stroke-dasharray="2 3"/>'
        f'<text x="{_n(x1)}" y="-3" text-anchor="end" fill="currentColor" '
        'style="font: 10px sans-serif" data-word="guess">your guess</text></g>'
    )


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _n(value: float) -> str:
    """A coordinate to a tenth of a point, without an idle zero."""
    return f"{value:.1f}".removesuffix(".0")
