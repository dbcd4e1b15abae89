"""What a page weighs on its way to a reader: compressed, with its styles and pictures.

Scripts and fonts are not counted: a browser fetches them once for the whole book.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

LIMIT = 1_500_000  # bytes
TEXT = {".html", ".css", ".svg", ".json", ".js"}
PICTURES = {"img": "src", "source": "src", "object": "data", "embed": "src", "image": "href"}


@lru_cache(maxsize=4096)
def transferred(path: Path) -> int:
    """Bytes of a file as a server sends it: text compressed, everything else as it is."""
    body = path.read_bytes()
    return len(gzip.compress(body, compresslevel=6)) if path.suffix in TEXT else len(body)


def weight(path: Path, soup: BeautifulSoup) -> int:
    """Bytes of the page at `path`, of its styles and of its pictures."""
    addresses = [str(tag["href"]) for tag in soup.select("link[rel~=stylesheet][href]")]
    for element, attribute in PICTURES.items():
        addresses += [str(tag[attribute]) for tag in soup.find_all(element) if tag.get(attribute)]
    files = {path}
    for address in addresses:
        parts = urlsplit(address)
        if not parts.scheme and parts.path:
            files.add((path.parent / unquote(parts.path)).resolve())
    return sum(transferred(file) for file in files if file.is_file())


def heavy_pages(pages: Iterable[tuple[str, Path, BeautifulSoup]], limit: int = LIMIT) -> list[str]:
    """Pages (name, file, parsed) above the limit."""
    found = []
    for name, path, soup in pages:
        size = weight(path, soup)
        if size > limit:
            found.append(
                f"{name}: {size / 1e6:.2f} MB to transfer without scripts and fonts; at most "
                f"{limit / 1e6:.1f}: split the page, or draw fewer points in its figures"
            )
    return found
