"""Print the whole book into one PDF, from the site that `make book` built.

    python -m tools.print_book [--root DIR] [--output FILE] [--html-only]

The articles of all pages, in the order of the table of contents, become one page: contents first,
each chapter on a new sheet, everything folded is open except solutions and answers, which are left
out. The machine's Chromium prints it; without one, the page itself is kept for another printer.
The API reference is left out: it is for looking things up, and longer than the rest together.
"""

from __future__ import annotations

import argparse
import html
import posixpath
import shutil
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from tools import serve, toc
from tools.digest import ROOT

SITE = Path("_build/html")
PAGE = Path("_build/book-in-one-page.html")
BELOW = "html/"  # where the site lies, seen from that page
OUTPUT = Path("_build/book.pdf")
LEFT_OUT = ("book/api",)
REMOVED = (
    "details.lab-solution, details.lab-quiz-answers, .lab-done, .lab-progress, .lab-tip, script, "
    "a.headerlink, button, .lab-download, .lab-run, .prev-next-area"
)
ADDRESSES = {"a": "href", "img": "src", "source": "src", "use": "href", "object": "data"}
TIMEOUT = 10 * 60 * 1000  # milliseconds
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STYLE = """
@page { size: A4; margin: 18mm 16mm; }
html, body { background: white; font-size: 10.5pt; }
main { max-width: none; }
article.part { break-before: page; }
h1, h2, h3, h4 { break-after: avoid; }
figure, table, .lab-exercise > .rubric, pre { break-inside: avoid-page; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
details > summary { list-style: none; font-weight: 600; }
nav.contents ol { list-style: none; padding-left: 1.2em; }
a { color: inherit; }
"""


@dataclass(frozen=True)
class Part:
    """A page of the book, as it goes into the print."""

    name: str
    title: str
    caption: str
    article: Tag


def pages(root: Path) -> list[tuple[str, str]]:
    """Caption of its part and name of every page to print, in reading order."""
    content = yaml.safe_load((root / toc.TOC).read_text(encoding="utf-8"))
    captions = {}
    for part in content.get("parts", ()):
        for page in toc.files_below(part):
            captions.setdefault(page, part.get("caption", ""))
    wanted = [page for page in toc.pages(root) if not page.startswith(LEFT_OUT)]
    return [(captions.get(page, ""), page) for page in wanted]


def anchor(page: str, name: str = "") -> str:
    """The one name, in the whole print, of an anchor of a page (or of the page itself)."""
    return page.replace("/", "-") + (f"--{name}" if name else "")


def part_of(text: str, page: str, caption: str, printed: frozenset[str]) -> Part:
    """The article of one page, with its names and links made those of the whole print."""
    article = BeautifulSoup(text, "html.parser").find("article")
    if not isinstance(article, Tag):
        raise ValueError(f"{page}.html holds no article; build the book again")
    for gone in article.select(REMOVED):
        gone.decompose()
    for folded in article.find_all("details"):
        folded["open"] = ""
    heading = article.find("h1")
    title = heading.get_text(" ", strip=True) if isinstance(heading, Tag) else page
    for tag in article.find_all(True):
        _rename(tag, page)
        attribute = ADDRESSES.get(tag.name)
        if attribute and tag.get(attribute):
            tag[attribute] = _address(str(tag[attribute]), page, printed)
    article.attrs = {"class": ["part", "bd-article"], "id": anchor(page)}
    return Part(page, title, caption, article)


def _rename(tag: Tag, page: str) -> None:
    """Two pages may use the same name; in the print every name says its page."""
    if tag.get("id"):
        tag["id"] = anchor(page, str(tag["id"]))
    for attribute in ("aria-labelledby", "aria-describedby", "for", "clip-path", "fill", "mask"):
        value = str(tag.get(attribute) or "")
        if value.startswith("url(#"):
            tag[attribute] = f"url(#{anchor(page, value[5:])}"
        elif value and attribute in ("aria-labelledby", "aria-describedby", "for"):
            tag[attribute] = " ".join(anchor(page, name) for name in value.split())


def _address(address: str, page: str, printed: frozenset[str]) -> str:
    """An address of the page as one of the print, which lies beside the site's folder."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return address
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    target = page if not parts.path else path.removesuffix(".html")
    if target in printed:
        return f"#{anchor(target, parts.fragment)}"
    return BELOW + path + (f"#{parts.fragment}" if parts.fragment else "")


def whole(site: Path, root: Path) -> str:
    """The book as one page."""
    listed = [(c, p) for c, p in pages(root) if (site / f"{p}.html").is_file()]
    printed = frozenset(page for _, page in listed)
    parts = [
        part_of((site / f"{page}.html").read_text(encoding="utf-8"), page, caption, printed)
        for caption, page in listed
    ]
    first = (site / f"{listed[0][1]}.html").read_text(encoding="utf-8")
    language = first.partition('lang="')[2].partition('"')[0] or "en"
    title = html.escape(str(toc.config(root).get("title", "The book")))
    body = "\n".join(str(part.article) for part in parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" data-theme="light" data-mode="light">'
        f'<head><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,">'
        f"{_styles(first, listed[0][1])}"
        f"<style>{STYLE}</style>{MATHJAX}</head><body><main>"
        f'<nav class="contents"><h1>{title}</h1>{_contents(parts)}</nav>\n{body}'
        "</main></body></html>"
    )


MATHJAX = (
    '<script>window.MathJax = {options: {enableMenu: false, processHtmlClass: "math"}}</script>'
    '<script defer src="html/_static/mathjax/tex-mml-chtml.js"></script>'
)


def _styles(first: str, page: str) -> str:
    soup = BeautifulSoup(first, "html.parser")
    links = []
    for link in soup.select("head link[rel~=stylesheet][href]"):
        link["href"] = _address(str(link["href"]).partition("?")[0], page, frozenset())
        links.append(str(link))
    return "".join(links)


def _contents(parts: Iterable[Part]) -> str:
    lines, caption = [], None
    for part in parts:
        if part.caption != caption:
            caption = part.caption
            lines.append(f"<li><strong>{html.escape(caption)}</strong></li>" if caption else "")
        title = html.escape(part.title)
        lines.append(f'<li><a href="#{anchor(part.name)}">{title}</a></li>')
    return f"<ol>{''.join(lines)}</ol>"


def print_to(page_file: Path, output: Path, browser: str) -> None:
    """Let Chromium print the page; formulas are set before."""
    from playwright.sync_api import sync_playwright

    running = serve.server(page_file.parent)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=browser, args=["--no-sandbox", "--disable-gpu"]
            )
            page = chromium.new_page(color_scheme="light")
            page.set_default_timeout(TIMEOUT)
            page.goto(f"http://127.0.0.1:{running.server_port}/{page_file.name}", wait_until="load")
            page.evaluate("() => window.MathJax?.startup?.promise")
            page.pdf(
                path=str(output),
                prefer_css_page_size=True,
                print_background=True,
                outline=True,
                tagged=True,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=(
                    '<span style="width:100%;text-align:center;font-size:8pt" '
                    'class="pageNumber"></span>'
                ),
            )
            chromium.close()
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="the book's folder")
    parser.add_argument("--output", type=Path, help="default: _build/book.pdf")
    parser.add_argument("--html-only", action="store_true", help="make the page, print nothing")
    options = parser.parse_args()
    root = options.root.resolve()
    site = root / SITE
    if not (site / "index.html").is_file():
        print("print: there is no built book yet: run `make book` first", file=sys.stderr)
        return 1
    page = root / PAGE
    page.write_text(whole(site, root), encoding="utf-8")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or options.html_only:
        print(f"the book in one page: {page}")
    if options.html_only:
        return 0
    if browser is None:
        print("print: no Chromium on this machine; print that page yourself", file=sys.stderr)
        return 1
    output = (options.output or root / OUTPUT).resolve()
    print_to(page, output, browser)
    print(f"{output} ({output.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
