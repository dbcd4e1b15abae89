"""Every old address in `book/_redirects.yml` leads to a page that exists, and is none itself.

A renamed page breaks the links that other people have saved, and nobody here sees it; a redirect to
a page that was renamed once more breaks them a second time. An old address that is a page again
would hide that page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tools import toc
from tools.gates.common import Violation, line_of, load_yaml, read

GATE = "redirects"
LIST = "book/_redirects.yml"
_NAME = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*")


def check(root: Path) -> list[Violation]:
    """Lines of the list that lead nowhere, in a circle, or over a page."""
    if not (root / LIST).is_file():
        return []
    text = read(root, LIST)
    try:
        given, lines = load_yaml(text)
    except yaml.YAMLError as problem:
        return [Violation(GATE, LIST, 1, f"not YAML ({str(problem).splitlines()[0]})")]
    if given is not None and not isinstance(given, dict):
        return [Violation(GATE, LIST, 1, "must map old page names to new ones: `old: new`")]
    pages = set(toc.pages(root)) if (root / toc.TOC).is_file() else set()
    return [
        Violation(GATE, LIST, lines.get(str(old), line_of(text, str(old))), message)
        for old, new in (given or {}).items()
        if (message := _problem(str(old), new, set(given), pages))
    ]


def _problem(old: str, new: Any, given: set[str], pages: set[str]) -> str:
    """What is wrong with one line; "" if nothing is."""
    target = str(new or "").partition("#")[0]
    if not _NAME.fullmatch(old):
        return f"{old!r} is no page name; write it as in {toc.TOC}, without a suffix"
    if old in pages:
        return f"{old} is a page; remove the line, it would hide the page"
    if target in given:
        return f"leads to {target}, which is an old address itself; name the last page"
    if target not in pages:
        return f"leads to {target!r}, which is not in {toc.TOC}"
    return ""
