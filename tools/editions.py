"""Other languages of the book: which there are, and how the build of one is put together.

The sources of an edition lie in a folder of their own (`zh/`), at the paths of the English pages
they translate. Its build gets a folder in which everything is the English book's (exercises,
library, styles, sources of citations, stored runs), and only the pages, their table of contents
and a few settings are its own. So page names, cells and numbers are the same in all languages, and
no page runs twice.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools import toc

# What a page, an exercise card or a download reads besides pages.
SHARED = (".cache", "constraints.txt", "lablib", "pyproject.toml", "results")
OVERRIDES = "_config.yml"
ASSET = re.compile(r'(\b(?:href|src)=")((?:\.\./)*(?P<file>_static/[^"?#]+))')


@dataclass(frozen=True)
class Edition:
    """One language: its folder, and its names for Sphinx, for browsers and for readers."""

    code: str
    sphinx: str
    tag: str
    name: str


ENGLISH = Edition("en", "en", "en", "English")
OTHERS = (Edition("zh", "zh_CN", "zh-CN", "中文"),)


def present(root: Path) -> tuple[Edition, ...]:
    """The editions of the book in `root` besides the English one."""
    return tuple(edition for edition in OTHERS if (root / edition.code / toc.TOC).is_file())


def pages(root: Path, edition: Edition) -> tuple[str, ...]:
    """Page names of an edition in reading order: those of the English pages they translate."""
    return toc.pages(root / edition.code)


def all_pages(root: Path) -> tuple[str, ...]:
    """Every page of the site in every language, named by its path without suffix."""
    others = [f"{e.code}/{page}" for e in present(root) for page in pages(root, e)]
    return (*toc.pages(root), *others)


def site(edition: Edition, built: Path) -> Path:
    """Where the pages of an edition stand in the built site."""
    return built / edition.code


def problems(root: Path) -> list[str]:
    """Pages that an edition's contents name and that nobody wrote, here or in English."""
    found = []
    for edition in present(root):
        contents = f"{edition.code}/{toc.TOC}"
        english = toc.pages(root)
        for page in pages(root, edition):
            if not toc.source(root / edition.code, page).is_file():
                found.append(f"{edition.code}/{page}.md: named in {contents}, not written")
            if page not in english:
                found.append(f"{edition.code}/{page}.md: translates no page of {toc.TOC}")
    return found


def stage(root: Path, edition: Edition, folder: Path) -> None:
    """Fill `folder` with the book of an edition: its pages, and links to all that is shared."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    own = root / edition.code
    for path in sorted(own.rglob("*")):
        if path.is_file() and path != own / OVERRIDES:
            target = folder / path.relative_to(own)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for name in SHARED:
        _link(root / name, folder / name)
    for top in ("book", "chapters", "exercises"):
        for path in _shared_below(root / top):
            _link(path, folder / path.relative_to(root))
    text = yaml.safe_dump(settings(root, edition), allow_unicode=True, sort_keys=False)
    (folder / "_config.yml").write_text(text, encoding="utf-8")


def _shared_below(folder: Path) -> Iterator[Path]:
    """Everything that is no page: whole folders of the build, single files elsewhere."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.name.startswith("_"):
            yield from _shared_below(path)
        elif path.name not in (toc.TOC.name, "__pycache__") and not _is_page(path):
            yield path


def _is_page(path: Path) -> bool:
    return path.suffix == ".md" and path.name != "exercise.md"


def _link(source: Path, target: Path) -> None:
    if source.exists() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent), source.is_dir())


def settings(root: Path, edition: Edition) -> dict[str, Any]:
    """The book's configuration with an edition's own settings laid over it."""
    overrides = yaml.safe_load((root / edition.code / OVERRIDES).read_text(encoding="utf-8"))
    fixed = {
        "language": edition.sphinx,
        "course_edition": edition.code,
        "course_original": str(root),
    }
    address = str(toc.config(root).get("html", {}).get("baseurl") or "").rstrip("/")
    html = {"baseurl": f"{address}/{edition.code}/" if address else ""}
    fixed_all = {"html": html, "sphinx": {"config": fixed}}
    return merged(merged(toc.config(root), overrides), fixed_all)


def merged(base: Any, over: Any) -> Any:
    """`base` with `over` laid over it: mappings key by key, everything else replaced."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {key: merged(base.get(key), over[key]) if key in over else base[key] for key in base} | {
        key: value for key, value in over.items() if key not in base
    }


def unexecuted(root: Path, edition: Edition, folder: Path) -> list[str]:
    """Pages of an edition whose cells were not run as those of the English page."""
    from tools.cell_cache import CellCache
    from tools.notebook_source import read

    cache = CellCache(root)
    stored = cache.keys()
    found = []
    for name in pages(root, edition):
        page, english = read(folder, name), read(root, name)
        if (page is None) != (english is None):
            found.append(f"{edition.code}/{name}.md: a notebook in one language only")
        elif page is not None and cache.key(page.notebook) not in stored:
            fix = "python -m tools.gates language_drift names the cell"
            found.append(f"{edition.code}/{name}.md: its cells are not those of {name}.md; {fix}")
    return found


def publish(edition: Edition, folder: Path, built: Path) -> None:
    """Move an edition's finished pages into the site, without the files that it has already."""
    target = site(edition, built)
    shutil.rmtree(target, ignore_errors=True)
    shutil.move(folder / "_build" / "html", target)
    shared = {
        path.relative_to(target).as_posix()
        for path in sorted((target / "_static").rglob("*"))
        if path.is_file() and _same(path, built / path.relative_to(target))
    }
    for path in target.rglob("*.html"):
        if "_static" not in path.parts:
            text = path.read_text(encoding="utf-8")
            path.write_text(_from_english(text, shared), encoding="utf-8")
    for name in shared:
        (target / name).unlink()
    for path in sorted((target / "_static").rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _from_english(text: str, shared: set[str]) -> str:
    """A page that loads shared files from one folder further up, where the English ones are."""

    def moved(match: re.Match[str]) -> str:
        return f"{match[1]}../{match[2]}" if match["file"] in shared else match[0]

    return ASSET.sub(moved, text)
