"""Figures carry their finding, follow the page's colours, and give the same bytes twice."""

import re
from pathlib import Path

import pytest

from lablib import figures
from lablib.evaluation.intervals import Interval
from lablib.figures import views

FINDING = "Boosted trees lead by three points over the tree."


def picture() -> figures.FigureView:
    fig, ax = figures.new()
    figures.points(
        ax,
        ["tree", "boosted"],
        [0.74, 0.77],
        [Interval(0.73, 0.75), None],
        baseline=("majority", 0.5),
        control=("shuffled", 0.51),
    )
    figures.band(ax, [0.5, 0.7], [1, 2], [0.9, 1.8], [1.1, 2.2], label="a line")
    return figures.show(fig, alt=FINDING, caption="n = 6,000, 5 seeds.")


def test_alternative_text_and_caption_stand_in_the_html() -> None:
    html = picture()._repr_html_()
    assert f'role="img" aria-label="{FINDING}"' in html
    assert "<figcaption>n = 6,000, 5 seeds.</figcaption>" in html


def test_text_takes_the_page_colour_and_data_a_variable() -> None:
    svg = picture().svg
    assert figures.TEXT not in svg
    assert "currentColor" in svg
    assert "var(--lab-blue, #0072b2)" in svg
    assert not re.search(r'(fill|stroke)="var', svg)


def test_nothing_white_is_left_to_hide_text_on_a_dark_page() -> None:
    fig, ax = figures.new()
    ax.plot([0, 1], [0, 1], color=figures.COLORS["blue"], label="a line")
    ax.legend(labelcolor=figures.TEXT)
    svg = figures.show(fig, alt=FINDING, caption="c").svg
    assert not re.search(r"#fff\b|#ffffff|white", svg)


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert picture().svg == picture().svg


def test_nothing_in_the_figure_points_outside() -> None:
    links = re.findall(r'(?:href|src)="([^"]+)"', picture().svg)
    assert all(link.startswith("#") for link in links)


@pytest.mark.parametrize("alt", ["", "   ", "bar chart"])
def test_a_figure_without_its_finding_is_refused(alt: str) -> None:
    fig, _ = figures.new()
    with pytest.raises(ValueError, match="state in a sentence"):
        figures.show(fig, alt=alt, caption="c")


def test_reveal_hides_the_figure_behind_a_question() -> None:
    fig, _ = figures.new()
    html = figures.show(fig, alt=FINDING, caption="c", reveal="How many?")._repr_html_()
    assert html.startswith('<details class="lab-reveal"><summary>How many?</summary>')


def test_markup_in_texts_is_escaped() -> None:
    fig, _ = figures.new()
    view = figures.show(fig, alt='A "quoted" finding with <b> in it.', caption="a < b")
    assert "<b>" not in view._repr_html_()
    assert "a &lt; b" in view._repr_html_()


def test_unequal_lengths_are_refused() -> None:
    _, ax = figures.new()
    with pytest.raises(ValueError, match="lengths 2, 1, 1"):
        figures.points(ax, ["a", "b"], [0.1], [None])


def test_an_unknown_axis_is_refused() -> None:
    _, ax = figures.new()
    with pytest.raises(ValueError, match="use 'x' or 'y'"):
        figures.reference(ax, 0.5, "baseline", axis="z")


def test_a_diagram_is_drawn_by_graphviz_in_page_colours() -> None:
    source = f'digraph {{ a [style=filled fillcolor="{figures.COLORS["sky"]}"]; a -> b }}'
    view = figures.diagram(source, alt="Node a leads to node b, as drawn.", caption="Two nodes.")
    assert "var(--lab-sky" in view.svg
    assert "black" not in view.svg
    assert '<div class="lab-scroll" tabindex="0" role="group"' in view._repr_html_()


def test_without_graphviz_the_fix_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "dot_program", lambda: None)
    with pytest.raises(RuntimeError, match="make setup"):
        figures.diagram("digraph { a }", alt=FINDING, caption="c")


def test_dot_is_found_beside_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "dot"
    beside.write_text("#!/bin/sh\n")
    beside.chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(views.sys, "executable", str(tmp_path / "python"))
    assert figures.dot_program() == str(beside)


def test_a_saved_file_stands_alone(tmp_path: Path) -> None:
    text = picture().save(tmp_path / "figure.svg").read_text()
    assert text.startswith("<svg")
    assert "var(" not in text
    assert "currentColor" not in text


def test_tables_have_headers_and_escape_their_cells() -> None:
    html = figures.table([{"model": "<tree>", "n": 3}], caption="Two columns.")._repr_html_()
    assert html.count('scope="col"') == 2
    assert "<td>&lt;tree&gt;</td>" in html
    closed = figures.table([{"n": 3}], caption="c", reveal="All three?")._repr_html_()
    assert closed.startswith('<details class="lab-reveal"><summary>All three?</summary><div')
    with pytest.raises(ValueError, match="rows is empty"):
        figures.table([], caption="none")
