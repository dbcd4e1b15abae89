"""Nothing that fails may look as if it had passed.

Each rule here stands for a real course or library whose checks stayed green for months: a shell
without ``pipefail``, ``|| true``, a handler that swallows everything, tests commented out or
skipped without a reason, a builder whose new major version ignored the old configuration, cells
allowed to fail. The script in ``.ci/run`` starts strict; versions are pinned exactly, once, in
``constraints.txt``, and never in the package metadata.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.gates.common import Violation, line_of, python, read, texts
from tools.gates.pages import pages

GATE = "silent_green"
STRICT = "set -euo pipefail"
PINNED = {"torch": "2.13.0"}
Found = Iterator[tuple[str, int, str]]
_FORGIVEN = re.compile(r"\|\|\s*(?:true|:|exit\s+0|/bin/true)(?!\w)|(?<!\w)set\s+\+(?:e\b|o\s+\w+)")
_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([\w.+!-]+)(?:\s*;.*)?")
_IGNORE = re.compile(r"#\s*(type:\s*ignore|noqa)\b(?!\s*[:\[]\s*\w)")


def check(root: Path) -> list[Violation]:
    """Everything that would hide a failure."""
    parts = (_script, _shells, _handlers, _tests, _comments, _pins, _metadata, _book, _cells)
    return [Violation(GATE, *rest) for part in parts for rest in part(root)]


def _script(root: Path) -> Found:
    path = ".ci/run"
    if not (root / path).is_file():
        yield path, 1, "there is no .ci/run; one script runs every check"
        return
    for number, line in enumerate(read(root, path).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            if line.strip() != STRICT:
                yield path, number, f"the first command must be '{STRICT}', so that errors stop it"
            return
    yield path, 1, f"the script is empty; it starts with '{STRICT}'"


def _shells(root: Path) -> Found:
    patterns = (".ci/**", "Makefile", "**/*.sh", ".github/**/*.yml", ".github/**/*.yaml")
    for path, text in texts(root, *patterns):
        for number, line in enumerate(text.splitlines(), 1):
            code = line.partition(" #")[0]
            if code.lstrip().startswith("#"):
                continue
            if _FORGIVEN.search(code):
                yield path, number, "the exit status is thrown away; let the command fail"
            if re.search(r"continue-on-error:\s*true", code):
                yield path, number, "continue-on-error hides a failing step; remove it"
            if path == "Makefile" and re.match(r"\t\s*[@+]*-\s*\w|\.IGNORE\b", code):
                yield path, number, "make ignores this command's failure; remove the '-'"


def _handlers(root: Path) -> Found:
    for path, _, tree in python(root, "lablib/**/*.py", "tools/**/*.py", "book/_ext/**/*.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                wide = node.type is None or _is_wide(node.type)
                empty = all(_does_nothing(statement) for statement in node.body)
                if node.type is None:
                    yield path, node.lineno, "bare except also hides typing errors; name the error"
                elif wide and empty:
                    yield path, node.lineno, "every error is swallowed; name the one you expect"
            elif isinstance(node, ast.Call) and _suppresses_all(node):
                yield path, node.lineno, "suppress swallows every error; name the one you expect"


def _suppresses_all(call: ast.Call) -> bool:
    return ast.unparse(call.func).endswith("suppress") and any(map(_is_wide, call.args))


def _is_wide(node: ast.expr) -> bool:
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(ast.unparse(name) in {"Exception", "BaseException"} for name in names)


def _does_nothing(node: ast.stmt) -> bool:
    constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass | ast.Continue) or constant


def _tests(root: Path) -> Found:
    for path, _, tree in python(root, "tests/**/*.py", "**/conftest.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if _needs_reason(name) and not _has_reason(name, node):
                    yield path, node.lineno, f"{name} without a reason; say what is missing"
            bare = getattr(node, "decorator_list", [])
            for mark in bare:
                if isinstance(mark, ast.Attribute) and _needs_reason(ast.unparse(mark)):
                    yield path, mark.lineno, f"{ast.unparse(mark)} without a reason; say why"


def _needs_reason(name: str) -> bool:
    return re.fullmatch(r"pytest\.(mark\.)?(skip|skipif|xfail)", name) is not None


def _has_reason(name: str, call: ast.Call) -> bool:
    given = [k.value for k in call.keywords if k.arg in {"reason", "msg"}]
    given += call.args[1:] if name.endswith("skipif") else call.args
    if name.endswith("mark.xfail"):
        given = [k.value for k in call.keywords if k.arg == "reason"]
    return any(not (isinstance(r, ast.Constant) and not str(r.value or "").strip()) for r in given)


def _comments(root: Path) -> Found:
    for path, source, _ in python(root, "lablib/**/*.py", "tools/**/*.py", "tests/**/*.py"):
        for number, line in enumerate(source.splitlines(), 1):
            match = _IGNORE.search(line)
            if match and not re.search(r"[\"'].*#\s*(?:type:|noqa)", line):
                yield path, number, f"'{match[1]}' silences everything; name the code in brackets"


def _pins(root: Path) -> Found:
    path = "constraints.txt"
    if not (root / path).is_file():
        yield path, 1, "there is no constraints.txt; it holds the exact tested versions"
        return
    seen: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(read(root, path).splitlines(), 1):
        written = line.partition("#")[0].strip()
        if not written:
            continue
        pin = _PIN.fullmatch(written)
        if pin is None:
            yield path, number, f"{written!r} is not an exact pin; write name==version"
            continue
        name = re.sub(r"[-_.]+", "-", pin[1]).lower()
        if name in seen:
            yield path, number, f"{name} is pinned again (line {seen[name][1]}); keep one"
        seen.setdefault(name, (pin[2], number))
    for name, version in PINNED.items():
        got, at = seen.get(name, ("nothing", 1))
        if got != version:
            yield path, at, f"{name} must be pinned to {version}, found {got}"
    version, at = seen.get("jupyter-book", ("1", 1))
    if version.partition(".")[0] != "1":
        fix = "pin 1.x: version 2 does not read _config.yml and builds nothing, quietly"
        yield path, at, f"jupyter-book {version}; {fix}"


def _metadata(root: Path) -> Found:
    path = "pyproject.toml"
    if not (root / path).is_file():
        yield path, 1, "there is no pyproject.toml"
        return
    text = read(root, path)
    try:
        project: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield path, 1, f"not TOML: {error}"
        return
    table = project.get("project", {})
    wanted = [*table.get("dependencies", []), *project.get("build-system", {}).get("requires", [])]
    for extra in table.get("optional-dependencies", {}).values():
        wanted += extra
    for requirement in wanted:
        if "==" in requirement.partition(";")[0]:
            fix = "give a range here and the exact version in constraints.txt"
            yield path, line_of(text, requirement), f"exact pin {requirement!r}; {fix}"


def _book(root: Path) -> Found:
    path = "_config.yml"
    if not (root / path).is_file():
        return
    text = read(root, path)
    try:
        config = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        yield path, 1, f"not YAML: {str(error).splitlines()[0]}"
        return
    execute = config.get("execute") or {}
    sphinx = (config.get("sphinx") or {}).get("config") or {}
    if execute.get("allow_errors"):
        yield path, line_of(text, "allow_errors"), "allow_errors lets failing cells pass; remove it"
    if execute.get("execute_notebooks") in {"off", False, "auto"}:
        line = line_of(text, "execute_notebooks")
        yield path, line, "pages are not all executed; set execute_notebooks to cache or force"
    if sphinx.get("nb_execution_raise_on_error") is not True:
        line = line_of(text, "nb_execution_raise_on_error")
        fix = "set sphinx.config.nb_execution_raise_on_error: true"
        yield path, line, f"a failing cell would be a warning; {fix}"


def _cells(root: Path) -> Found:
    for page in pages(root):
        for cell in page.cells:
            if cell.tags & {"raises-exception", "skip-execution"}:
                tag = min(cell.tags & {"raises-exception", "skip-execution"})
                yield page.path, cell.line, f"tag {tag} lets the cell fail or rest; remove it"
