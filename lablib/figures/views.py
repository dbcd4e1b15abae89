"""From a finished figure, diagram or table to HTML that a page can hold.

Text takes the colour of the page (`currentColor`), data colours become style variables with a
light and a dark value, and nothing is shown without its finding in words.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lablib.figures.style import COLORS, STYLE, TEXT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIN_ALT = 20


@dataclass(frozen=True)
class FigureView:
    """A finished figure: `svg` text, `alt` (the finding) and `caption` (n, seeds, conditions)."""

    svg: str
    alt: str
    caption: str
    reveal: str | None = None
    scrolls: bool = False  # on a narrow screen, instead of shrinking below what can be read

    def _repr_html_(self) -> str:
        picture = self.svg.replace(
            "<svg ", f'<svg role="img" aria-label="{html.escape(self.alt, quote=True)}" ', 1
        )
        if self.scrolls:
            place = (
                f'tabindex="0" role="group" aria-label="{html.escape(self.caption, quote=True)}"'
            )
            picture = f'<div class="lab-scroll" {place}>{picture}</div>'
        body = f"{picture}<figcaption>{html.escape(self.caption)}</figcaption>"
        figure = f'<figure class="lab-figure">{body}</figure>'
        return _behind(self.reveal, figure)

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
    reveal: str | None = None

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(str(k))}</th>' for k in self.rows[0])
        lines = "".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
        table = (
            f'<div class="lab-table" tabindex="0" role="region" aria-label="'
            f'{html.escape(self.caption, quote=True)}"><table>'
            f"<caption>{html.escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
        )
        return _behind(self.reveal, table)


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

    >>> from lablib import figures
    >>> fig, ax = figures.new()
    >>> view = show(fig, alt="An empty frame, to show the call.", caption="Nothing drawn.")
    >>> 'role="img"' in view._repr_html_()
    True
    """
    import matplotlib as mpl

    _require_finding(alt)
    out = StringIO()
    # A fixed salt and no date: the same figure gives the same bytes, so builds can be compared.
    salt = re.sub(r"\W+", "-", alt[:40])
    for legend in filter(None, (ax.get_legend() for ax in fig.axes)):
        legend.set_frame_on(False)  # its white box would hide the text on a dark page
    with mpl.rc_context({**STYLE, "svg.hashsalt": salt}):
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

    Raises
    ------
    RuntimeError
        If the machine has no `dot`.
    """
    import graphviz
    from graphviz.backend import dot_command

    _require_finding(alt)
    program = dot_program()
    if program is None:
        raise RuntimeError("no program `dot` to draw with: install Graphviz, or run `make setup`")
    dot_command.DOT_BINARY = Path(program)
    svg = graphviz.Source(source).pipe(format="svg", encoding="utf-8")
    svg = re.sub(r'(stroke|fill)="(black|#000000)"', rf'\1="{TEXT}"', svg)
    svg = re.sub(r"(<text(?![^>]*fill=)[^>]*)>", rf'\1 fill="{TEXT}">', svg)
    return FigureView(_themed(svg), alt, caption, reveal, scrolls=True)


def table(
    rows: Sequence[Mapping[str, Any]], *, caption: str, reveal: str | None = None
) -> TableView:
    """Show rows of already formatted values as an HTML table.

    Parameters
    ----------
    rows : sequence of mappings
        One a line, all with the keys of the first; ValueError if there are none.
    caption, reveal : str
        As for `show`.

    >>> "<td>1</td>" in table([{"n": 1}], caption="One row.")._repr_html_()
    True
    """
    if not rows:
        raise ValueError("rows is empty; a table needs at least one row")
    return TableView(tuple(dict(row) for row in rows), caption, reveal)


def dot_program() -> str | None:
    """Path of Graphviz's `dot`: from the search path, else beside this Python; None without one.

    A notebook server started by its full path has the environment's tools beside it only.
    """
    beside = str(Path(sys.executable).parent)
    return shutil.which("dot") or shutil.which("dot", path=beside)


def _behind(question: str | None, body: str) -> str:
    """`body`, closed behind a question if there is one."""
    if question is None:
        return body
    return f'<details class="lab-reveal"><summary>{html.escape(question)}</summary>{body}</details>'


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
