"""Write small books for tests: the course's own configuration and extension, tiny pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

NOTEBOOK = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""


def notebook(title: str, *cells: str, prose: str = "") -> str:
    """An executable page: a heading, prose, and code cells."""
    fenced = "\n\n".join(f"```{{code-cell}} ipython3\n{cell}\n```" for cell in cells)
    return f"{NOTEBOOK}\n# {title}\n\n{prose}\n\n{fenced}\n"


def write(root: Path, pages: Mapping[str, str], others: Mapping[str, str] | None = None) -> Path:
    """Write a book of `pages` (name without suffix to text; the first is the front page)."""
    shutil.copyfile(CHECKOUT / "_config.yml", (root / "_config.yml"))
    for folder in ("_ext", "_static"):
        shutil.copytree(
            CHECKOUT / "book" / folder,
            root / "book" / folder,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    front, *rest = pages
    toc = "\n".join(f"      - file: {page}" for page in rest)
    texts = {f"{name}.md": text for name, text in pages.items()}
    texts["book/_toc.yml"] = (
        f"format: jb-book\nroot: {front}\nparts:\n  - caption: Toy\n    chapters:\n{toc}\n"
    )
    texts["book/references.bib"] = (
        "@book{toy2020book, author = {Toy, Ada and Bear, Bo}, title = {Toys}, "
        "publisher = {Attic}, year = {2020}}\n"
    )
    for name, text in {**texts, **(others or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def build(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the course's build on a toy book, as `make book` does on the real one."""
    command = [sys.executable, "-m", "tools.build_book", "--root", str(root), *options]
    return subprocess.run(
        command, cwd=CHECKOUT, env=environment(root), capture_output=True, text=True, check=False
    )


def environment(root: Path) -> dict[str, str]:
    """One thread, and a `dot` even where Graphviz is not installed."""
    from tools import dot

    folder = root.parent / f"{root.name}-bin"
    folder.mkdir(exist_ok=True)
    dot.install(folder)
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
