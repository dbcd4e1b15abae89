"""A small book with everything that the course's pages use, for the browser and site tests."""

from __future__ import annotations

from tests.book.toybook import NOTEBOOK

INDEX = """# A toy course

A front page with a [link](../chapters/toy/shapes.md) and a drawing:

```{graphviz}
:alt: Shapes come before sizes.

digraph {
  rankdir=LR; shapes -> sizes; node [fillcolor="#e9eef3", style=filled];
  x [label="filled", fontcolor="#1a1a1a"];
}
```

```{course-map}
```

```{lab-picture} cover
:alt: Five rows, each a value with its interval.
```

```{course-cards}
later: Later
later/sizes: sizes
```

::::{grid} 1 1 2 2
:::{grid-item-card} Shapes
:link: ../chapters/toy/shapes
:link-type: doc
What a shape is.
:::
::::

| a | wide | table | with | many | columns | that | does not fit | a phone |
|---|---|---|---|---|---|---|---|---|
| one-long-word | two-long-words | three-long-words | four | five | six | seven | eight | nine |
"""

SHAPES = f"""{NOTEBOOK.rstrip().removesuffix("---")}lesson:
  claim: A toy page shows every part of a lesson.
  objectives: ["name the parts", "use $x^2$"]
  needs: []
  minutes: 3
  rows: [T1]
---

# Shapes

```{{lesson}}
```

Two gizmos are not one gizmo.
Text with `code`, a {{term}}`widget`, {{cite:t}}`toy2020book`, a note {{cite:p}}`toy2020book`
and math:

$$ \\sum_{{i=1}}^N \\boldsymbol{{x}}_i^2 = \\frac{{1}}{{N}}
(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p) + \\cancel{{y}} $$ (sum)

Equation {{eq}}`sum` adds up.

```{{code-cell}} ipython3
:tags: [remove-cell]
from myst_nb import glue
glue("toy.value", 0.123456, display=False)
```

The value is {{glue:text}}`toy.value:.3f` here.

```{{code-cell}} ipython3
:tags: [hide-input]
from lablib import figures
fig, ax = figures.new()
figures.points(ax, ["one", "two"], [0.4, 0.6], [None, None], baseline=("chance", 0.5))
alt = "Two is above one half, one is below it."
figures.show(fig, alt=alt, caption="Toy, n = 2.", reveal="Which is larger?")
```

```{{code-cell}} ipython3
figures.table([{{f"column {{i}}": "a value" for i in range(12)}}], caption="A wide table.")
```

```{{code-cell}} ipython3
:tags: [hide-input]
def areas(caption, predict, **how):
    fig, ax = figures.new()
    ax.set(xlim=(0, 4), ylim=(0, 10), xlabel="side", ylabel="area")
    settings = [
        figures.Setting(f"{{n}} m", [figures.Mark([n], [n * n])], {{"area": f"{{n * n}} m²"}})
        for n in (1, 2, 3)
    ]
    alt = "The area grows from 1 to 9 as the side grows from 1 to 3."
    return figures.explore(
        fig, settings, control="side", predict=predict, alt=alt, caption=caption, **how
    )
number = figures.Prediction("How large at 3 m?", "It is 9 m².", unit="m²", drawn=True)
areas("A slider.", number)
```

```{{code-cell}} ipython3
:tags: [hide-input]
choice = figures.Prediction("Which grows faster?", "The area.", ("side", "area"), "area")
areas("Buttons.", choice, buttons=True, default=1)
```

```{{code-cell}} ipython3
print("a very long line " * 20)
```

```{{code-cell}} ipython3
import pandas as pd
pd.DataFrame({{"a": [1, 2], "b": [3, 4]}})
```

:::{{admonition}} A note
:class: note, dropdown
With text, and a list:

- one
:::

```{{lab-exercise}} toy/double
```

```{{code-cell}} ipython3
:tags: [exercise]
def double(x):
    return ...  # write your answer here
```

```{{code-cell}} ipython3
from lablib.exercises import check, declare
check(declare.find()[0])
```

::::{{tab-set}}
:::{{tab-item}} First
One.
:::
:::{{tab-item}} Second
Two.
:::
::::

## Sources

```{{bibliography}}
:filter: docname in docnames
```
"""

WORDS = """# Words

```{glossary}
gizmo
  A thing with $x^2$ parts; see {term}`widget`.

widget
  A thing of the toy course.
```

All notebooks: {notebook-archive}`notebooks.zip`.

```{exercise-progress}
```

| exercise | id |
|---|---|
| Double a number | `toy/double` |

```{eval-rst}
.. autofunction:: lablib.figures.table
```
"""

EXERCISE = """---
id: toy/double
title: Double a number
page: toy/shapes
points: 2
minutes: 5
difficulty: 1
objective: Multiply by two.
kind: implement
limits: {seconds: 5, memory_mb: 500}
needs: []
---
Write `double(x)`.

```
>>> double(2)
4
```

## Hint 1
Twice the same number, added.

## Why it matters
It does not.
"""

SOLUTION = """def double(x):
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION
"""

CHECKS = """from lablib.exercises.checks import check, close

@check(points=1, public=True, hint=1)
def example(s):
    close(s.double(2), 4, "two doubled is four")

@check(points=1)
def others(s, rng, reference):
    x = int(rng.integers(1, 9))
    close(s.double(x), reference.double(x), "it doubles every number")
"""

PAGES = {"book/index": INDEX, "chapters/toy/shapes": SHAPES, "book/words": WORDS}
FOLDER = "exercises/toy/double"
OTHERS = {
    "book/_redirects.yml": "book/old/words: book/words\n",
    f"{FOLDER}/exercise.md": EXERCISE,
    f"{FOLDER}/solution.py": SOLUTION,
    f"{FOLDER}/checks.py": CHECKS,
}
