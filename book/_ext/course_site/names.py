"""Give every control of the theme a name that a screen reader and a voice user can use.

The rules are those of axe-core; each repair names the one that it answers. Pages in which nothing
is wrong are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

Repair = Callable[[BeautifulSoup], int]


def repair(app: Any, problem: Exception | None) -> None:
    """Rewrite the pages of the built site that need it."""
    if problem is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if "_static" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        repaired = repaired_page(text)
        if repaired is not None:
            path.write_text(repaired, encoding="utf-8")


def repaired_page(text: str) -> str | None:
    """The page with its names put right, or None when nothing had to be."""
    soup = BeautifulSoup(text, "html.parser")
    changes = sum(step(soup) for step in REPAIRS)
    return str(soup) if changes else None


def chapter_toggles(soup: BeautifulSoup) -> int:
    """summary-name: the sidebar's arrows are unnamed."""
    count = 0
    for summary in soup.select("nav details > summary"):
        item = summary.find_parent("li")
        link = item.find("a") if item else None
        if link and not summary.get_text(strip=True) and not summary.get("aria-label"):
            summary["aria-label"] = f"Pages below {link.get_text(' ', strip=True)}"
            count += 1
    return count


def visible_names(soup: BeautifulSoup) -> int:
    """label-content-name-mismatch: a label that hides the text which a reader sees and says."""
    count = 0
    for control in soup.select("button[aria-label], summary[aria-label], a[aria-label]"):
        seen = control.get_text(" ", strip=True)
        if seen and seen.lower() not in str(control["aria-label"]).lower():
            del control["aria-label"]
            count += 1
    return count


def unnamed_tables(soup: BeautifulSoup) -> int:
    """empty-table-header: a corner cell above row names heads nothing."""
    count = 0
    for cell in soup.select("th"):
        if not cell.get_text(strip=True) and not cell.find(["img", "svg"]):
            cell.name = "td"
            count += 1
    return count


def source_lists(soup: BeautifulSoup) -> int:
    """aria-required-children: the entries of a list of sources are its items."""
    count = 0
    for entry in soup.select(".citation-list[role=list] > .citation:not([role=listitem])"):
        entry["role"] = "listitem"
        count += 1
    return count


def wide_tables(soup: BeautifulSoup) -> int:
    """Put each bare table of an article into a box that scrolls by itself on a narrow screen."""
    count = 0
    for table in soup.select("article table"):
        parent = table.parent
        if isinstance(parent, Tag) and not {"pst-scrollable-table-container", "lab-table"}.intersection(
            parent.get_attribute_list("class")
        ):
            holder = soup.new_tag("div", attrs={"class": "lab-table", "tabindex": "0"})
            table.wrap(holder)
            count += 1
    for number, holder in enumerate(soup.select(".lab-table, .pst-scrollable-table-container"), 1):
        if not holder.get("role"):
            holder["tabindex"] = "0"
            holder["role"] = "region"
            caption = holder.find("caption")
            named = caption.get_text(" ", strip=True) if caption else ""
            holder["aria-label"] = f"Table {number}: {named}" if named else f"Table {number}"
            count += 1
    return count


def logo_landmark(soup: BeautifulSoup) -> int:
    """region: content outside every landmark is skipped by readers who jump between them."""
    count = 0
    for part in soup.select("div.bd-sidebar-primary, div.bd-sidebar-secondary"):
        if not part.get("role"):
            primary = "bd-sidebar-primary" in part.get_attribute_list("class")
            part["role"] = "complementary"
            part["aria-label"] = "Book" if primary else "This page"
            count += 1
    return count


REPAIRS: tuple[Repair, ...] = (
    chapter_toggles,
    visible_names,
    unnamed_tables,
    source_lists,
    wide_tables,
    logo_landmark,
)
