"""Every picture carries a sentence for readers who cannot see it, and the sentence is the finding.

Tried: the notebook builder ignores alternative text in output metadata and uses the file path, so
a page can look complete and say nothing. Images and diagrams need text that is neither empty nor a
file name; figures of a cell need at least 20 letters written in the cell that state what is seen,
not which kind of chart it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.gates.common import Violation, literal_text, string_keyword
from tools.gates.pages import Block, Page, pages

GATE = "alt_text"
MINIMUM = 20
PICTURES = {"image", "figure", "graphviz", "mermaid", "digraph", "graph"}
FIGURES = ("figures.show", "figures.diagram")
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]*)")
_HTML = re.compile(r"<img\b[^>]*>", re.I)
_HTML_ALT = re.compile(r"\balt\s*=\s*[\"']([^\"']*)", re.I)
_FILE = re.compile(r"^\s*\S+\.(png|jpe?g|svg|gif|webp|pdf)\s*$", re.I)
_KIND = re.compile(
    r"^\s*(an?\s+|the\s+|this\s+)?((bar|line|scatter|box|dot|interval|decision|flow)[\s-]*)?"
    r"(plot|chart|figure|graph|diagram|image|picture|illustration|histogram|scatterplot|screenshot)"
    r"(\s+(of|showing|with|for|that shows)\b|\s*[:.,]|\s+\d|\s*$)"
    r"|^\s*(这是)?(一[张幅个])?.{0,4}(图|图表|示意图|截图)(显示|展示|说明|描绘|\s*[：:，,。]|\s*$)",
    re.I,
)


def check(root: Path) -> list[Violation]:
    """Pictures without alternative text, or with text that says only what kind they are."""
    return [
        Violation(GATE, page.path, line, message)
        for page in pages(root)
        for line, message in [*_markdown(page), *_directives(page), *_cells(page)]
    ]


def complaint(alt: str | None, minimum: int = 1) -> str:
    """What is wrong with an alternative text, or ""."""
    if not (alt or "").strip():
        return "no alternative text; write the finding as a sentence"
    assert alt is not None
    if _FILE.match(alt):
        return f"alternative text {alt.strip()!r} is a file name; write the finding as a sentence"
    if len(alt.strip()) < minimum:
        return f"alternative text {alt.strip()!r} is under {minimum} letters; state the finding"
    if _KIND.match(alt):
        return f"alternative text starts with the kind of chart ({alt[:30]!r}); state the finding"
    return ""


def _markdown(page: Page) -> Iterator[tuple[int, str]]:
    for number, text in page.prose:
        shown = re.sub(r"(`+).*?\1", "", text)
        for image in _IMAGE.finditer(shown):
            wrong = complaint(image["alt"])
            if wrong:
                yield number, f"image {image['target']}: {wrong}"
        for tag in _HTML.finditer(shown):
            alt = _HTML_ALT.search(tag[0])
            wrong = complaint(alt[1] if alt else None)
            if wrong:
                yield number, f"<img>: {wrong}"


def _directives(page: Page) -> Iterator[tuple[int, str]]:
    for block in page.blocks:
        if block.name in PICTURES:
            wrong = complaint(str(block.options.get("alt") or ""))
            if wrong:
                yield block.line, f"{{{block.name}}}: {wrong} in its :alt: option"


def _cells(page: Page) -> Iterator[tuple[int, str]]:
    for cell in page.cells:
        if not _parses(cell):
            yield cell.line, "the cell is not plain Python, so its figures cannot be checked"
        for line, call in figure_calls(cell):
            alt = string_keyword(call, "alt")
            name = f"figures.{call.func.attr}" if isinstance(call.func, ast.Attribute) else "figure"
            if alt is not None and literal_text(alt) is None:
                wrong = "alt= is not written in the cell; write it there as a string or f-string"
            else:
                wrong = complaint(literal_text(alt) if alt is not None else None, MINIMUM)
            if wrong:
                yield line, f"{name}: {wrong}"


def _parses(cell: Block) -> bool:
    try:
        ast.parse(mask_magics(cell.source))
    except SyntaxError:
        return False
    return True


def figure_calls(cell: Block) -> Iterator[tuple[int, ast.Call]]:
    """Calls of figures.show and figures.diagram in a cell, with their line in the file."""
    if not _parses(cell):
        return
    for node in ast.walk(ast.parse(mask_magics(cell.source))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(FIGURES):
            yield cell.first + node.lineno - 1, node


def mask_magics(source: str) -> str:
    """Source of a cell with IPython's ``%`` and ``!`` lines blanked."""
    return re.sub(r"^\s*[%!].*$", "", source, flags=re.M)
