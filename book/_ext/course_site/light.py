"""Lighten finished pages: what a page does not use, it does not load.

The theme loads every icon there is as a script of 1.5 MB, the whole search index on each page,
MathJax on pages without a formula, and each script before the page shows. Afterwards the icons are
drawings in the page (and out of the styles), the index is loaded by the search page alone, MathJax
where formulas are, and scripts wait until the page is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ICON_SCRIPT = "_static/scripts/fontawesome.js"
ICON = re.compile(r'<(i|span) ([^>]*\bclass="(?:[^"]* )?(?:fa-solid|fas) [^"]*"[^>]*)>\s*</\1>')
ICON_NAME = re.compile(r"\bfa-([a-z0-9-]+)")
# Spans around each word of code and each name, comma and space of it that look like the text around
# them: in the API reference six of ten elements, which a browser and a screen reader walk through.
PLAIN_WORD = re.compile(r'<span class="pre">([^<]*)</span>')
PLAIN_CODE = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')
STYLES = "_static/styles/pydata-sphinx-theme.css"
GLYPHS = re.compile(r"((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{[^}]*\}")
MADE_BY_SCRIPTS = {"xmark"}
SIZES = {"solid", "lg", "sm", "xs", "fw"}
SCRIPT = re.compile(r"[ \t]*<script\b([^>]*)></script>\n?")
MATHJAX = re.compile(r"[ \t]*<script>\s*window\.MathJax = .*?</script>\n?")
BUILDERS_SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
# Later lines of a page call what this one defines.
AT_ONCE = ("documentation_options.js",)


def setup(app: Any) -> None:
    app.add_css_file("light.css")
    app.connect("build-finished", lighten, priority=920)  # after the names of controls


@dataclass(frozen=True)
class Drawing:
    """One icon: the width and height of its field, and its outline."""

    width: int
    height: int
    path: str


def icons(script: str) -> dict[str, Drawing]:
    """The solid icons of the theme's script, which lists them after the brands and the outlines."""
    entry = r'"?([a-z0-9-]+)"?:\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]'
    return {
        name: Drawing(int(width), int(height), path)
        for name, width, height, path in re.findall(entry, script)
    }


def lighten(app: Any, problem: Exception | None) -> None:
    """Rewrite every page of the built site."""
    if problem is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    script = site / ICON_SCRIPT
    known = icons(script.read_text(encoding="utf-8")) if script.is_file() else {}
    left = set(MADE_BY_SCRIPTS)
    for path in sorted(site.rglob("*.html")):
        if "_static" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        light = lightened(text, known, searches=path.name == "search.html")
        left |= {name for match in ICON.finditer(light) for name in ICON_NAME.findall(match[2])}
        if light != text:
            path.write_text(light, encoding="utf-8")
    styles = site / STYLES
    if styles.is_file():
        text = without_glyphs(styles.read_text(encoding="utf-8"), left)
        styles.write_text(text, encoding="utf-8")


def without_glyphs(styles: str, left: Set[str]) -> str:
    """The theme's styles without the thousand rules for icons that no page draws by font."""

    def kept(match: re.Match[str]) -> str:
        return match[0] if left.intersection(ICON_NAME.findall(match[1])) else ""

    return GLYPHS.sub(kept, styles)


def lightened(text: str, known: Mapping[str, Drawing], *, searches: bool = False) -> str:
    """The page without what it does not use; `searches` is true of the builder's search page."""
    text = PLAIN_CODE.sub(r"\1", PLAIN_WORD.sub(r"\1", text))
    text = ICON.sub(lambda match: drawn(match, known), text)
    uses_math = has_math(text)
    if not uses_math:
        text = MATHJAX.sub("", text)

    def script(match: re.Match[str]) -> str:
        address = re.search(r'\bsrc="([^"?]*)', match[1])
        if address is None:
            return match[0]
        name = address[1]
        if name.endswith(ICON_SCRIPT) or (name.endswith("tex-mml-chtml.js") and not uses_math):
            return ""
        if not searches and name.endswith(BUILDERS_SEARCH):
            return ""
        waits = re.search(r"\b(defer|async)\b", match[1]) or name.endswith(AT_ONCE)
        at_once = waits or searches
        return match[0] if at_once else match[0].replace("<script", '<script defer="defer"', 1)

    head, body = text.partition("</head>")[::2]
    return SCRIPT.sub(script, head) + "</head>" + body if body else text


def has_math(text: str) -> bool:
    """Whether the page holds something that MathJax would set."""
    article = text[text.find("<article") : text.rfind("</article>")]
    marked = re.search(r'class="[^"]*\bmath\b', article)
    return bool(marked) or any(sign in article for sign in ("\\(", "\\[", "$$"))


def drawn(match: re.Match[str], known: Mapping[str, Drawing]) -> str:
    """An icon's element as a drawing of the same class; one that is not known stays."""
    names = [name for name in ICON_NAME.findall(match[2]) if name not in SIZES]
    icon = known.get(names[0]) if names else None
    if icon is None:
        return match[0]
    attributes = re.sub(r'\s*\b(?:title|aria-hidden)="[^"]*"', "", match[2])
    attributes = attributes.replace('class="', 'class="svg-inline--fa ', 1)
    return (
        f'<svg {attributes} aria-hidden="true" focusable="false" '
        f'viewBox="0 0 {icon.width} {icon.height}">'
        f'<path fill="currentColor" d="{icon.path}"></path></svg>'
    )
