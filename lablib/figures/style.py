"""Colours, type and sizes of the book's figures, and the empty figure that has them.

The colours are those of Okabe and Ito (2008), which any colour vision can tell apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

STYLE: Any = {
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

    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
        axes = fig.subplots(nrows, ncols, **subplots)
    return fig, axes
