"""The pages of the book, read from its one table of contents and its one configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

TOC = Path("book/_toc.yml")


def pages(root: Path) -> tuple[str, ...]:
    """Page names (no suffix) in reading order, the front page first."""
    toc = yaml.safe_load((root / TOC).read_text(encoding="utf-8"))
    return tuple(dict.fromkeys([toc["root"], *files_below(toc)]))


def files_below(node: Any) -> Iterator[str]:
    """Page names in a part of a table of contents, in reading order."""
    if isinstance(node, dict):
        if "file" in node:
            yield node["file"]
        for key, value in node.items():
            if key not in ("root", "file"):
                yield from files_below(value)
    elif isinstance(node, list):
        for item in node:
            yield from files_below(item)


def source(root: Path, page: str) -> Path:
    """The Markdown source of a page, whether it exists or not."""
    return root / f"{page}.md"


def missing(root: Path) -> tuple[str, ...]:
    """Pages that the table of contents names and nobody wrote."""
    return tuple(page for page in pages(root) if not source(root, page).is_file())


def config(root: Path) -> dict[str, Any]:
    """The parsed `_config.yml`."""
    loaded: dict[str, Any] = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return loaded


def front_matter(source_text: str) -> dict[str, Any]:
    """The YAML between the two `---` lines that open a page; empty when there is none."""
    if not source_text.startswith("---\n"):
        return {}
    block, closing, _ = source_text[4:].partition("\n---")
    loaded = yaml.safe_load(block) if closing else None
    return loaded if isinstance(loaded, dict) else {}
