import pytest

from lablib.explainability.causal import figures
from lablib.explainability.causal.simulate import ADJUSTED, CAUSE, EFFECT, bank_graph
from lablib.figures import COLORS, dot_program


def test_the_drawing_holds_every_arrow_and_marks_what_is_adjusted_for():
    g = bank_graph()
    text = figures.dot(g, CAUSE, EFFECT, adjusted=("age", "calls"))
    assert all(f'"{a}" -> "{b}";' in text for a, b in g.edges)
    lines = {line.split(" ")[0]: line for line in text.splitlines() if "->" not in line}
    assert COLORS["green"] in lines['"age"']
    assert COLORS["red"] in lines['"calls"']
    assert COLORS["blue"] in lines[f'"{CAUSE}"']
    assert "color" not in lines['"budget"']


@pytest.mark.skipif(dot_program() is None, reason="no Graphviz")
def test_the_alternative_text_says_the_verdict():
    view = figures.drawing(bank_graph(), CAUSE, EFFECT, adjusted=ADJUSTED, caption="A bank.")
    assert view.alt.startswith("Adjusting for age and stress is allowed by the back-door crit")
    view = figures.drawing(bank_graph(), CAUSE, EFFECT, adjusted=("age",), caption="A bank.")
    assert "not allowed: open: counselling ← stress → late" in view.alt
    assert view.svg.count("<text") == len(bank_graph())
