import pytest

from tools.gates.page_contract import check

CELL = '```{code-cell} ipython3\nrec = 1\nrec["auc"]\n```\n\n'
HIDDEN = "```{code-cell} ipython3\n:tags: [remove-cell]\n\n" + "x = 1\n" * 30 + "```\n\n"
LONG = "```{code-cell} ipython3\n---\ntags: [exercise]\n---\n" + "x = 1\n\n" * 15 + "```\n\n"
WORDS = "Some words about the data and what they mean here.\n\n"


def page(needs: str = "[]", words: int = 160) -> str:
    """A chapter page that keeps the contract."""
    return f"""---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
lesson:
  claim: One seed is too few to name a winner.
  objectives: ["read an interval", "count wins"]
  needs: {needs}
  minutes: 45
  rows: [X1, X12]
---
# Claims

```{{lesson}}
```

The baseline and its control are drawn {{glue:text}}`a.b:.2f`.

{WORDS * words}
{CELL * 8}{LONG}{HIDDEN}
## What this does not show

Nothing beyond these accounts.
"""


TOC = """format: jb-book
root: book/index
parts:
  - chapters:
      - file: book/setup
      - file: chapters/start/first
        sections:
          - file: chapters/start/second.md
"""
CLEAN = {
    "book/_toc.yml": TOC,
    "book/index.md": "# Home\n",
    "book/setup.md": "# Setup\n",
    "chapters/start/first.md": page(),
    "chapters/start/second.md": page('["start/first"]'),
}
FIRST, SECOND = "chapters/start/first.md", "chapters/start/second.md"
CELLS = CELL * 8
PLANTS = {
    "not in the contents": (
        "book/_toc.yml",
        "        sections:\n          - file: chapters/start/second.md\n",
        "",
        1,
        "never built",
        SECOND,
    ),
    "listed but missing": (
        "book/_toc.yml",
        "book/setup",
        "book/set-up",
        "set-up",
        "book/set-up does not exist",
    ),
    "listed twice": (
        "book/_toc.yml",
        "second.md\n",
        "second.md\n      - file: book/setup\n",
        9,
        "book/setup is listed twice",
    ),
    "not a notebook": (FIRST, "format_name: myst", "format_name: md", 1, "cells would not run"),
    "no kernel": (FIRST, "kernelspec:", "kernel:", 1, "no kernelspec"),
    "no lesson": (FIRST, "lesson:\n", "course:\n", 1, "no lesson in the front matter"),
    "no claim": (FIRST, "  claim: One", "  thesis: One", 4, "lesson.claim"),
    "claim with a number": (FIRST, "One seed is", "One seed (0.7) is", 5, "literal decimal"),
    "one objective": (FIRST, ', "count wins"', "", 6, "at least two"),
    "unknown need": (SECOND, "start/first", "start/zero", 7, "not a page"),
    "later need": (FIRST, "needs: []", 'needs: ["start/second"]', 7, "comes later"),
    "own need": (FIRST, "needs: []", 'needs: ["start/first"]', 7, "comes later"),
    "needs a word": (FIRST, "needs: []", "needs: none", 7, "lesson.needs must list"),
    "no minutes": (FIRST, "minutes: 45", "minutes: soon", 8, "lesson.minutes"),
    "odd row": (FIRST, "rows: [X1, X12]", "rows: [explain]", 9, "lesson.rows"),
    "no rows": (FIRST, "  rows: [X1, X12]\n", "", 4, "lesson.rows"),
    "no directive": (FIRST, "```{lesson}\n```\n", "", "# Claims", "no {lesson} directive"),
    "seven cells": (FIRST, CELLS + LONG, CELL * 7, 1, "7 visible cells"),
    "fifteen cells": (FIRST, CELLS, CELL * 14, 1, "15 visible cells"),
    "long median": (
        FIRST,
        CELLS,
        CELL.replace("rec = 1\n", "rec = 1\n" * 5) * 8,
        1,
        "median visible cell has 6 lines",
    ),
    "long cell": (
        FIRST,
        "tags: [exercise]\n---\n",
        "tags: [exercise]\n---\ny = 2\n",
        "```{code-cell} ipython3\n---",
        "visible cell of 16 lines",
    ),
    "class": (FIRST, "rec = 1\n", "class Net(Module):\n", "class Net", "defines a class"),
    "hidden class": (
        FIRST,
        "[remove-cell]\n\nx = 1\n",
        "[remove-cell]\n\nclass Net:\n",
        "class Net",
        "defines a class",
    ),
    "pyplot": (FIRST, "rec = 1\n", "plt.plot(rec)\n", "plt.plot", "lablib.figures"),
    "too short": (FIRST, WORDS * 160, WORDS * 120, 1, "words of prose, outside 1300 to 2400"),
    "too long": (FIRST, WORDS * 160, WORDS * 245, 1, "words of prose, outside"),
    "no limits": (FIRST, "## What this does not show", "## Limits", 1, "does not show"),
    "no control": (FIRST, "its control are", "the other are", 1, "never mentions its control"),
    "no baseline": (FIRST, "The baseline", "The line", 1, "never mentions its baseline"),
    "open fence": (
        FIRST,
        "Nothing beyond these accounts.\n",
        "```{admonition} Solution\nNothing beyond these accounts.\n",
        "```{admonition}",
        "never closed",
    ),
    "open fence in the book": (
        "book/setup.md",
        None,
        "# Setup\n\n```bash\nmake book\n",
        3,
        "never closed",
    ),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)


def test_a_page_at_the_wrong_depth(tree):
    stray = {"chapters/extra.md": page(), "book/_toc.yml": TOC + "      - file: chapters/extra\n"}
    found = check(tree({**CLEAN, **stray}))
    assert [(v.path, v.line) for v in found] == [("chapters/extra.md", 1)]
    assert "chapters/<topic>/<slug>.md" in found[0].message


def test_roles_count_as_one_word_and_code_not_at_all(tree):
    text = page().replace("{glue:text}`a.b:.2f`", "{glue:text}`a.b:.2f` `some code` $x + y$")
    assert check(tree({**CLEAN, FIRST: text})) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  claim: One", "  claim: [One", "not YAML"),
        ("\n---\n# Claims", "\n# Claims", "not closed"),
    ],
)
def test_front_matter_that_cannot_be_read(tree, old, new, says):
    found = check(tree({**CLEAN, FIRST: page().replace(LONG, CELL).replace(old, new)}))
    assert {v.path for v in found} == {FIRST}
    assert any(v.line == 1 and says in v.message for v in found)
