import re
import shutil

import pandas as pd
import pytest

from lablib import figures
from lablib.explainability.readable import tree_drawing, trees

LABELS = {"late": ("months late", "{:.0f}")}


@pytest.fixture(scope="module")
def tree():
    table = pd.DataFrame({"late": [0.0, 0, 1, 2, 3, 3], "other": 0.0})
    return trees.fit_tree(table, [0, 0, 0, 1, 1, 0], max_leaves=2, min_leaf=1)


def test_a_stump_is_one_question_and_two_decisions(tree):
    source = tree_drawing.dot(tree, ["late", "other"], labels=LABELS)
    assert '0 [label="months late\\n≤ 1?"]' in source
    assert '0 -> 1 [label="yes"]' in source
    assert "accept: 0%\\nn = 3" in source
    assert "refuse: 67%\\nn = 3" in source


def test_the_threshold_moves_the_decision_and_not_only_the_colour(tree):
    source = tree_drawing.dot(tree, ["late", "other"], threshold=0.7)
    assert "refuse" not in source
    assert figures.COLORS["red"] not in source


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz (dot) on the path")
def test_the_drawing_has_no_fixed_text_colour(tree):
    view = figures.diagram(
        tree_drawing.dot(tree, ["late", "other"], labels=LABELS),
        alt="A tree with one question about lateness.",
        caption="Six rows.",
    )
    texts = re.findall(r"<text[^>]*>", view.svg)
    assert texts
    assert all('fill="currentColor"' in text for text in texts)
    assert "var(--lab-red" in view.svg


def test_names_are_escaped_and_directions_checked(tree):
    assert '\\"odd\\"\\n<= 1.5?' in tree_drawing.dot(tree, ['"odd"', "other"])
    with pytest.raises(ValueError, match="direction is 'up'"):
        tree_drawing.dot(tree, ["late", "other"], direction="up")
