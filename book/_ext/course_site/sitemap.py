"""`sitemap.xml`: every page of the book in every language, for search engines.

The format wants full addresses; without `html: baseurl:` none is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sphinx.util import logging

from course_site import address
from tools import editions, toc

LOG = logging.getLogger(__name__)


def publish(app: Any, problem: Exception | None) -> None:
    """Write the file beside the front page, if the site knows its address."""
    if not address.publishing(app, problem):
        return
    if not address.base(app):
        LOG.info("sitemap.xml is left out: `html: baseurl:` in _config.yml is empty")
        return
    text = sitemap(address.base(app), pages(Path(app.srcdir)))
    (Path(app.outdir) / "sitemap.xml").write_text(text, encoding="utf-8")


def pages(root: Path) -> list[str]:
    """Page names of all editions, those of a translation below its folder."""
    found = list(toc.pages(root))
    for edition in editions.present(root):
        found += [f"{edition.code}/{page}" for page in editions.pages(root, edition)]
    return found


def sitemap(base: str, names: list[str]) -> str:
    """The XML for pages below `base`."""
    entries = [f"  <url><loc>{escape(f'{base}{name}.html')}</loc></url>" for name in names]
    opening = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return "\n".join([head, opening, *entries, "</urlset>", ""])
