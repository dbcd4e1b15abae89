"""The notebook that a learner downloads: complete, plain, without solutions."""

from __future__ import annotations

import nbformat
import pytest

from tools.learner_notebook import glue_text
from tools.plain_markdown import Expand, plain

NOTHING = Expand({}, {})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("See [a](../b.md) and [web](https://x.org).", "See a and [web](https://x.org)."),
        ("A {term}`word <target>` and {math}`x^2`.", "A word and $x^2$."),
        ("Keep `{a}` and `` {role}`y` `` so.", "Keep `{a}` and `` {role}`y` `` so."),
        ("(label)=\n# Title\n{.css}\n% remark", "# Title"),
        (":::{note}\n:class: x\nMind this.\n:::", "> **Note**\n>\n> Mind this."),
        ("```{math}\n:label: e\nx = 1\n```", "$$\nx = 1\n$$"),
        ("```python\n{kept}`as it is`\n```", "```python\n{kept}`as it is`\n```"),
        ("```{solution} a\nsecret\n```\nafter", "after"),
        ("::::{grid} 2\n:::{card} T\nbody\n:::\n::::", "**T**\n\nbody"),
    ],
)
def test_markdown_becomes_plain(source, expected):
    assert plain(source, NOTHING) == expected


def test_glued_values_take_their_format_or_their_name():
    assert glue_text("a.b:.2f", {"a.b": "0.126"}) == "0.13"
    assert glue_text("a.b", {"a.b": "'text'"}) == "text"
    assert glue_text("absent:.2f", {}) == "`absent`"


@pytest.mark.build
def test_download_of_a_page(toy):
    path = toy / "_build/html/_sources/chapters/toy/shapes.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    text = "\n\n".join(cell.source for cell in notebook.cells)
    prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    assert "**Claim.** A toy page shows every part" in text
    assert "The value is 0.123 here" in text
    assert "Toy and Bear (2020)" in text
    assert "### Exercise: Double a number" in text
    assert "return 2 * x" not in text
    assert "{" not in prose.replace("\\boldsymbol{x}", "").replace("\\cancel{y}", "").replace(
        "\\frac{1}{N}", ""
    ).replace("_{i=1}", "")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert not any(cell.outputs or cell.execution_count for cell in code)
    html = (toy / "_build/html/chapters/toy/shapes.html").read_text()
    assert 'href="../../_sources/chapters/toy/shapes.ipynb"' in html
