"""Offer every executable page as a learner's notebook, made from its source: no outputs, no
solutions, no directives that only this site understands; and all of them in one archive.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from tools import learner_notebook, toc

ARCHIVE = "notebooks.zip"
FOLDER = "notebooks"  # what it unpacks to
EARLIEST = (1980, 1, 1, 0, 0, 0)


def setup(app: Any) -> None:
    app.add_role("notebook-archive", ArchiveLink())
    # Before the theme (priority 500) makes its buttons.
    app.connect("html-page-context", offer, priority=450)
    app.connect("build-finished", publish, priority=600)


class ArchiveLink(SphinxRole):
    """A link to the archive with all notebooks, from whatever page it stands on."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        up = "../" * self.env.docname.count("/")
        return [nodes.reference("", self.text, refuri=up + ARCHIVE)], []


def offer(app: Any, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Make the theme's download menu list the notebook (it reads `ipynb_source`)."""
    if doctree is not None and is_notebook(Path(app.srcdir), pagename):
        context["ipynb_source"] = f"{pagename}.ipynb"


def is_notebook(root: Path, page: str) -> bool:
    path = toc.source(root, page)
    return path.is_file() and "jupytext" in toc.front_matter(path.read_text(encoding="utf-8"))


def publish(app: Any, problem: Exception | None) -> None:
    """Write the notebooks beside the published sources, and their archive."""
    if problem is not None or app.builder.format != "html":
        return
    root = Path(app.srcdir)
    written = {}
    for page in sorted(app.env.found_docs):
        if is_notebook(root, page):
            target = Path(app.outdir) / "_sources" / f"{page}.ipynb"
            learner_notebook.write(root, page, target)
            written[f"{FOLDER}/{page}.ipynb"] = target.read_bytes()
    pack(written, Path(app.outdir) / ARCHIVE)


def pack(files: dict[str, bytes], target: Path) -> None:
    """Write an archive whose bytes depend on names and contents alone, not on when or where."""
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], compresslevel=9)
