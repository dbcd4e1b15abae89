"""Offer every executable page as a learner's notebook, made from its source: no outputs, no
solutions, no directives that only this site understands.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tools import learner_notebook, toc


def offer(app: Any, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Make the theme's download menu list the notebook (it reads `ipynb_source`)."""
    if doctree is not None and is_notebook(Path(app.srcdir), pagename):
        context["ipynb_source"] = f"{pagename}.ipynb"


def is_notebook(root: Path, page: str) -> bool:
    path = toc.source(root, page)
    return path.is_file() and "jupytext" in toc.front_matter(path.read_text(encoding="utf-8"))


def publish(app: Any, problem: Exception | None) -> None:
    """Write the notebooks beside the published sources."""
    if problem is not None or app.builder.format != "html":
        return
    root = Path(app.srcdir)
    for page in sorted(app.env.found_docs):
        if is_notebook(root, page):
            target = Path(app.outdir) / "_sources" / f"{page}.ipynb"
            learner_notebook.write(root, page, target)
