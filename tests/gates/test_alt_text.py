import pytest

from tools.gates.alt_text import check, complaint

PAGE = """---
title: x
---
# Title

![The boosted model ranks best on these accounts](a.png)

```{figure} a.png
:alt: Error rates differ by a factor of two.

Caption ![inside](b.png) here.
```

```{graphviz}
:alt: Age splits first, then balance.
digraph { a -> b }
```

Code such as `![](x.png)` is no picture.

```{code-cell} ipython3
:tags: [hide-input]

fig, ax = figures.new()
figures.show(fig, alt=f"The gap is {gap:.2f} wide for the small group.", caption="n = 3")
```

```{code-cell} ipython3
figures.diagram(dot, alt="The tree asks for " + "late payments first", caption="c")
```

```python
figures.show(fig)
```
"""
PATH = "chapters/start/page.md"
CLEAN = {PATH: PAGE}
IMAGE = "![The boosted model ranks best on these accounts](a.png)"
SHOW = 'alt=f"The gap is {gap:.2f} wide for the small group."'
PLANTS = {
    "image without": (PATH, IMAGE, "![](a.png)", 6, "a.png: no alternative text"),
    "image with a file name": (PATH, IMAGE, "![plot-1.png](a.png)", 6, "is a file name"),
    "image of a kind": (PATH, IMAGE, "![Plot of rates](a.png)", 6, "kind of chart"),
    "image of a kind, in Chinese": (PATH, IMAGE, "![一张折线图，显示比率](a.png)", 6, "kind of"),
    "html image": (PATH, IMAGE, '<img src="a.png" alt="">', 6, "<img>"),
    "image in a caption": (PATH, "![inside](b.png)", "![ ](b.png)", 11, "b.png"),
    "figure directive": (
        PATH,
        ":alt: Error rates differ by a factor of two.\n",
        ":width: 80%\n",
        8,
        "{figure}: no alternative text",
    ),
    "graphviz": (PATH, ":alt: Age splits first, then balance.\n", "", 14, "{graphviz}"),
    "image directive": (
        PATH,
        "Code such",
        ":::{image} a.png\n:::\n\nCode such",
        "{image}",
        "{image}: no alternative text",
    ),
    "cell without": (PATH, SHOW + ", ", "", "figures.show(fig, caption", "figures.show: no alt"),
    "cell too short": (PATH, SHOW, 'alt="Gap by group."', "figures.show", "under 20 letters"),
    "cell with a kind": (
        PATH,
        SHOW,
        'alt="A bar chart of the selection rates by group"',
        "figures.show",
        "kind of chart",
    ),
    "cell with a name": (PATH, SHOW, "alt=text", "figures.show", "not written in the cell"),
    "diagram": (
        PATH,
        'alt="The tree asks for " + "late payments first", ',
        "",
        "figures.diagram",
        "figures.diagram: no alternative text",
    ),
    "cell with a shorter choice": (
        PATH,
        SHOW,
        'alt="The gap closes for the small group" if closed else "It stays"',
        "figures.show",
        "under 20 letters",
    ),
    "cell that cannot be read": (
        PATH,
        "fig, ax = figures.new()",
        "lines = !cat a",
        "```{code-cell}",
        "not plain Python",
    ),
    "book page": ("book/setup.md", None, "# T\n\n![x.svg](x.svg)\n", 3, "is a file name"),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)


@pytest.mark.parametrize(
    "alt",
    ["Graphs of size three are rare", "The plot thickens: late payers differ", "Figures agree"],
)
def test_a_sentence_may_begin_with_a_similar_word(alt):
    assert complaint(alt, 10) == ""


@pytest.mark.parametrize(
    "alt", ["Figure 3", "figure", "A histogram of ages", "chart: ages", "Scatter plot with a line"]
)
def test_kinds_of_chart_are_no_finding(alt):
    assert "kind" in complaint(alt)
