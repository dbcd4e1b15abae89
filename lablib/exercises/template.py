"""What is generated from `solution.py`: the template a learner starts from, and the solution.

Everything between `# BEGIN SOLUTION` and `# END SOLUTION` becomes one placeholder line. A block
that ends in `return` leaves `return ...`, so an untouched template is told from a wrong answer.
"""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lablib.exercises.declare import Exercise

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
PLACEHOLDER = "...  # write your answer here"


def blocks(solution: str) -> tuple[tuple[int, int], ...]:
    r"""Line numbers (from 1) of each BEGIN and its END marker.

    >>> blocks(f"def f():\n    {BEGIN}\n    return 1\n    {END}\n")
    ((2, 4),)
    """
    found: list[tuple[int, int]] = []
    begin = None
    for place, line in enumerate(solution.splitlines(), start=1):
        if line.strip() == BEGIN:
            if begin is not None:
                raise ValueError(f"line {place}: {BEGIN} inside a block; close the first one")
            begin = place
        elif line.strip() == END:
            if begin is None:
                raise ValueError(f"line {place}: {END} without {BEGIN}")
            found.append((begin, place))
            begin = None
    if begin is not None or not found:
        raise ValueError(f"every solution needs {BEGIN} and {END}, in pairs")
    return tuple(found)


def text(exercise: Exercise) -> str:
    """The template: the solution with each block replaced by its placeholder."""
    return stub(exercise.solution)


def stub(solution: str) -> str:
    r"""Replace the solution blocks of a source text.

    >>> print(stub(f"def f():\n    {BEGIN}\n    return 1\n    {END}\n"))
    def f():
        return ...  # write your answer here
    """
    lines = solution.splitlines()
    for begin, end in reversed(blocks(solution)):
        marker = lines[begin - 1]
        indent = marker[: len(marker) - len(marker.lstrip())]
        keyword = "return " if _returns(lines[begin : end - 1]) else ""
        lines[begin - 1 : end] = [f"{indent}{keyword}{PLACEHOLDER}"]
    return "\n".join(lines) + "\n"


def solution(exercise: Exercise) -> str:
    """The reference answer without the markers."""
    lines = exercise.solution.splitlines()
    return "\n".join(line for line in lines if line.strip() not in {BEGIN, END}) + "\n"


def solution_lines(exercise: Exercise) -> tuple[str, ...]:
    """The stripped lines inside the blocks, without comments and blanks."""
    lines = exercise.solution.splitlines()
    inside = [
        line.strip() for first, last in blocks(exercise.solution) for line in lines[first:last]
    ]
    return tuple(line for line in inside if line and not line.startswith("#"))


def learner_cell(exercise: Exercise) -> str:
    """The page's answer cell and the check cell below it, as MyST text."""
    answer = f"```{{code-cell}} python\n:tags: [exercise]\n\n{text(exercise)}```\n"
    return answer + f'\n```{{code-cell}} python\ncheck("{exercise.id}")\n```\n'


def _returns(block: list[str]) -> bool:
    body = textwrap.indent(textwrap.dedent("\n".join(block)), "    ")
    tree = ast.parse(f"def block():\n{body}\n    ...\n")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    return len(function.body) > 1 and isinstance(function.body[-2], ast.Return)
