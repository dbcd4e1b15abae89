"""The letters of a drawing stay readable on a phone."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from lablib import figures as drawn
from tests.book import browsing, extension  # noqa: F401  (makes course_site importable)
from tests.book.conftest import serving

from course_site import figures  # isort: skip


def soup_of(drawing: str) -> BeautifulSoup:
    return BeautifulSoup(f'<figure class="lab-figure">{drawing}</figure>', "html.parser")


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ('<text style="font: 10px sans-serif">a</text>', 288),
        ('<text style="font: italic 700 8px sans-serif">a</text>', 360),
        ('<text style="font-size: 9.5px; fill: red">a</text><text font-size="16">b</text>', 303),
        ('<text font-size="4">a</text>', 400),  # never wider than drawn
    ],
)
def test_the_smallest_letters_set_the_least_width(text: str, width: int) -> None:
    soup = soup_of(f'<svg width="300pt" style="color: red">{text}</svg>')
    assert figures.readable(soup) == 1
    assert soup.svg["style"] == f"color: red; min-width: {width}px"
    assert soup.svg.parent["class"] == ["lab-scroll"]
    assert figures.readable(soup) == 0, "a second time there is nothing to do"


@pytest.mark.parametrize("drawing", ['<svg width="300pt"></svg>', "<svg><text>a</text></svg>"])
def test_what_says_no_size_is_left_alone(drawing: str) -> None:
    assert figures.readable(soup_of(drawing)) == 0


def test_figures_of_the_course_get_one() -> None:
    fig, ax = drawn.new()
    drawn.points(ax, ["one", "two"], [0.4, 0.6], [None, None])
    view = drawn.show(fig, alt="Two is above one, as drawn here.", caption="Toy.")
    soup = BeautifulSoup(view._repr_html_(), "html.parser")
    assert figures.readable(soup) == 1
    least = figures.least_width(soup.svg)
    assert 340 < least < 400, "close to a phone's width, so most figures need no scrolling"


@pytest.mark.browser
@pytest.mark.build
def test_letters_on_a_phone(browser, toy) -> None:
    for address in serving(toy / "_build" / "html"):
        with browsing.window(browser, address, width=390) as (page, _):
            browsing.visit(page, f"{address}/chapters/toy/shapes.html")
            browsing.open_everything(page)
            heights = page.evaluate(
                "() => [...document.querySelectorAll('figure.lab-figure svg')].flatMap(s => {"
                " const scale = s.getBoundingClientRect().width / s.viewBox.baseVal.width;"
                " return [...s.querySelectorAll('text')].map("
                "   t => parseFloat(getComputedStyle(t).fontSize) * scale); }).filter(h => h > 0)"
            )
        assert heights
        assert min(heights) > figures.LEAST - 0.1
