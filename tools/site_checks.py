"""Checks of a built site: every page there, every link and anchor real, nothing from elsewhere.

Each check returns sentences; an empty list means it holds. `python -m tools.build_book
--check-site` runs them all on `_build/html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from tools import editions, toc
from tools.site_weight import heavy_pages

# What a browser fetches by itself when it opens a page: element and attribute.
LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "image": "href",
    "use": "href",
}
LOADING_LINKS = {
    "stylesheet",
    "preload",
    "modulepreload",
    "prefetch",
    "icon",
    "manifest",
    "preconnect",
}
CSS_URL = re.compile(r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^'\")\s;]+)")
FILE_NAME = re.compile(r"^\S*(/\S*|\.(png|svg|jpe?g|gif|webp))$", re.IGNORECASE)


@dataclass(frozen=True)
class Html:
    """One parsed page of the site; `name` is its path below the site's folder."""

    name: str
    path: Path
    soup: BeautifulSoup
    anchors: frozenset[str]


def parse_site(site: Path) -> list[Html]:
    """Every HTML page below `site`."""
    parsed = []
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        if "_static" in path.relative_to(site).parts:
            continue
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        ids = {str(tag["id"]) for tag in soup.find_all(id=True)}
        names = {str(tag["name"]) for tag in soup.find_all("a", attrs={"name": True})}
        parsed.append(Html(name, path, soup, frozenset(ids | names)))
    return parsed


def all_problems(root: Path, site: Path) -> list[str]:
    """Run every check."""
    if not site.is_dir():
        return [f"{site} does not exist: run `make book` first"]
    parsed = parse_site(site)
    return [
        *missing_pages(root, site),
        *one_sided_switches(parsed),
        *error_reports(site),
        *broken_links(site, parsed),
        *foreign_resources(site, parsed),
        *nameless_images(parsed),
        *shown_solutions(parsed),
        *heavy_pages((page.name, page.path, page.soup) for page in parsed),
    ]


def missing_pages(root: Path, site: Path) -> list[str]:
    """Pages of a table of contents without a file, or without an article, in the site."""
    books = [(root, site, toc.TOC.as_posix())]
    for edition in editions.present(root):
        contents = f"{edition.code}/{toc.TOC}"
        books.append((root / edition.code, editions.site(edition, site), contents))
    found = []
    for book, built, contents in books:
        for page in toc.pages(book):
            path = built / f"{page}.html"
            name = path.relative_to(site).as_posix().removesuffix(".html")
            if not path.is_file():
                found.append(f"{name}: in {contents}, but {path.name} was not built")
            elif "<h1" not in path.read_text(encoding="utf-8"):
                found.append(f"{name}: was built without a heading, so without content")
    return found


def one_sided_switches(parsed: list[Html]) -> list[str]:
    """Pages that name a version of themselves in another language which does not name them."""
    named = {page.path.resolve(): _versions(page) for page in parsed}
    found = []
    for page in parsed:
        language = page.soup.find("html").get("lang") if page.soup.find("html") else None
        for tag, path in named[page.path.resolve()].items():
            if tag == language:
                continue
            if named.get(path, {}).get(str(language)) != page.path.resolve():
                found.append(f"{page.name}: its page in {tag} does not lead back to it")
    return found


def _versions(page: Html) -> dict[str, Path]:
    links = page.soup.find_all("link", rel="alternate", hreflang=True, href=True)
    folder = page.path.parent
    return {str(tag["hreflang"]): (folder / unquote(str(tag["href"]))).resolve() for tag in links}


def error_reports(site: Path) -> list[str]:
    """Reports of failed notebooks that the builder left beside its output."""
    reports = sorted(site.parent.rglob("*.err.log"))
    return [
        f"{path.relative_to(site.parent)}: a page failed while it was built" for path in reports
    ]


def links_of(soup: BeautifulSoup) -> Iterator[str]:
    """Every address that a page points at or loads."""
    for tag in soup.find_all(["a", "area", "link"], href=True):
        yield str(tag["href"])
    for element, attribute in LOADED.items():
        for tag in soup.find_all(element):
            for name in (attribute, f"xlink:{attribute}"):
                if tag.get(name):
                    yield str(tag[name])


def broken_links(site: Path, parsed: list[Html]) -> list[str]:
    """Internal addresses whose file or anchor does not exist."""
    anchors = {page.path.resolve(): page.anchors for page in parsed}
    found = []
    for page in parsed:
        for link in dict.fromkeys(links_of(page.soup)):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = _target(site, page, unquote(parts.path))
            target = (target / "index.html" if target.is_dir() else target).resolve()
            if not target.is_file() or not target.is_relative_to(site.resolve()):
                found.append(f"{page.name}: link to {link}: no such file in the site")
            elif parts.fragment in ("", "top") or target not in anchors:
                continue
            elif unquote(parts.fragment) not in anchors[target]:
                found.append(f"{page.name}: link to {link}: the page has no such anchor")
    return found


def _target(site: Path, page: Html, path: str) -> Path:
    """The file that an address means; from the root only where the page names its root."""
    root = page.soup.find("html", attrs={"data-root": True})
    if path.startswith("/") and isinstance(root, Tag):
        return site / path.removeprefix(str(root["data-root"]))
    return page.path.parent / path if path else page.path


def foreign_resources(site: Path, parsed: list[Html]) -> list[str]:
    """Scripts, styles, images and fonts that a page would fetch from another host."""
    found = []
    for page in parsed:
        for address in _loads(page.soup):
            parts = urlsplit(address)
            if parts.netloc or parts.scheme in ("http", "https"):
                found.append(f"{page.name}: loads {address} from another host")
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(site)
        found += [f"{name}: loads {url} from another host" for url in CSS_URL.findall(text)]
    return found


def _loads(soup: BeautifulSoup) -> Iterator[str]:
    for element, attribute in LOADED.items():
        for tag in soup.find_all(element):
            for name in (attribute, f"xlink:{attribute}"):
                if tag.get(name):
                    yield str(tag[name])
            for candidate in str(tag.get("srcset", "")).split(","):
                if candidate.strip():
                    yield candidate.split()[0]
    for tag in soup.find_all("link", href=True):
        if LOADING_LINKS.intersection(tag.get_attribute_list("rel")):
            yield str(tag["href"])
    for tag in soup.find_all("style"):
        yield from CSS_URL.findall(tag.get_text())
    for tag in soup.find_all(style=True):
        yield from CSS_URL.findall(str(tag["style"]))


def shown_solutions(parsed: list[Html]) -> list[str]:
    """Solutions and answers that a reader sees without having asked."""
    found = []
    for page in parsed:
        for tag in page.soup.select(".lab-solution, .lab-quiz-answers"):
            if tag.name != "details" or tag.has_attr("open") or tag.find("summary") is None:
                what = ".".join(tag.get_attribute_list("class"))
                found.append(f"{page.name}: {tag.name}.{what} shows before it is opened")
    return found


def nameless_images(parsed: list[Html]) -> list[str]:
    """Images without a text alternative, or with a file name in its place."""
    found = []
    for page in parsed:
        for tag in page.soup.find_all("img"):
            if "presentation" not in tag.get_attribute_list("role"):
                found += _name_problem(page.name, tag, str(tag.get("alt") or ""))
        for tag in page.soup.select("svg[role=img], object"):
            title = tag.find("title", recursive=False)
            name = tag.get("aria-label") or (title.get_text() if title else "")
            if not tag.get("aria-labelledby"):
                found += _name_problem(page.name, tag, str(name))
    return found


def _name_problem(page: str, tag: Tag, name: str) -> list[str]:
    what = (
        f"{page}: <{tag.name}> {tag.get('src') or tag.get('data') or tag.get('id') or ''}".strip()
    )
    if not name.strip():
        return [f"{what}: has no text alternative"]
    if FILE_NAME.match(name.strip()):
        return [f"{what}: its text alternative is a file name ({name})"]
    return []
