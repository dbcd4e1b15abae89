import subprocess
import sys
from pathlib import Path

import pytest

from tools import language_drift as command
from tools.gates.language_drift import check, fingerprint

ROOT = Path(__file__).resolve().parents[2]
FRONT = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
lesson:
  claim: CLAIM
  objectives: ["ONE", "TWO"]
  needs: []
  minutes: 45
  rows: [X1]
---
"""
BODY = """
# TITLE

```{lesson}
```

TEXT {glue:text}`auc:.2f` and {cite:p}`toy2020book`, $x_i^2$, [other](other.md).

(a-label)=
## PART

```{code-cell} ipython3
:tags: [hide-input]

value = 1
print(value)
```

:::{admonition} NOTE
{term}`widget`
:::

```{lab-exercise} toy/double
```

```{quiz} toy
```

```{graphviz}
:alt: ALT
digraph { a [label="LABEL", URL="other.html"]; a -> b; }
```

$$ y = \\text{mean of } x $$

```bash
make book   # RUN
```
"""
EXERCISE = """---
id: toy/double
title: TITLE
points: 2
---
PROMPT

```
>>> double(2)
4
```

## Hint 1
HINT
"""
QUIZ = """title: TITLE
page: toy/one
questions:
  - question: Q
    options:
      - {text: A, explanation: B, correct: true}
      - {text: C, explanation: D}
"""
ENGLISH = {
    "chapters/toy/one.md": FRONT + BODY,
    "chapters/toy/other.md": "# Other\n",
    "book/index.md": "# Home\n\nHello.\n",
    "book/_toc.yml": "root: book/index\nchapters:\n- file: chapters/toy/one\n"
    "- file: chapters/toy/other\n",
    "exercises/toy/double/exercise.md": EXERCISE,
    "exercises/quizzes/toy.yml": QUIZ,
}
READ = {
    "CLAIM": "论点",
    "ONE": "一",
    "TITLE": "标题",
    "TEXT {glue:text}`auc:.2f` and {cite:p}`toy2020book`": "先说 {cite:p}`toy2020book`，再说 "
    "{glue:text}`auc:.2f`",
    "PART": "部分",
    "NOTE": "说明",
    "{term}`widget`": "{term}`部件 <widget>`",
    "ALT": "图说",
    "LABEL": "标签",
    "mean of": "平均",
    "RUN": "运行",
    "HINT": "提示",
    "PROMPT": "题目",
}


def translated(path: str) -> str:
    """The text in other words, with its stamp."""
    text = ENGLISH[path]
    for old, new in READ.items():
        text = text.replace(old, new)
    return command._stamped(f"zh/{path}", text, fingerprint(path, ENGLISH[path]))


SAME = ("chapters/toy/one.md", "book/index.md", "exercises/toy/double/exercise.md")
SAME += ("exercises/quizzes/toy.yml",)
CLEAN = {
    **ENGLISH,
    **{f"zh/{path}": translated(path) for path in SAME},
    "zh/book/_toc.yml": "root: book/index\nchapters:\n- file: chapters/toy/one\n",
}
PAGE = "zh/chapters/toy/one.md"
PLANTS = {
    "a cell was corrected in English only": (
        PAGE, "print(value)", "print(2)", "print(2)", "the cell has 'print(2)', chapters/toy",
    ),
    "a tag of a cell": (
        PAGE, "[hide-input]", "[remove-cell]", "```{code-cell}", "tags or length differ",
    ),
    "a cell that is one line longer": (
        PAGE, "print(value)\n", "print(value)\nmore()\n", "```{code-cell}", "tags or length differ",
    ),
    "a missing cell": (
        PAGE, BODY[BODY.index("```{code-cell}") : BODY.index(":::{adm")], "", ":::{admonition}",
        "a {admonition} stands where chapters/toy/one.md:22 has a cell",
    ),
    "a missing exercise": (
        PAGE, "```{lab-exercise} toy/double\n```\n", "", "```{quiz}", "has a {lab-exercise} toy",
    ),
    "another exercise": (
        PAGE, "toy/double", "toy/halve", "```{lab-exercise}", "a {lab-exercise} toy/halve stands",
    ),
    "another quiz": (PAGE, "{quiz} toy", "{quiz} two", "```{quiz}", "a {quiz} two stands where"),
    "a dropped glue key": (
        PAGE, "{glue:text}`auc:.2f`", "", "# 标题", "{glue:text} auc:.2f of the part from",
    ),
    "a dropped citation": (PAGE, "{cite:p}`toy2020book`", "", "# 标题", "{cite:p} toy2020book"),
    "a dropped display formula": (
        PAGE, "$$ y = \\text{平均 } x $$", "", "## 部分", "the formula y = \\text{} x of",
    ),
    "another heading level": (
        PAGE, "## 部分", "### 部分", "### 部分", "level 3 stands where chapters/toy/one.md:20 has",
    ),
    "a heading more": (
        PAGE, "## 部分", "## 部分\n## 多", "## 多", "a heading of level 2 stands where",
    ),
    "a dropped label": (PAGE, "(a-label)=\n", "", "## 部分", "the label a-label"),
    "another command": (PAGE, "make book", "make test", "```bash", "a code block stands where"),
    "another target in a drawing": (
        PAGE, "other.html", "third.html", "```{graphviz}", "a {graphviz} stands where",
    ),
    "other minutes": (PAGE, "minutes: 45", "minutes: 40", "minutes: 40", "minutes is 40"),
    "a lost objective": (PAGE, '["一", "TWO"]', '["一"]', 1, "the number of objectives is 1"),
    "another kernel": (PAGE, "name: python3}", "name: other}", "kernelspec", "kernelspec is"),
    "a cut end": (
        PAGE, "\n```bash\nmake book   # 运行\n```\n", "", "$$ y", "a code block of chapters/toy",
    ),
    "prose that changed in English": (
        "chapters/toy/one.md", "TEXT", "OTHER TEXT", 2, "the prose of chapters/toy/one.md changed",
    ),
    "no stamp": ("zh/book/index.md", "translates: ", "translate: ", 1, "does not say which"),
    "a stamp of another text": (
        "zh/book/index.md", "translates: sha256-", "translates: sha256-0", 2, "changed since",
    ),
    "a page that is English no longer": (
        "book/index.md", None, None, 1, "translates book/index.md, which does not exist",
    ),
    "a page that nobody builds": (
        "zh/book/_toc.yml", "- file: chapters/toy/one\n", "- file: chapters/toy/other\n", 1,
        "not in the contents of its language",
    ),
    "another right answer": (
        "zh/exercises/quizzes/toy.yml", "correct: true", "correct: false", "questions:",
        "questions is [[False, False]]",
    ),
    "another example": (
        "zh/exercises/toy/double/exercise.md", "double(2)", "double(3)", 1, "examples is",
    ),
    "other points": ("zh/exercises/toy/double/exercise.md", "points: 2", "points: 3", "points",
                     "points is 3"),
    "a lost hint": (
        "zh/exercises/toy/double/exercise.md", "## Hint 1\n", "", 1, "headings is []",
    ),
}  # fmt: skip
ELSEWHERE = {
    "prose that changed in English": PAGE,
    "a page that is English no longer": "zh/book/index.md",
    "a page that nobody builds": PAGE,
}


def test_a_faithful_translation_passes(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("name", PLANTS)
def test_planted_drift_is_found(planted, name):
    path, old, new, at, says = PLANTS[name]
    planted(check, CLEAN, path, old, new, at, says, ELSEWHERE.get(name))


SWAPS = {
    "another format of a number": ("auc:.2f", "auc:.1f", "{glue:text} auc:"),
    "another formula": ("x_i^2", "x_i^3", "the formula x_i"),
    "another link": ("(other.md)", "(third.md)", "the link to "),
    "another term": ("<widget>", "<gadget>", "{term} "),
}


@pytest.mark.parametrize("name", SWAPS)
def test_one_name_for_another_is_reported_as_lost_and_as_strange(tree, name):
    old, new, says = SWAPS[name]
    text = CLEAN[PAGE].replace(old, new)
    found = sorted(check(tree({**CLEAN, PAGE: text})), key=lambda v: "missing" in v.message)
    assert len(found) == 2
    assert all(v.message.startswith(says) for v in found)
    assert "is not in the part from chapters/toy/one.md" in found[0].message
    assert new in text.splitlines()[found[0].line - 1]
    assert "is missing here (1 times)" in found[1].message


def test_order_of_the_contents(tree):
    both = "root: book/index\nchapters:\n- file: chapters/toy/other\n- file: chapters/toy/one\n"
    other = command._stamped(
        "zh/chapters/toy/other.md", "# 另\n", fingerprint("chapters/toy/other.md", "# Other\n")
    )
    root = tree({**CLEAN, "zh/book/_toc.yml": both, "zh/chapters/toy/other.md": other})
    (found,) = check(root)
    assert (found.path, found.line) == ("zh/book/_toc.yml", 1)
    assert "not in the order of book/_toc.yml" in found.message


def test_line_breaks_and_cells_do_not_make_a_translation_stale():
    text = ENGLISH["chapters/toy/one.md"]
    wrapped = text.replace("TEXT ", "TEXT\n").replace("value = 1", "value = 3")
    assert fingerprint("p.md", text) == fingerprint("p.md", wrapped)
    assert fingerprint("p.md", text) != fingerprint("p.md", text.replace("TEXT", "TEXTS"))


def test_the_command_stamps_what_was_looked_at_and_nothing_else(tree):
    stale = {**CLEAN, "chapters/toy/one.md": ENGLISH["chapters/toy/one.md"] + "\nMore.\n"}
    root = tree(stale)
    before = (root / PAGE).read_text(encoding="utf-8")
    assert len(check(root)) == 1
    run = [sys.executable, "-m", "tools.language_drift", "--root", str(root)]
    assert subprocess.run(run, cwd=ROOT, capture_output=True, check=False).returncode == 1
    done = subprocess.run([*run, "--seen", PAGE], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    after = (root / PAGE).read_text(encoding="utf-8")
    changed = [a for a, b in zip(after.splitlines(), before.splitlines(), strict=True) if a != b]
    assert [line.partition(":")[0] for line in changed] == ["translates"]
    assert command.seen(root, PAGE) is False


@pytest.mark.parametrize("path", SAME)
def test_a_first_stamp_keeps_the_file_readable(tree, path):
    root = tree(CLEAN)
    text = (root / f"zh/{path}").read_text(encoding="utf-8")
    bare = "".join(line for line in text.splitlines(True) if "translates: " not in line)
    bare = bare.removeprefix("---\n---\n\n")
    (root / f"zh/{path}").write_text(bare, encoding="utf-8")
    assert len(check(root)) == 1
    assert command.seen(root, f"zh/{path}") is True
    assert (root / f"zh/{path}").read_text(encoding="utf-8") == text
    assert check(root) == []


def test_a_mistyped_path_is_no_translation(tree):
    with pytest.raises(ValueError, match="write a translation's path"):
        command.seen(tree(CLEAN), "chapters/toy/one.md")
