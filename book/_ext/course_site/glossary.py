"""Terms of the glossary on every lesson: linked where they first occur, explained on the spot.

The glossary is one page of the book. While a lesson is read, the first occurrence of each term in
its prose becomes a link to it; when the site is finished, the definition is put beside the link,
shown while the link is pointed at or focused (`glossary.css`) and sent away by Escape
(`glossary.js`). Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx import addnodes

from tools import toc

LESSONS = "chapters/"
BLOCK = re.compile(r"^```\{glossary\}.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r'<a class="reference internal" href="[^"#]*#(term-[^"]+)"[^>]*>(.*?)</a>')
# Boxes whose words are labels, questions or code rather than running text.
PLAIN = {"lab-lesson", "lab-exercise", "lab-quiz", "cell", "lab-figure"}


def setup(app: Any) -> None:
    app.add_css_file("glossary.css")
    app.add_js_file("glossary.js", loading_method="defer")
    app.connect("doctree-read", link_terms)
    app.connect("build-finished", explain, priority=895)


@lru_cache
def page_of(root: Path) -> str | None:
    """The page of the book that holds its glossary; None if it has none."""
    for page in toc.pages(root):
        path = toc.source(root, page)
        if path.is_file() and BLOCK.search(path.read_text(encoding="utf-8")):
            return page
    return None


def terms(source: str) -> tuple[str, ...]:
    """The terms that the glossary's source defines, in its order."""
    lines = [line for block in BLOCK.findall(source) for line in block.split("\n")]
    return tuple(line.strip() for line in lines if line.strip() and not line[0].isspace())


def link_terms(app: Any, doctree: nodes.document) -> None:
    """Turn the first occurrence of each term in a lesson's prose into a reference to it."""
    page = app.env.docname
    glossary = page_of(Path(app.srcdir))
    if not page.startswith(LESSONS) or glossary is None:
        return
    source = toc.source(Path(app.srcdir), glossary)
    app.env.note_dependency(str(source))
    wanted = {term.lower(): term for term in terms(source.read_text(encoding="utf-8"))}
    linked = {
        str(node["reftarget"]).lower()
        for node in doctree.findall(addnodes.pending_xref)
        if node.get("reftype") == "term"
    }
    wanted = {key: term for key, term in wanted.items() if key not in linked}
    for text in list(prose(doctree)):
        pieces = list(split(str(text), wanted, page))
        if len(pieces) > 1:
            text.parent.replace(text, pieces)


def prose(doctree: nodes.document) -> Iterator[nodes.Text]:
    """The pieces of text that stand directly in a paragraph of the running text."""
    for paragraph in doctree.findall(nodes.paragraph):
        above = paragraph
        while above is not None and not _is_apart(above):
            above = above.parent
        if above is None:
            yield from (child for child in paragraph.children if isinstance(child, nodes.Text))


def _is_apart(node: nodes.Element) -> bool:
    apart = isinstance(node, nodes.table | nodes.legend | nodes.footnote)
    return apart or bool(PLAIN.intersection(node.get("classes", ())))


def split(text: str, wanted: dict[str, str], page: str) -> Iterator[nodes.Node]:
    """The text with references in it; what was found is taken out of `wanted`."""
    place = 0
    while wanted and (found := pattern(tuple(wanted)).search(text, place)):
        term = wanted.pop(found[1].lower())
        if found.start() > place:
            yield nodes.Text(text[place : found.start()])
        shown = nodes.inline(found[0], found[0], classes=["std", "std-term"])
        yield addnodes.pending_xref(
            "",
            shown,
            refdomain="std",
            reftype="term",
            reftarget=term,
            refexplicit=True,
            refwarn=True,
            refdoc=page,
        )
        place = found.end()
    yield nodes.Text(text[place:])


def pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the terms as words of their own, singular or plural, the longest first.

    Chinese has no spaces between words, so its terms match anywhere.
    """
    longest = sorted(names, key=len, reverse=True)
    latin = "|".join(re.escape(name) for name in longest)
    return re.compile(rf"(?<![A-Za-z0-9-])({latin})(?:s|es)?(?![A-Za-z0-9-])", re.IGNORECASE)


def explain(app: Any, problem: Exception | None) -> None:
    """Put the definition beside every link to a term on the finished pages."""
    if problem is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    page = page_of(Path(app.srcdir))
    if page is None:
        return
    glossary = site / f"{page}.html"
    known = definitions(glossary.read_text(encoding="utf-8"))
    for path in sorted(site.rglob("*.html")):
        if "_static" not in path.parts and path != glossary:
            text = path.read_text(encoding="utf-8")
            explained = with_definitions(text, known)
            if explained != text:
                path.write_text(explained, encoding="utf-8")


def definitions(html: str) -> dict[str, str]:
    """Anchor of each term to the inside of its definition, without links."""
    found = {}
    for name in BeautifulSoup(html, "html.parser").select("dl.glossary dt[id]"):
        text = name.find_next_sibling("dd")
        if isinstance(text, Tag):
            for link in text.find_all("a"):
                link.unwrap()
            parts = text.find_all("p") or [text]
            found[str(name["id"])] = " ".join(part.decode_contents().strip() for part in parts)
    return found


def with_definitions(html: str, known: Mapping[str, str]) -> str:
    """The page with each link to a known term wrapped together with its definition."""
    count = 0

    def wrapped(match: re.Match[str]) -> str:
        nonlocal count
        if match[1] not in known:
            return match[0]
        count += 1
        link = match[0].replace("<a ", f'<a aria-describedby="lab-tip-{count}" ', 1)
        tip = f'<span class="lab-tip" id="lab-tip-{count}" role="tooltip">{known[match[1]]}</span>'
        return f'<span class="lab-term">{link}{tip}</span>'

    return LINK.sub(wrapped, html)
