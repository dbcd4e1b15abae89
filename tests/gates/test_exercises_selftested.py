import pytest

from tools.gates.exercises_selftested import check

FOLDER = "exercises/start/count-wins"
PROMPT = """---
id: start/count-wins
title: Count the wins
page: start/claims
points: 4
minutes: 10
difficulty: 1
objective: Count.
kind: implement
limits: {seconds: 5, memory_mb: 500}
needs: []
---
Count them.

## Hint 1

Look at ties.

## Hint 2

Use a sum.

## Why it matters

It does.
"""
SOLUTION = '''"""Count."""


def wins(a, b):
    """How often a is above b."""
    # BEGIN SOLUTION
    return sum(x > y for x, y in zip(a, b))
    # END SOLUTION
'''
CHECKS = """from lablib.exercises.checks import check, equal


@check(points=2, public=True)
def counts(s):
    equal(s.wins([2], [1]), 1, "counts")


@check(points=2)
def ties(s):
    equal(s.wins([1], [1]), 0, "a tie is no win")
"""
MUTANT = '"""rejected_by: ties\nsays: a tie is no win\n"""\n\n\ndef wins(a, b):\n    return 0\n'
PAGE = """# Page

```{lab-exercise} start/count-wins
```

```{code-cell} python
:tags: [exercise]

\"\"\"Count.\"\"\"


def wins(a, b):
    \"\"\"How often a is above b.\"\"\"
    return ...  # write your answer here
```

```{code-cell} python
check("start/count-wins")
```
"""
CLEAN = {
    f"{FOLDER}/exercise.md": PROMPT,
    f"{FOLDER}/solution.py": SOLUTION,
    f"{FOLDER}/checks.py": CHECKS,
    f"{FOLDER}/mutants/zero.py": MUTANT,
    f"{FOLDER}/mutants/ties.py": MUTANT,
    f"{FOLDER}/mutants/order.py": MUTANT.replace("rejected_by: ties", "rejected_by: counts"),
    f"{FOLDER}/accepts/loop.py": "def wins(a, b):\n    ...\n",
    "exercises/README.md": "# Exercises\n",
    "chapters/start/claims.md": PAGE,
}
PROMPT_PATH = f"{FOLDER}/exercise.md"
ZERO = f"{FOLDER}/mutants/zero.py"
PAGE_PATH = "chapters/start/claims.md"
PLANTS = {
    "id": (PROMPT_PATH, "id: start/count-wins", "id: start/wins", 2, "differs from its folder"),
    "title": (PROMPT_PATH, "title: Count the wins", "title:", 3, "title is missing or empty"),
    "objective": (PROMPT_PATH, "objective: Count.\n", "", 1, "objective is missing"),
    "front matter": (PROMPT_PATH, "---\nid", "id", 1, "no front matter"),
    "on no page": (
        PAGE_PATH,
        None,
        "# Page\n",
        1,
        "no page shows this exercise",
        PROMPT_PATH,
    ),
    "one hint": (PROMPT_PATH, "## Hint 2", "## Note", 1, "1 hints, at least 2"),
    "empty hint": (PROMPT_PATH, "Use a sum.", "", "## Hint 2", "Hint 2 is empty"),
    "no prompt": (PROMPT_PATH, None, None, 1, "exercise.md is missing"),
    "two mutants": (ZERO, None, None, 1, "2 wrong answers", f"{FOLDER}/mutants"),
    "no alternative": (
        f"{FOLDER}/accepts/loop.py",
        None,
        None,
        1,
        "no alternative right answer",
        f"{FOLDER}/accepts",
    ),
    "no checks": (f"{FOLDER}/checks.py", None, None, 1, "checks.py is missing"),
    "undeclared checks": (f"{FOLDER}/checks.py", None, "x = 1\n", 1, "nothing would be graded"),
    "no markers": (
        f"{FOLDER}/solution.py",
        None,
        "def wins(a, b):\n    return 1\n",
        1,
        "would give the answer away",
    ),
    "open marker": (f"{FOLDER}/solution.py", "    # END SOLUTION\n", "", 6, "close the block"),
    "markers out of order": (
        f"{FOLDER}/solution.py",
        "# BEGIN SOLUTION",
        "# END SOLUTION",
        6,
        "out of order",
    ),
    "mutant without rejected_by": (ZERO, "rejected_by: ties", "note", 1, "'rejected_by:'"),
    "mutant without says": (ZERO, "says: a tie is no win", "", 1, "header 'says:' is missing"),
    "mutant names no check": (ZERO, "rejected_by: ties", "rejected_by: tie", 1, "names 'tie'"),
    "too deep": (
        "exercises/start/more/deep/exercise.md",
        None,
        None,
        1,
        "does not pick it up",
    ),
    "too shallow": ("exercises/start/exercise.md", None, PROMPT, 1, "does not pick it up"),
    "unknown id on a page": (
        PAGE_PATH,
        "{lab-exercise} start/count-wins",
        "{lab-exercise} start/count",
        3,
        "no exercise 'start/count'",
    ),
    "other template": (PAGE_PATH, "return ...", "return 0", "return 0", "is not the template"),
    "template lost a line": (
        PAGE_PATH,
        '    """How often a is above b."""\n',
        "",
        "return ...",
        "is not the template",
    ),
    "no tagged cell": (PAGE_PATH, ":tags: [exercise]\n", "", 3, "no cell tagged exercise"),
    "no check below": (
        PAGE_PATH,
        'check("start/count-wins")',
        'check("start/wins")',
        6,
        'must call check("start/count-wins")',
    ),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


PAGELESS = {"no prompt"}


@pytest.mark.parametrize("name", PLANTS)
def test_plant(planted, name):
    plant = PLANTS[name]
    clean = dict(CLEAN)
    if name in PAGELESS or name in {"no markers", "markers out of order"}:
        del clean[PAGE_PATH]
    if name == "unknown id on a page":
        clean["book/exercises.md"] = PAGE
    if name == "too deep":
        deep = {k.replace("count-wins", "more"): v for k, v in CLEAN.items() if FOLDER in k}
        deep[f"{FOLDER.replace('count-wins', 'more')}/exercise.md"] = PROMPT.replace(
            "start/count-wins", "start/more"
        )
        clean |= deep
        plant = (plant[0], None, PROMPT, *plant[3:])
    planted(check, clean, *plant)
