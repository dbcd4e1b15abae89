"""Every relative link, document role, download and included file of a page exists.

A renamed page leaves links behind that the reader finds first. The built site is checked by its
own tool; this gate finds the same mistake in seconds, in the sources, with the line to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote

from tools.gates.common import Violation
from tools.gates.pages import PATTERNS, Page, pages

GATE = "links"
_LINK = re.compile(r"\]\(\s*<?(?P<target>[^)\s>]+)")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]^]+\]:\s*<?(?P<target>[^\s>]+)")
_ROLE = re.compile(r"\{(?P<role>doc|download)\}`(?:[^`<]*<)?(?P<target>[^`>]+)>?`")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.I)
_FILES = {"image", "figure", "literalinclude", "include"}
# Written by the build, so absent from the sources.
GENERATED = ("genindex", "search", "py-modindex", "_static/", "downloads/")


def check(root: Path) -> list[Violation]:
    """Targets that do not exist."""
    found = []
    for page in pages(root, "*.md", *PATTERNS):
        for line, kind, target in _targets(page):
            if not exists(root, page.path, target, kind):
                message = f"{kind} {target!r} does not exist; correct the path or remove it"
                found.append(Violation(GATE, page.path, line, message))
    return found


def exists(root: Path, page: str, target: str, kind: str) -> bool:
    """Whether a target, relative to its page or (with a slash) to the source root, exists."""
    path = unquote(target).partition("#")[0].partition("?")[0]
    if not path:
        return True
    folder = page.rpartition("/")[0]
    if path.startswith("/"):
        folder = "zh" if page.startswith("zh/") else ""
    full = normpath(f"{folder}/{path}".lstrip("/"))
    if full.startswith("..") or path.startswith(GENERATED):
        return not full.startswith("..")
    names = [full, f"{full}.md"] if kind in {"doc", "link"} else [full]
    if full.endswith(".html"):
        names.append(full.removesuffix(".html") + ".md")
    # A page in another language links as the English one does; what is not translated is English.
    english = [name.partition("/")[2] for name in names] if page.startswith("zh/") else []
    return any((root / name).exists() for name in [*names, *english])


def _targets(page: Page) -> Iterator[tuple[int, str, str]]:
    for number, text in page.prose:
        for role in _ROLE.finditer(text):
            yield number, role["role"], role["target"].strip()
        shown = re.sub(r"\{[\w:.+-]+\}`[^`]*`|(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
        for match in [*_LINK.finditer(shown), *_DEFINITION.finditer(shown)]:
            if not _SCHEME.match(match["target"]):
                yield number, "link", match["target"]
    for block in page.blocks:
        if block.name in _FILES and block.argument and not _SCHEME.match(block.argument):
            yield block.line, block.name, block.argument
