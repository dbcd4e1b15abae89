"""Make the site's search index: one Pagefind index a language, below `pagefind/` of the site.

    python -m tools.search_index [SITE]

Pagefind cuts Chinese into words, so that a compound written without spaces is found; the site
builder's own search cannot. What is indexed is a copy of each article made for the purpose: no
navigation, no solutions, headings that carry their own anchors. The published pages stay as they
are, and without an index (or without a script) the builder's search page still answers.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tools import editions
from tools.digest import ROOT

FOLDER = "pagefind"
PAGES = ("book", "chapters")  # indexes, listings and source code are not pages to be found
UNSEARCHED = (
    "script, style, svg, button, a.headerlink, details.lab-solution, details.lab-quiz-answers, "
    "dl.field-list, div.doctest, .lab-tip, .lab-done, .lab-progress"
)
NEEDED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "fragment", "index")


@dataclass(frozen=True)
class Edition:
    """The pages of one language: where they lie below the site, and their language tag."""

    folder: str
    language: str
    pages: tuple[Path, ...]


def indexed(site: Path) -> list[Edition]:
    """The languages of the site, the one at its root first."""
    found = []
    for folder in ("", *(edition.code for edition in editions.OTHERS)):
        inside = [site / folder / name for name in PAGES]
        pages = tuple(sorted(page for part in inside for page in part.rglob("*.html")))
        if pages:
            found.append(Edition(folder, language_of(pages[0]), pages))
    return found


def language_of(page: Path) -> str:
    """The language that the page says it is in, such as `en` or `zh-cn`."""
    match = re.search(r'<html[^>]*\blang="([^"]+)"', page.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"{page.name} does not say its language; <html> needs a lang attribute")
    return match[1].lower().replace("_", "-")


def searchable(html: str, *, language: str) -> str | None:
    """What of a page is searched, as a page of its own; None where there is no article.

    The site builder gives the anchor to the section, a search result leads to a heading: it moves.
    """
    start = html.find("<article")
    end = html.rfind("</article>")
    if start < 0 or end < 0:
        return None
    article = BeautifulSoup(html[start:end], "html.parser").find("article")
    if not isinstance(article, Tag):
        return None
    for part in article.select(UNSEARCHED):
        part.decompose()
    for section in article.find_all("section", id=True):
        heading = section.find(re.compile("^h[1-6]$"), recursive=False)
        if isinstance(heading, Tag):
            heading["id"] = section["id"]
            del section["id"]
    for part in article.select(".sig-prename, .sig-name"):
        part.insert_after(" ")  # a function is looked for without its module
    for term in article.select("dt[id]"):  # of the glossary and of the API reference
        term.name = "h4"
    for tag in article.find_all(id=True):
        if not re.fullmatch("h[1-6]", tag.name):
            del tag["id"]
    article["data-pagefind-body"] = ""
    head = f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
    return f"{head}<body>{article}</body></html>"


def build(site: Path) -> dict[str, int]:
    """Index every edition of `site`; returns how many pages each language has in its index."""
    target = site / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    counts = {}
    listed = []
    for edition in indexed(site):
        with tempfile.TemporaryDirectory() as temporary:
            counts[edition.language] = _stage(site, edition, Path(temporary))
            _pagefind(Path(temporary), target / edition.language, edition.language)
        listed.append({"language": edition.language, "folder": edition.folder})
    if listed:
        (target / "editions.json").write_text(json.dumps(listed), encoding="utf-8")
    return counts


def _stage(site: Path, edition: Edition, copy: Path) -> int:
    count = 0
    for page in edition.pages:
        path = page.relative_to(site)
        text = searchable(page.read_text(encoding="utf-8"), language=edition.language)
        if text is not None:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_text(text, encoding="utf-8")
            count += 1
    return count


def _pagefind(pages: Path, target: Path, language: str) -> None:
    """Run the indexer and keep of its output what our script loads."""
    command = [sys.executable, "-m", "pagefind", "--site", str(pages)]
    options = ["--output-path", str(target), "--force-language", language, "--quiet"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if done.returncode != 0 or not (target / "pagefind.js").is_file():
        raise RuntimeError(f"the search index of {language} was not made: {done.stderr.strip()}")
    for path in target.iterdir():
        if path.name not in NEEDED and not path.name.endswith((".pf_meta", ".pagefind")):
            path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("site", type=Path, nargs="?", default=ROOT / "_build" / "html")
    for language, count in build(parser.parse_args().site.resolve()).items():
        print(f"search index of {language}: {count} pages")


if __name__ == "__main__":
    main()
