"""Give every control of the theme a name that a screen reader and a voice user can use.

The rules are those of axe-core; each repair names the one that it answers. Pages in which nothing
is wrong are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from tools import words

SCROLLING = ["lab-table", "pst-scrollable-table-container"]
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


def say_in(soup: BeautifulSoup) -> Callable[..., str]:
    """Our phrases in the language of a page."""
    return words.of(str(soup.html.get("lang", "en")) if soup.html else "en")


def chapter_toggles(soup: BeautifulSoup) -> int:
    """summary-name: the sidebar's arrows are unnamed."""
    count = 0
    for summary in soup.find_all("summary"):
        item = summary.find_parent("li") if summary.find_parent("nav") else None
        link = item.find("a") if item else None
        if link and not summary.get_text(strip=True) and not summary.get("aria-label"):
            summary["aria-label"] = say_in(soup)(
                "Pages below {title}", title=link.get_text(" ", strip=True)
            )
            count += 1
    return count


def visible_names(soup: BeautifulSoup) -> int:
    """label-content-name-mismatch: a label that hides the text which a reader sees and says."""
    count = 0
    for control in soup.find_all(["button", "summary", "a"], attrs={"aria-label": True}):
        seen = control.get_text(" ", strip=True)
        if seen and seen.lower() not in str(control["aria-label"]).lower():
            del control["aria-label"]
            count += 1
    return count


def unnamed_tables(soup: BeautifulSoup) -> int:
    """empty-table-header: a corner cell above row names heads nothing."""
    count = 0
    for cell in soup.find_all("th"):
        if not cell.get_text(strip=True) and not cell.find(["img", "svg"]):
            cell.name = "td"
            count += 1
    return count


def source_lists(soup: BeautifulSoup) -> int:
    """aria-required-children: the entries of a list of sources are its items."""
    count = 0
    for sources in soup.find_all("div", class_="citation-list", role="list"):
        for entry in sources.find_all("div", class_="citation", recursive=False):
            entry["role"] = "listitem"
            count += 1
    return count


def wide_tables(soup: BeautifulSoup) -> int:
    """Each table of an article scrolls in a named box of its own on a narrow screen."""
    article = soup.find("article")
    say = say_in(soup)
    count = 0
    for number, table in enumerate(article.find_all("table") if article else (), 1):
        holder = table.find_parent("div", class_=SCROLLING) or table.wrap(
            soup.new_tag("div", attrs={"class": "lab-table"})
        )
        if not holder.get("role"):
            caption = table.find("caption")
            named = caption.get_text(" ", strip=True) if caption else ""
            holder["tabindex"] = "0"
            holder["role"] = "region"
            holder["aria-label"] = (
                say("Table {number}: {caption}", number=number, caption=named)
                if named
                else say("Table {number}", number=number)
            )
            count += 1
    return count


def logo_landmark(soup: BeautifulSoup) -> int:
    """region: content outside every landmark is skipped by readers who jump between them."""
    say = say_in(soup)
    count = 0
    for part in soup.find_all("div", class_=["bd-sidebar-primary", "bd-sidebar-secondary"]):
        if not part.get("role"):
            primary = "bd-sidebar-primary" in part.get_attribute_list("class")
            part["role"] = "complementary"
            part["aria-label"] = say("Book") if primary else say("This page")
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
