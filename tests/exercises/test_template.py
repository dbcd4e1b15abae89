from __future__ import annotations

from pathlib import Path

import pytest

from lablib.exercises import declare, template

TWO = '''import math


def first(x):
    """One."""
    # BEGIN SOLUTION
    if x:
        return 1
    return 2
    # END SOLUTION


def second(x):
    y = x
    # BEGIN SOLUTION
    y += math.pi
    # END SOLUTION
    return y
'''


def test_each_block_leaves_one_placeholder() -> None:
    text = template.stub(TWO)
    assert text.count("write your answer here") == 2
    assert '    """One."""\n    return ...  # write' in text
    assert "    y = x\n    ...  # write your answer here\n    return y\n" in text
    assert "SOLUTION" not in text
    assert "math.pi" not in text
    compile(text, "template", "exec")


def test_the_solution_text_has_no_markers(demo: Path) -> None:
    exercise = declare.load("demo/half", demo)
    text = template.solution(exercise)
    assert "SOLUTION" not in text
    assert "    result = x / 2\n    return result\n" in text
    assert template.solution_lines(exercise) == ("result = x / 2", "return result")


def test_the_cell_of_a_page(demo: Path) -> None:
    cell = template.learner_cell(declare.load("demo/half", demo))
    assert ":tags: [exercise]\n\ndef half(x):" in cell
    assert cell.endswith('```{code-cell} python\ncheck("demo/half")\n```\n')


@pytest.mark.parametrize("name", declare.find())
def test_templates_fit_a_cell_of_fifteen_lines(name: str) -> None:
    assert len(template.text(declare.load(name)).splitlines()) <= 15


@pytest.mark.parametrize(
    "text",
    ["x = 1\n", "# END SOLUTION\n", "# BEGIN SOLUTION\n", "# BEGIN SOLUTION\n# BEGIN SOLUTION\n"],
)
def test_markers_out_of_order_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SOLUTION"):
        template.blocks(text)
