"""No drawing shrinks on a phone until its words cannot be read.

A figure is drawn for a desktop and made smaller by a narrow screen. Each gets a box of its own and
a least width, taken from its smallest letters; where the screen is narrower, the box scrolls.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

LEAST = 9.6  # CSS pixels of the smallest letters
PIXELS_A_POINT = 4 / 3
SIZE = re.compile(r"(?:font:\s*(?:[a-z]+\s+|\d00\s+)*|font-size:\s*)([\d.]+)(?:px|pt)?")


def publish(app: Any, problem: Exception | None) -> None:
    """Rewrite the pages of the built site that have drawings."""
    if problem is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if "_static" in path.parts or ("lab-figure" not in text and "lab-diagram" not in text):
            continue
        soup = BeautifulSoup(text, "html.parser")
        if readable(soup):
            path.write_text(str(soup), encoding="utf-8")


def readable(soup: BeautifulSoup) -> int:
    """Give every drawing its box and least width; how many were changed."""
    count = 0
    for drawing in soup.select("figure.lab-figure > svg, figure.lab-figure .lab-scroll > svg"):
        width = least_width(drawing)
        if not width or "min-width" in str(drawing.get("style", "")):
            continue
        own = str(drawing.get("style", "")).rstrip("; ")
        drawing["style"] = f"{own}; min-width: {width:.0f}px".lstrip("; ")
        parent = drawing.parent
        if isinstance(parent, Tag) and "lab-scroll" not in parent.get_attribute_list("class"):
            drawing.wrap(soup.new_tag("div", attrs={"class": "lab-scroll"}))
        count += 1
    for drawing in soup.select("svg.lab-diagram"):
        width = least_width(drawing)
        if width and "min-width" not in str(drawing.get("style", "")):
            drawing["style"] = f"min-width: {width:.0f}px"
            count += 1
    return count


def least_width(drawing: Tag) -> float:
    """CSS pixels at which its smallest letters are `LEAST` high, never more than drawn; 0 if none.

    Widths are in points, as Matplotlib and Graphviz write them, with equal units inside.
    """
    found = re.fullmatch(r"([\d.]+)pt", str(drawing.get("width", "")))
    letters = [size for text in drawing.find_all("text") if (size := _size(text))]
    if not found or not letters:
        return 0.0
    width = float(found[1])
    return min(LEAST * width / min(letters), width * PIXELS_A_POINT)


def _size(text: Tag) -> float:
    """Letter height of one piece of text in the drawing's units; 0 if it does not say."""
    styled = SIZE.search(str(text.get("style", "")))
    given = styled[1] if styled else str(text.get("font-size", "0"))
    return float(given.removesuffix("px").removesuffix("pt") or 0)
