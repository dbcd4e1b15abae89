"""A decimal number in the text comes from the run that made it, or from a source that is cited.

Numbers typed by hand go stale in silence: the code changes, the figure changes, the sentence does
not. Prose takes its numbers from the record with glue roles; a literal decimal is allowed only in
code, in mathematics, in front matter, in versions, dates and section numbers, or in a sentence
with a citation. The same holds for alternative texts and captions written as plain strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tools.gates.alt_text import figure_calls
from tools.gates.common import Violation, literal_text, string_keyword
from tools.gates.pages import Page, mask, pages

GATE = "prose_decimals"
FIX = "glue it from the record, or cite its source in the same sentence"
_DECIMAL = re.compile(r"(?<![A-Za-z0-9_.])[-−]?\d[\d,]*[.]\d+(?![\w]*[.]\d)\s?%?|(?<![\w.,])[.]\d+")
_CITED = re.compile(r"\{cite[:\w]*\}`")
_END = re.compile(r"(?<=[.!?])[\"')\]*_]*\s+(?=[\"'(\[*_{`$A-Z0-9])|(?<=[。！？；])")
_NAMED = re.compile(
    r"(?:\b(?:version|python|pytorch|torch|numpy|scipy|pandas|scikit-learn|matplotlib|jupyter|cuda|"
    r"opacus|sphinx|linux|ubuntu|debian|macos|windows|chrome|chromium|firefox|wcag|apache|licen[sc]e|"
    r"gpl|cc[ -]by(?:-sa)?|sections?|chapter|figure|table|theorem|lemma|equation|eq\.|appendix|"
    r"definition|algorithm|article)[\s-]*|§\s*|[<>=~]=\s*)$",
    re.I,
)
_CHAIN = re.compile(r"\s*(?:,|and|or|to|-|–|/)\s*")


def check(root: Path) -> list[Violation]:
    """Literal decimals in prose, captions and alternative texts."""
    return [
        Violation(GATE, page.path, line, f"literal number {number!r} in {where}; {FIX}")
        for page in pages(root)
        for line, number, where in [*_prose(page), *_captions(page)]
    ]


def _prose(page: Page) -> Iterator[tuple[int, str, str]]:
    for lines, paragraph in page.paragraphs():
        cited = [c.start() for c in _CITED.finditer(paragraph)]
        shown = mask(paragraph)
        bounds = [0, *(m.start() for m in _END.finditer(paragraph)), len(paragraph)]
        for start, end in pairwise(bounds):
            if any(start <= position < end for position in cited):
                continue
            for offset, number in decimals(shown[start:end]):
                yield lines[shown.count("\n", 0, start + offset)], number, "prose"


def decimals(text: str) -> Iterator[tuple[int, str]]:
    """Offset and text of each literal decimal that is not a version, date or section number."""
    named = -1
    for match in _DECIMAL.finditer(text):
        before = text[: match.start()].replace("\n", " ").rstrip() + " "
        heading = re.fullmatch(r"\s*#+\s+", text[: match.start()]) is not None
        chained = named >= 0 and _CHAIN.fullmatch(text[named : match.start()]) is not None
        if heading or chained or _NAMED.search(before):
            named = match.end()
        else:
            yield match.start(), match[0].strip()


def _captions(page: Page) -> Iterator[tuple[int, str, str]]:
    for cell in page.cells:
        for line, call in figure_calls(cell):
            for name in ("alt", "caption", "reveal"):
                value = string_keyword(call, name)
                written = literal_text(value) if value is not None else None
                if value is not None and written is not None:
                    at = line + value.lineno - call.lineno
                    yield from ((at, n, f"{name}= of a figure") for _, n in decimals(written))
