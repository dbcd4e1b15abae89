"""Cards, map and drawings come from the pages themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.book import browsing, extension  # noqa: F401  (extension makes course_site importable)
from tests.book.conftest import serving

from course_site import cards, coursemap, lessons, pictures  # isort: skip

TOC = """format: jb-book
root: book/index
parts:
  - caption: Start
    chapters: [{file: book/setup}, {file: chapters/start/first}]
  - caption: Privacy
    chapters:
      - file: chapters/privacy/second
        sections: [{file: chapters/privacy/third}]
  - caption: Reference
    chapters: [{file: book/setup}]
"""


def page(title: str, needs: str) -> str:
    return f"---\nlesson:\n  claim: Says {title}.\n  minutes: 7\n  needs: {needs}\n---\n# {title}\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    texts = {
        "book/_toc.yml": TOC,
        "book/setup.md": "# Set-up\n",
        "chapters/start/first.md": page("First", "[]"),
        "chapters/privacy/second.md": page("Second", '["start/first"]'),
        "chapters/privacy/third.md": page("Third", '["start/first", "privacy/second"]'),
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_topics_are_the_parts_that_hold_lessons(book: Path) -> None:
    found = lessons.topics(book)
    assert [(t.slug, t.caption, len(t.lessons)) for t in found] == [
        ("start", "Start", 1),
        ("privacy", "Privacy", 2),
    ]
    third = lessons.by_name(found)["privacy/third"]
    assert (third.title, third.claim, third.minutes) == ("Third", "Says Third.", 7)


def test_facts_name_minutes_measured_seconds_and_needs(book: Path) -> None:
    second = lessons.by_name(lessons.topics(book))["privacy/second"]
    line = cards.facts(second, {"ok": True, "seconds": 12.4})
    assert line == "7 min · runs in 12 s · after {doc}`/chapters/start/first`"
    for unmeasured in (None, {"ok": False, "seconds": 12.4}):
        assert "runs" not in cards.facts(second, unmeasured)


def test_a_plan_shrinks_when_its_page_is_there(book: Path) -> None:
    plan = {
        "privacy/third": "written by now",
        "privacy/fourth": "not yet",
        "deployment": "Deployment",
        "deployment/serving": "serving",
    }
    written = lessons.topics(book)
    assert cards.waiting(plan, written[1]) == ["not yet"]
    (planned,) = cards.only_planned(plan, written)
    assert (planned.slug, planned.caption, planned.lessons) == ("deployment", "Deployment", ())
    assert cards.waiting(plan, planned) == ["serving"]


def test_the_map_draws_each_need_once_and_says_all_in_words(book: Path) -> None:
    found = lessons.topics(book)
    dot = coursemap.drawing(found, "../")
    assert '"privacy/third" [label="Third", URL="../chapters/privacy/third.html"];' in dot
    assert dot.count("->") == 2, "a need that another need implies is not drawn"
    words = coursemap.sentence(lessons.by_name(found))
    assert "First needs no other page; Second needs First; Third needs First and Second." in words


@pytest.mark.parametrize(
    ("first", "second"),
    [('["privacy/second"]', '["start/first"]'), ('["start/first"]', "[]")],
    ids=["a cycle", "itself"],
)
def test_a_map_that_would_lie_is_refused(book: Path, first: str, second: str) -> None:
    (book / "chapters/start/first.md").write_text(page("First", first), "utf-8")
    (book / "chapters/privacy/second.md").write_text(page("Second", second), "utf-8")
    problems = coursemap.out_of_order(lessons.by_name(lessons.topics(book)))
    assert problems
    assert "start/first needs" in problems[0]


def test_a_drawing_is_translated_word_by_word_or_not_at_all() -> None:
    svg = "<svg ><text x='1'>control</text></svg>"
    assert ">对照</text>" in pictures.translated(svg, {"control": "对照"})
    with pytest.raises(ValueError, match="no text 'contrl'"):
        pictures.translated(svg, {"contrl": "对照"})


@pytest.mark.build
def test_the_front_page_of_the_toy_book_shows_all_of_it(toy: Path) -> None:
    soup = BeautifulSoup((toy / "_build/html/book/index.html").read_text("utf-8"), "html.parser")
    card = soup.select_one("li.lab-card")
    assert card is not None
    link = card.select_one(".lab-card-title a")
    assert link is not None
    assert link["href"] == "../chapters/toy/shapes.html"
    assert "A toy page shows every part of a lesson." in card.get_text()
    assert "3 min · runs in " in card.get_text()
    assert soup.select_one("section.lab-topic-planned h3").get_text() == "Later"
    assert "Planned: sizes." in soup.get_text()
    assert soup.select_one("div.lab-picture svg[role=img]")["aria-label"].startswith("Five rows")
    boxes = [svg for svg in soup.select("svg.lab-diagram") if "What needs" in svg["aria-label"]]
    assert [a["href"] for a in boxes[0].find_all("a")] == ["../chapters/toy/shapes.html"]


@pytest.mark.browser
@pytest.mark.build
def test_a_box_of_the_map_is_reached_and_opened_with_the_keyboard(browser, toy: Path) -> None:
    for address in serving(toy / "_build" / "html"):
        with browsing.window(browser, address) as (page, seen):
            browsing.visit(page, f"{address}/book/index.html")
            goal = "document.activeElement.closest('svg.lab-diagram') !== null"
            for _ in range(80):
                page.keyboard.press("Tab")
                if page.evaluate(goal):
                    break
            assert page.evaluate(goal), "the map is no stop on the way through the page"
            page.keyboard.press("Enter")
            page.wait_for_url("**/chapters/toy/shapes.html")
        assert not seen.all
