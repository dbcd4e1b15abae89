"""A page keeps the promises that make it a lesson: claim, control, limits, and a size to finish.

A page that is not in the table of contents is never built, one without notebook front matter is
shown but never executed, and an unclosed fence once published the solution of a quiz; all three
look like pages. The rest is the course's contract with its reader: what is claimed, what it needs
(only pages that come earlier), how long it takes, and short cells that show the idea.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tools.gates.common import Violation, files, line_of, read
from tools.gates.pages import Block, Page, mask, pages
from tools.gates.prose_decimals import decimals

GATE = "page_contract"
TOC = "book/_toc.yml"
CELLS = (8, 14)
MEDIAN_LINES, MOST_LINES = 5, 15
WORDS, AIM = (1300, 2400), (1400, 2200)
Found = Iterator[tuple[int, str]]
_ENTRY = re.compile(r"^\s*(?:-\s*)?(?:file|root):\s*[\"']?(?P<name>[^\"'\s#]+)")
_ROW = re.compile(r"[A-Z]\d{1,2}")
_LIMITS = re.compile(r"^#+\s.*what this does not show", re.I)


def check(root: Path) -> list[Violation]:
    """Pages that break the contract, and differences between the pages and the contents."""
    order = _contents(root)
    chapters = pages(root, "chapters/**/*.md")
    found = [Violation(GATE, TOC, *rest) for rest in _listed(root, order)]
    for page in chapters:
        name = page.path.removesuffix(".md")
        if name.count("/") != 2:
            message = "a page lives in chapters/<topic>/<slug>.md; move it"
            found.append(Violation(GATE, page.path, 1, message))
        if name not in order:
            message = f"not in {TOC}, so it is never built; add 'file: {name}'"
            found.append(Violation(GATE, page.path, 1, message))
        earlier = list(order)[: list(order).index(name)] if name in order else list(order)
        existing = {p.path.removesuffix(".md") for p in chapters}
        parts = (_notebook(page), _lesson(page, earlier, existing), _cells(page), _prose(page))
        found += [Violation(GATE, page.path, *rest) for part in parts for rest in part]
    for page in pages(root):
        for block in page.blocks:
            if not block.closed:
                message = "the fence that opens here is never closed; close it"
                found.append(Violation(GATE, page.path, block.line, message))
    return found


def _contents(root: Path) -> dict[str, int]:
    """Page names in reading order, with their (first) line in the table of contents."""
    order: dict[str, int] = {}
    for number, line in enumerate(_toc_lines(root), 1):
        entry = _ENTRY.match(line)
        if entry:
            order.setdefault(entry["name"].removesuffix(".md"), number)
    return order


def _toc_lines(root: Path) -> list[str]:
    return read(root, TOC).splitlines() if (root / TOC).is_file() else []


def _listed(root: Path, order: dict[str, int]) -> Found:
    existing = set(files(root, "**/*.md", "**/*.ipynb", "**/*.rst"))
    for name, at in order.items():
        if not existing & {f"{name}.md", f"{name}.ipynb", f"{name}.rst"}:
            yield at, f"{name} does not exist; write the page or remove the entry"
    seen: set[str] = set()
    for number, line in enumerate(_toc_lines(root), 1):
        entry = _ENTRY.match(line)
        if entry and entry["name"] in seen:
            yield number, f"{entry['name']} is listed twice; keep one"
        seen |= {entry["name"]} if entry else set()


def _notebook(page: Page) -> Found:
    if page.front_error:
        yield 1, page.front_error
        return
    text = page.front.get("jupytext") or {}
    kind = (text.get("text_representation") or {}) if isinstance(text, dict) else {}
    if not isinstance(kind, dict) or kind.get("format_name") != "myst":
        fix = "add jupytext: {text_representation: {extension: .md, format_name: myst}}"
        yield 1, f"not marked as a notebook, so its cells would not run; {fix}"
    kernel = page.front.get("kernelspec")
    if not isinstance(kernel, dict) or not kernel.get("name"):
        yield 1, "no kernelspec in the front matter, so its cells would not run; add it"


def _lesson(page: Page, earlier: list[str], existing: set[str]) -> Found:
    lesson = page.front.get("lesson")
    if not isinstance(lesson, dict):
        yield 1, "no lesson in the front matter; give claim, objectives, needs, minutes, rows"
        return
    at = {key: line_of(page.text, f"\n  {key}:", 0) + 1 for key in lesson}
    for key, message in _fields(lesson):
        yield at.get(key, line_of(page.text, "\nlesson:", 0) + 1), message
    needs = lesson.get("needs")
    for need in needs if isinstance(needs, list) else []:
        name = f"chapters/{need}"
        if name not in existing:
            yield at["needs"], f"needs {need!r}, which is not a page; write topic/slug"
        elif name not in earlier:
            yield at["needs"], f"needs {need!r}, which comes later in {TOC}; reorder or drop it"
    directives = [block for block in page.blocks if block.name == "lesson"]
    title = next((n for n, text in page.prose if text.startswith("# ")), 1)
    if not directives:
        yield title, "no {lesson} directive under the title; claim and budget would not be shown"


def _fields(lesson: dict[str, Any]) -> Iterator[tuple[str, str]]:
    claim = lesson.get("claim")
    if not isinstance(claim, str) or len(claim.split()) < 5:
        yield "claim", "lesson.claim must be one sentence"
    elif any(True for _ in decimals(claim)):
        yield "claim", "lesson.claim holds a literal decimal; say it in words"
    objectives = lesson.get("objectives")
    if not isinstance(objectives, list) or sum(bool(str(o or "").strip()) for o in objectives) < 2:
        yield "objectives", "lesson.objectives must list at least two things a reader can then do"
    if not isinstance(lesson.get("needs"), list):
        yield "needs", "lesson.needs must list the pages it builds on, [] for none"
    minutes = lesson.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes <= 0:
        yield "minutes", "lesson.minutes must be a positive whole number of minutes"
    rows = lesson.get("rows")
    if not isinstance(rows, list) or not all(_ROW.fullmatch(str(row)) for row in rows):
        yield "rows", "lesson.rows must list ids such as X1, [] for none"


def length(cell: Block) -> int:
    """Lines of a cell that are not blank."""
    return sum(bool(text.strip()) for _, text in cell.body)


def _cells(page: Page) -> Found:
    visible = [cell for cell in page.cells if cell.visible]
    if not CELLS[0] <= len(visible) <= CELLS[1]:
        what = f"{len(visible)} visible cells, outside {CELLS[0]} to {CELLS[1]}"
        yield 1, f"{what}; hide bookkeeping with remove-cell, or split the page"
    lengths = [length(cell) for cell in visible]
    if lengths and median(lengths) > MEDIAN_LINES:
        what = f"the median visible cell has {median(lengths):g} lines, over {MEDIAN_LINES}"
        yield 1, f"{what}; move loops and bookkeeping to lablib"
    for cell in visible:
        if length(cell) > MOST_LINES:
            what = f"visible cell of {length(cell)} lines, over {MOST_LINES}"
            yield cell.line, f"{what}; keep the line that carries the idea, move the rest to lablib"
    for cell in page.cells:
        for number, text in cell.body:
            if re.match(r"\s*class\s+\w+.*:", text):
                yield number, "a cell defines a class; move it to lablib"
            if re.search(r"\bplt\.|\bpyplot\b", text):
                yield number, "pyplot in a page; draw with lablib.figures"


def _prose(page: Page) -> Found:
    shown = [(lines[0], mask(text, letter="x")) for lines, text in page.paragraphs()]
    words = sum(len(re.findall(r"\w[\w'’-]*", text)) for _, text in shown)
    if not WORDS[0] <= words <= WORDS[1]:
        what = f"{words} words of prose, outside {WORDS[0]} to {WORDS[1]}"
        yield 1, f"{what}; aim for {AIM[0]} to {AIM[1]}"
    if not any(_LIMITS.match(text) for _, text in page.prose):
        yield 1, "no section 'What this does not show'; say where the result stops"
    prose = " ".join(text for _, text in shown).lower()
    for word in ("control", "baseline"):
        if not re.search(rf"\b{word}s?\b", prose):
            yield 1, f"the text never mentions its {word}; name it and what it shows"
