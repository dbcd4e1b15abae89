"""Everything public in `lablib` says what it is, and longer signatures say what each argument is.

A learner meets a function from a page with one question: what goes in, in which shape and unit,
and what does 0 mean. A missing docstring is the one kind of missing documentation a machine can
see. More than two parameters need a NumPy-style ``Parameters`` section.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.gates.common import Violation, python

GATE = "docstring_coverage"
FREE_PARAMETERS = 2
# The call shape of every experiment, explained once in `lablib.experiment`.
EXPERIMENT = ["config", "scale", "progress"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
_SECTION = re.compile(r"^\s*Parameters\s*\n\s*-{3,}\s*$", re.M)
_EXEMPT = ("overload", "setter", "deleter", "override")


def check(root: Path) -> list[Violation]:
    """Public names without a docstring or without the section that their signature needs."""
    found = []
    for path, _, tree in python(root, "lablib/**/*.py"):
        name = path.rpartition("/")[2].removesuffix(".py")
        if name.startswith("_") and name not in {"__init__", "__main__"}:
            continue
        if not ast.get_docstring(tree):
            message = "module has no docstring; say what it does, its source and what it leaves out"
            found.append(Violation(GATE, path, 1, message))
        for label, node in public(tree, ""):
            message = _missing(label, node)
            if message:
                found.append(Violation(GATE, path, node.lineno, message))
    return found


def public(scope: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, ast.stmt]]:
    """Public classes, functions and methods (also under ``if``), with dotted names."""
    todo = list(scope.body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.If | ast.Try):
            todo = [*node.body, *node.orelse, *todo]
        elif isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")


def _missing(label: str, node: ast.stmt) -> str:
    assert isinstance(node, ast.ClassDef | Function)
    if any(ast.unparse(d).endswith(_EXEMPT) for d in node.decorator_list):
        return ""
    docstring = ast.get_docstring(node)
    if not docstring:
        return f"{label} has no docstring; say in one line what it computes"
    if isinstance(node, ast.ClassDef):
        return ""
    names = parameters(node)
    if names == EXPERIMENT and node.name == "run":
        return ""
    if len(names) > FREE_PARAMETERS and not _SECTION.search(docstring):
        return (
            f"{label} takes {len(names)} parameters ({', '.join(names)}) and has no Parameters "
            "section; give each its shape and unit"
        )
    return ""


def parameters(node: Function) -> list[str]:
    """Names of the parameters, without self and cls."""
    arguments = node.args
    names = [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    return [name for name in names if name not in {"self", "cls"}]
