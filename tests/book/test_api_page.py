"""The API pages document every public module of the package, and none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def public_modules(package: Path) -> set[str]:
    """Dotted names below `package` without a part that begins with an underscore."""
    names = set()
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if len(parts) > 1 and not any(part.startswith("_") for part in parts):
            names.add(".".join(parts))
    return names


def documented(page: str) -> list[str]:
    """The modules that the page's automodule directives name, in order."""
    return re.findall(r"^\.\. automodule:: (\S+)$", page, flags=re.MULTILINE)


def block(name: str, package: Path) -> str:
    """What to paste for module `name`; every experiment has a `Config`, so those get no index."""
    path = (package.parent / Path(*name.split("."))).with_suffix(".py")
    experiment = path.is_file() and "\nCONFIGS" in path.read_text("utf-8")
    options = "   :members:" + ("\n   :no-index:" if experiment else "")
    return f"```{{eval-rst}}\n.. automodule:: {name}\n{options}\n```"


def differences(page: str, package: Path) -> str:
    """What to add to and remove from the page; empty if it is complete."""
    public, named = public_modules(package), documented(page)
    lines = [
        f"add to a page in book/api:\n{block(name, package)}"
        for name in sorted(public - set(named))
    ]
    lines += [f"remove from book/api: {name}" for name in sorted(set(named) - public)]
    lines += [f"named twice: {name}" for name in sorted(set(named)) if named.count(name) > 1]
    return "\n".join(lines)


def test_page_names_every_public_module_once() -> None:
    pages = sorted((ROOT / "book/api").glob("*.md"))
    text = "\n".join(page.read_text("utf-8") for page in pages)
    problems = differences(text, ROOT / "lablib")
    assert not problems, problems


def test_missing_gone_and_doubled_modules_are_found(tmp_path: Path) -> None:
    package = tmp_path / "lablib"
    (package / "data").mkdir(parents=True)
    for name in ("__init__.py", "new.py", "_private.py", "data/__init__.py", "data/kept.py"):
        (package / name).touch()
    (package / "new.py").write_text("\nCONFIGS = {}\n", "utf-8")
    page = "\n".join(
        f".. automodule:: lablib.{name}" for name in ("data", "data.kept", "data.kept", "gone")
    )
    found = differences(page, package)
    assert "automodule:: lablib.new\n   :members:\n   :no-index:\n" in found
    assert "remove from book/api: lablib.gone" in found
    assert "named twice: lablib.data.kept" in found
    assert "_private" not in found
