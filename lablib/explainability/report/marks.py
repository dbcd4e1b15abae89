"""The one figure that several sections draw: named estimates with intervals and a line at 0."""

from __future__ import annotations

from collections.abc import Sequence

from lablib import figures
from lablib.evaluation import Estimate

SHOWN = 15  # columns in a figure or table of columns
LONGEST = 22  # letters of a label


def points(
    kept: Sequence[tuple[str, Estimate]], *, alt: str, caption: str, label: str, line: str
) -> str:
    """Draw one dot and interval a name.

    Parameters
    ----------
    kept : sequence of (name, Estimate)
        First one on top.
    alt, caption : str
        As for `figures.show`.
    label, line : str
        Of the axis, and of the line at 0.
    """
    fig, ax = figures.new(height=0.9 + 0.46 * len(kept))
    figures.points(ax, [_short(name) for name, _ in kept], [one.value for _, one in kept],
                   [one.interval for _, one in kept], control=(line, 0.0))  # fmt: skip
    ax.set_xlabel(label)
    return figures.show(fig, alt=alt, caption=caption)._repr_html_()


def _short(name: str) -> str:
    return (name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…").replace("$", r"\$")
