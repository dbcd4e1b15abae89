"""Graphviz DOT text of a tree: short questions, plain units, what each leaf decides.

Scikit-learn's own `export_graphviz` prints impurity, counts and class vectors at every node;
a reader needs the question, the way, and at the leaf the share and the number of rows.
Boxes have no fill and text takes the page's colour, so the drawing holds on a dark page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from lablib.explainability.readable.rules import Condition, Labels
from lablib.explainability.readable.trees import node_value
from lablib.figures import COLORS

Tree: TypeAlias = DecisionTreeClassifier | DecisionTreeRegressor

_HEAD = (
    'digraph tree {\n rankdir="{direction}"; bgcolor="transparent"; nodesep=0.18; ranksep=0.35;\n'
    ' node [shape=box, style=rounded, fontname="sans-serif", fontsize=12, margin="0.10,0.05"];\n'
    ' edge [fontname="sans-serif", fontsize=11, arrowsize=0.6];\n'
)


def dot(
    tree: Tree,
    names: Sequence[str],
    *,
    labels: Labels | None = None,
    threshold: float = 0.5,
    direction: str = "LR",
) -> str:
    """DOT source of `tree`, for `lablib.figures.diagram`.

    Parameters
    ----------
    names : sequence of str
        Column names, in the order of fitting.
    labels : mapping, optional
        Short names and formats, see `lablib.explainability.readable.rules`.
    threshold : float
        Leaves at or above it get the colour and the word of a refusal, so the decision is not
        told by colour alone.
    direction : str
        `LR` (grows to the right; holds on a phone) or `TB`.
    """
    if direction not in {"LR", "TB"}:
        raise ValueError(f"direction is {direction!r}; use 'LR' or 'TB'")
    lines = [_HEAD.replace("{direction}", direction)]
    inner = tree.tree_
    for node in range(inner.node_count):
        left, right = int(inner.children_left[node]), int(inner.children_right[node])
        if left == right:
            lines.append(_leaf(node, node_value(tree, node), inner.n_node_samples[node], threshold))
            continue
        name = names[int(inner.feature[node])]
        condition = Condition(name, True, float(inner.threshold[node]))
        lines.append(f' {node} [label="{_question(condition, labels)}?"];')
        lines.append(f' {node} -> {left} [label="yes"];')
        lines.append(f' {node} -> {right} [label="no"];')
    return "\n".join([*lines, "}"])


def _leaf(node: int, share: float, n: int, threshold: float) -> str:
    refused = share >= threshold
    color, word = (COLORS["red"], "refuse") if refused else (COLORS["blue"], "accept")
    look = f'shape=box, style=solid, penwidth=2.4, color="{color}"'
    return f' {node} [label="{word}: {share:.0%}\\nn = {int(n):,}", {look}];'


def _question(condition: Condition, labels: Labels | None) -> str:
    """The condition on two lines, which keeps the drawing narrow."""
    text = condition.text(labels).replace("\\", "\\\\").replace('"', '\\"')
    sign = " <= " if " <= " in text else " ≤ "
    name, _, value = text.rpartition(sign)
    return f"{name}\\n{sign.strip()} {value}"
