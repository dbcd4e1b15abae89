"""One figure style for the whole book: inline SVG that a phone, a dark page and a reader can use.

Text takes the colour of the page (`currentColor`), data colours are style variables with a light
and a dark value, and every figure must state its finding as alternative text. Colours are those of
Okabe and Ito (2008), told apart with any colour vision. Nothing here uses pyplot's global state.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lablib.evaluation.intervals import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = {
    "blue": "#0072b2",
    "orange": "#e69f00",
    "green": "#009e73",
    "red": "#d55e00",
    "purple": "#cc79a7",
    "sky": "#56b4e9",
    "gray": "#7f7f7f",
}
# A colour nobody plots with; it stands for "the colour of the text around the figure".
TEXT = "#010203"
MIN_ALT = 20

_STYLE: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11.0,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 11.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": TEXT,
    "axes.labelcolor": TEXT,
    "axes.facecolor": "none",
    "axes.grid": False,
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "xtick.labelsize": 10.0,
    "ytick.labelsize": 10.0,
    "figure.facecolor": "none",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 6.0,
}


@dataclass(frozen=True)
class FigureView:
    """A finished figure: `svg` text, `alt` (the finding) and `caption` (n, seeds, conditions)."""

    svg: str
    alt: str
    caption: str
    reveal: str | None = None

    def _repr_html_(self) -> str:
        picture = self.svg.replace(
            "<svg ", f'<svg role="img" aria-label="{html.escape(self.alt, quote=True)}" ', 1
        )
        body = f"{picture}<figcaption>{html.escape(self.caption)}</figcaption>"
        figure = f'<figure class="lab-figure">{body}</figure>'
        if self.reveal is None:
            return figure
        question = html.escape(self.reveal)
        return f'<details class="lab-reveal"><summary>{question}</summary>{figure}</details>'

    def save(self, path: str | Path) -> Path:
        """Write the SVG alone to `path`, with the light colours and black text filled in."""
        plain = re.sub(r"var\(--lab-\w+, (#\w+)\)", r"\1", self.svg)
        Path(path).write_text(plain.replace("currentColor", "#000000"), encoding="utf-8")
        return Path(path)


@dataclass(frozen=True)
class TableView:
    """Rows of plain values as an HTML table with a caption and column headers."""

    rows: tuple[Mapping[str, Any], ...]
    caption: str

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(str(k))}</th>' for k in self.rows[0])
        lines = "".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
        return (
            f'<div class="lab-table" tabindex="0" role="region" aria-label="'
            f'{html.escape(self.caption, quote=True)}"><table>'
            f"<caption>{html.escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
        )


def new(
    *, width: float = 5.2, height: float = 3.2, nrows: int = 1, ncols: int = 1, **subplots: Any
) -> tuple[Figure, Any]:
    """A figure in the book's style, with its axes (one, or an array for several panels).

    Parameters
    ----------
    width, height : float
        Inches; 5.2 keeps ten-point text readable on a phone.
    nrows, ncols : int
        Panels.
    subplots
        Passed to `matplotlib.figure.Figure.subplots`, for example ``sharex=True``.

    >>> fig, ax = new()
    >>> float(fig.get_figwidth())
    5.2
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
        axes = fig.subplots(nrows, ncols, **subplots)
    return fig, axes


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


def show(fig: Figure, *, alt: str, caption: str, reveal: str | None = None) -> FigureView:
    """Turn a figure into inline SVG for the page.

    Parameters
    ----------
    alt : str
        What the figure shows, as a sentence that replaces it for a reader who cannot see it.
    caption : str
        What is drawn, with n, seeds and the level of the bands.
    reveal : str, optional
        A question; the figure is hidden behind it until the reader has made a prediction.

    >>> fig, ax = new()
    >>> view = show(fig, alt="An empty frame, to show the call.", caption="Nothing drawn.")
    >>> 'role="img"' in view._repr_html_()
    True
    """
    import matplotlib as mpl

    _require_finding(alt)
    out = StringIO()
    # A fixed salt and no date: the same figure gives the same bytes, so builds can be compared.
    salt = re.sub(r"\W+", "-", alt[:40])
    with mpl.rc_context({**_STYLE, "svg.hashsalt": salt}):
        fig.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return FigureView(_themed(out.getvalue()), alt, caption, reveal)


def diagram(source: str, *, alt: str, caption: str, reveal: str | None = None) -> FigureView:
    """Draw Graphviz DOT text as inline SVG; needs the `dot` program on the path.

    Parameters
    ----------
    source : str
        DOT. Use `COLORS` for fills; black strokes and text take the colour of the page.
    alt, caption, reveal : str
        As for `show`.
    """
    import graphviz

    _require_finding(alt)
    svg = graphviz.Source(source).pipe(format="svg", encoding="utf-8")
    svg = re.sub(r'(stroke|fill)="(black|#000000)"', rf'\1="{TEXT}"', svg)
    svg = re.sub(r"(<text(?![^>]*fill=)[^>]*)>", rf'\1 fill="{TEXT}">', svg)
    return FigureView(_themed(svg), alt, caption, reveal)


def table(rows: Sequence[Mapping[str, Any]], *, caption: str) -> TableView:
    """Show rows of already formatted values as an HTML table; ValueError if there are none.

    >>> "<td>1</td>" in table([{"n": 1}], caption="One row.")._repr_html_()
    True
    """
    if not rows:
        raise ValueError("rows is empty; a table needs at least one row")
    return TableView(tuple(dict(row) for row in rows), caption)


def _cells(row: Mapping[str, Any]) -> str:
    first, *rest = (html.escape(str(value)) for value in row.values())
    return f"<td>{first}</td>" + "".join(f"<td>{cell}</td>" for cell in rest)


def _require_finding(alt: str) -> None:
    if len(alt.strip()) < MIN_ALT:
        raise ValueError(
            f"alt is {alt!r}; state in a sentence what the figure shows (at least {MIN_ALT} "
            "characters), not what kind of chart it is"
        )


def _themed(svg: str) -> str:
    """Cut the SVG out of its XML file and replace fixed colours by the page's own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<title>.*?</title>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    for name, value in COLORS.items():
        svg = re.sub(value, f"var(--lab-{name}, {value})", svg, flags=re.IGNORECASE)
    # Attributes cannot hold var(); style declarations can.
    svg = re.sub(r'(fill|stroke)="(var\([^"]*\))"', r'style="\1: \2"', svg)
    return svg.replace(TEXT, "currentColor").strip()
