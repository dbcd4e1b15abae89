"""A module of `lablib` is read in one sitting and a function fits a screen.

Companion packages of other courses grew generated modules of thousands of lines and functions
nobody reads; the library here is part of the text. Modules stop at 350 lines (aim for 60 to 250),
function bodies at 60 lines, counted from the first statement after the docstring.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tools.gates.common import Violation, python

GATE = "module_size"
MODULE_LINES = 350
FUNCTION_LINES = 60


def check(root: Path) -> list[Violation]:
    """Modules and functions over their limits."""
    found = []
    for path, source, tree in python(root, "lablib/**/*.py"):
        lines = len(source.splitlines())
        if lines > MODULE_LINES:
            message = f"{lines} lines, over {MODULE_LINES}; split it by idea (aim for 60 to 250)"
            found.append(Violation(GATE, path, 1, message))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = body_lines(node)
                if length > FUNCTION_LINES:
                    what = f"{node.name} has {length} lines of body, over {FUNCTION_LINES}"
                    fix = "name its steps as functions"
                    found.append(Violation(GATE, path, node.lineno, f"{what}; {fix}"))
    return found


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0
