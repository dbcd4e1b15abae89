"""Put Graphviz drawings into the page itself, so that they follow its colours and have a name.

Sphinx links them as `<object>` files: black on a dark page, and without a name for a screen reader.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag


def inline(app: Any, problem: Exception | None) -> None:
    """Replace every Graphviz object of the built site by its drawing."""
    if problem is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if "<object" not in text or "_static" in path.parts:
            continue
        soup = BeautifulSoup(text, "html.parser")
        objects = soup.select("object.graphviz")
        for number, item in enumerate(objects):
            item.replace_with(drawing_of(item, path, site, number))
        if objects:
            path.write_text(str(soup), encoding="utf-8")


def drawing_of(item: Tag, page: Path, site: Path, number: int) -> Tag:
    """The SVG element that takes the place of `item` (Sphinx puts the alt text inside it)."""
    file = (page.parent / str(item["data"])).resolve()
    fallback = item.find("p", class_="warning")
    name = fallback.get_text(" ", strip=True) if fallback else ""
    folder = posixpath.relpath(file.parent.as_posix(), page.parent.resolve().as_posix())
    svg = recoloured(file.read_text(encoding="utf-8"))
    drawing = BeautifulSoup(svg, "html.parser").find("svg")
    if not isinstance(drawing, Tag):
        raise ValueError(f"{file.name} holds no drawing; build the page again")
    for title in drawing.find_all("title"):
        title.decompose()
    for tag in drawing.find_all(id=True):
        tag["id"] = f"diagram{number}-{tag['id']}"
    links = drawing.find_all("a")
    for link in links:
        address = str(link.get("xlink:href") or link.get("href"))
        del link["xlink:href"], link["xlink:title"]
        link["href"] = posixpath.normpath(posixpath.join(folder, address))
    # A drawing with links inside is a group of links; one without is an image.
    drawing["role"] = "group" if links else "img"
    drawing["aria-label"] = name
    drawing["class"] = "lab-diagram"
    return drawing


def recoloured(svg: str) -> str:
    """The bare `<svg>` element with black replaced by the page's own text colour."""
    # Sphinx rewrites drawings with links through an XML library that renames the prefixes.
    svg = re.sub(r"(</?)ns0:", r"\1", svg).replace("ns1:", "xlink:")
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(stroke|fill)="(?:black|#000000)"', r'\1="currentColor"', svg)
    return re.sub(r"<text(?![^>]*\bfill=)", '<text fill="currentColor"', svg)
