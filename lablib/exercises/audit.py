"""What can be said about an exercise by reading it: hints that give it away, repeated messages.

The text of `checks.py` is parsed, not run: every comparison's sentence must be a literal, so a
hidden check cannot quote the input it drew.
"""

from __future__ import annotations

import ast
import re
from collections import Counter

from lablib.exercises import template
from lablib.exercises.declare import Exercise

# Which argument is the sentence, counting from 0.
SENTENCE_AT = {
    "close": 2, "equal": 2, "shape": 2, "number": 1, "numbers": 1, "true": 1, "raises": 2,
}  # fmt: skip
SHORTEST_LINE = 10  # a solution line shorter than this ("else:") may well occur in a hint


def hints(exercise: Exercise) -> list[str]:
    """Problems of the hints: an empty one, or one that holds a line of the solution."""
    problems = []
    lines = {_squeezed(line) for line in template.solution_lines(exercise)}
    lines = {line for line in lines if len(line) >= SHORTEST_LINE}
    for number, hint in enumerate(exercise.hints, start=1):
        if not hint:
            problems.append(f"hint {number} is empty")
        if any(line in _squeezed(hint) for line in lines):
            problems.append(f"hint {number} holds a line of the solution; say it in words")
    return problems


def messages(exercise: Exercise) -> list[str]:
    """Problems of the checks' sentences: not literal, repeated, missing, or a stray function."""
    path = exercise.folder / "checks.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {check.name for check in exercise.checks}
    problems, said = [], Counter[str]()
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        found, computed = _sentences(function)
        said.update(found)
        if computed:
            problems.append(f"{function.name}: write the sentence as plain text, not computed")
        if function.name in names and not found:
            problems.append(f"{function.name} compares nothing, so it can only pass")
        problems += _stray_calls(function, exercise)
    problems += [f"two comparisons say {text!r}" for text, times in said.items() if times > 1]
    return problems


def _sentences(function: ast.FunctionDef) -> tuple[list[str], bool]:
    """The literal sentences in a function, and whether any is computed."""
    found, computed = [], False
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        place = SENTENCE_AT.get(node.func.id)
        if place is None:
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg == "says"]
        argument = node.args[place] if len(node.args) > place else next(iter(named), None)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            found.append(argument.value)
        else:
            computed = True
    return found, computed


def _stray_calls(function: ast.FunctionDef, exercise: Exercise) -> list[str]:
    """Calls on `s` or `reference` to a function that the solution does not declare."""
    names = {
        node.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"s", "reference"}
    }
    stray = sorted(names - set(exercise.functions))
    return [f"{function.name} calls {name}, which the solution does not declare" for name in stray]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s`]+", "", text)
