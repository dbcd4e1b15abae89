"""What helps a reader of the toy book: marks of progress, definitions on the spot, solutions that
wait until they are asked for, notebooks in one archive.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from tests.book import browsing
from tests.book.conftest import serving

pytestmark = pytest.mark.build
SHAPES, WORDS = "chapters/toy/shapes.html", "book/words.html"


@pytest.fixture(scope="module")
def address(browser, toy):
    yield from serving(toy / "_build" / "html")


# Progress


@pytest.mark.browser
def test_marks_are_kept_counted_saved_and_loaded(browser, address, tmp_path: Path):
    with browsing.window(browser, address) as (page, seen):
        browsing.visit(page, f"{address}/{WORDS}")
        row = page.locator(".lab-progress tbody tr")
        assert row.inner_text().split("\t")[-1] == "0 of 1"
        browsing.visit(page, f"{address}/{SHAPES}")
        box = page.get_by_role("checkbox", name="I have done this exercise (Double a number)")
        box.focus()
        page.keyboard.press("Space")
        browsing.visit(page, f"{address}/{WORDS}")
        assert row.inner_text().split("\t")[-1] == "1 of 1"
        assert page.locator("tr.lab-is-done").count() == 1
        assert not browsing.violations(page)

        with page.expect_download() as download:
            page.get_by_role("button", name="Save as a file").click()
        saved = tmp_path / "saved.json"
        download.value.save_as(saved)
        assert list(json.loads(saved.read_text())["done"]) == ["toy/double"]

        page.on("dialog", lambda question: question.accept())
        page.get_by_role("button", name="Forget all marks").click()
        assert row.inner_text().split("\t")[-1] == "0 of 1"
        page.get_by_label("Load from a file").set_input_files(saved)
        page.get_by_text("Marks loaded: 1.").wait_for()
        assert row.inner_text().split("\t")[-1] == "1 of 1"
        other = tmp_path / "other.json"
        other.write_text("{}")
        page.get_by_label("Load from a file").set_input_files(other)
        page.get_by_text("This file holds no progress").wait_for()
    assert not seen.all, "\n".join(seen.all)


@pytest.mark.browser
def test_the_buttons_of_the_theme_show_their_icons(browser, address):
    with browsing.window(browser, address) as (page, _):
        browsing.visit(page, f"{address}/{SHAPES}")
        assert page.locator(".theme-switch-button svg:visible").count() == 1
        for button in page.locator(".article-header-buttons button:visible").all():
            assert button.locator("svg:visible").count() == 1


@pytest.mark.browser
def test_without_a_script_no_mark_shows_and_everything_can_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{SHAPES}")
    assert not page.locator(".lab-done").is_visible()
    page.locator(".lab-term").first.hover()
    assert page.locator(".lab-tip").first.is_visible()
    page.goto(f"{address}/{WORDS}")
    assert not page.locator(".lab-progress").is_visible()
    context.close()


# Definitions


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_definition_shows_on_hover_and_focus_and_escape_sends_it_away(browser, address, width):
    with browsing.window(browser, address, width=width) as (page, seen):
        browsing.visit(page, f"{address}/{SHAPES}")
        term = page.locator(".lab-term", has=page.get_by_role("link", name="widget"))
        tip = term.locator(".lab-tip")
        link = term.locator("a")
        assert link.get_attribute("aria-describedby") == tip.get_attribute("id")
        assert not tip.is_visible()
        link.hover()
        assert tip.is_visible()
        assert tip.inner_text() == "A thing of the toy course."
        assert not browsing.overflow(page)
        if width > 600:  # on a phone it stands at the foot of the window
            tip.hover()  # the pointer may move onto it, and it stays
            assert tip.is_visible()
        page.keyboard.press("Escape")
        assert not tip.is_visible()
        page.mouse.move(0, 0)
        link.focus()
        assert tip.is_visible()
        assert not browsing.violations(page)
        page.keyboard.press("Escape")
        assert not tip.is_visible()
    assert not seen.all, "\n".join(seen.all)


def test_first_occurrence_of_a_term_is_linked_once(toy):
    soup = BeautifulSoup((toy / "_build/html" / SHAPES).read_text(), "html.parser")
    links = [link for link in soup.select(".lab-term > a") if "term-gizmo" in str(link["href"])]
    assert [link.get_text() for link in links] == ["gizmos"]
    tip = links[0].find_next_sibling(class_="lab-tip")
    assert tip is not None
    assert "see widget" in tip.get_text()
    assert tip.find("a") is None
    assert tip.find(class_="math") is not None


# Solutions


@pytest.mark.browser
def test_solution_opens_by_keyboard_and_only_then(browser, address):
    with browsing.window(browser, address) as (page, _):
        browsing.visit(page, f"{address}/{SHAPES}")
        solution = page.locator("details.lab-solution")
        answer = solution.get_by_text("return")
        assert not answer.first.is_visible()
        solution.locator("summary").focus()
        page.keyboard.press("Enter")
        assert answer.first.is_visible()
        page.keyboard.press("Enter")
        assert not answer.first.is_visible()


# Notebooks


def test_archive_holds_every_notebook_valid_and_without_solutions(toy):
    site = toy / "_build/html"
    with zipfile.ZipFile(site / "notebooks.zip") as archive:
        assert archive.namelist() == ["notebooks/chapters/toy/shapes.ipynb"]
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            text = archive.read(entry).decode()
            nbformat.validate(nbformat.reads(text, as_version=4))
            assert "return 2 * x" not in text
            assert text == (site / "_sources/chapters/toy/shapes.ipynb").read_text()
    assert 'href="../notebooks.zip"' in (site / WORDS).read_text()


# Weight


def test_pages_load_only_what_they_use(toy):
    site = toy / "_build/html"
    shapes, words, search = ((site / name).read_text() for name in (SHAPES, WORDS, "search.html"))
    for page in (shapes, words, search):
        assert "fontawesome.js" not in page
        assert 'class="svg-inline--fa fa-solid fa-magnifying-glass"' in page
        assert "colab" not in page.lower()
        assert "mybinder" not in page.lower()
    assert "tex-mml-chtml.js" in shapes
    assert "tex-mml-chtml.js" not in search
    assert "searchindex.js" not in words
    assert "searchindex.js" in search
