"""The toy book in a real browser: nothing from elsewhere, no errors, readable on a phone, usable
without a mouse and without sight, in light and dark.
"""

from __future__ import annotations

import pytest

from tests.book import browsing, showcase
from tests.book.conftest import serving

PAGES = (*showcase.PAGES, "search", "genindex")
pytestmark = [pytest.mark.browser, pytest.mark.build]


@pytest.fixture(scope="module")
def address(browser, toy):
    yield from serving(toy / "_build" / "html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_quiet_and_accessible(browser, address, scheme):
    with browsing.window(browser, address, scheme=scheme) as (page, seen):
        found = []
        for name in PAGES:
            browsing.visit(page, f"{address}/{name}.html")
            browsing.open_everything(page)
            found += [f"{name}: {problem}" for problem in browsing.violations(page)]
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert not found, "\n".join(found)
    assert not seen.all, "\n".join(seen.all)


@pytest.mark.parametrize("width", [360, 390])
def test_no_page_scrolls_sideways_on_a_phone(browser, address, width):
    with browsing.window(browser, address, width=width) as (page, _):
        for name in PAGES:
            browsing.visit(page, f"{address}/{name}.html")
            browsing.open_everything(page)
            assert not browsing.overflow(page), name


def test_menu_opens_on_a_phone(browser, address):
    with browsing.window(browser, address, width=390) as (page, _):
        browsing.visit(page, f"{address}/book/index.html")
        link = page.locator(".bd-sidebar-primary a, #pst-primary-sidebar-modal a").get_by_text(
            "Words"
        )
        assert not any(item.is_visible() for item in link.all())
        page.locator(".primary-toggle:visible").first.click()
        page.wait_for_timeout(600)
        boxes = [item.bounding_box() for item in link.all() if item.is_visible()]
        assert boxes, "the hamburger opened no menu"
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


def test_keyboard_reaches_content_and_search(browser, address):
    with browsing.window(browser, address) as (page, _):
        browsing.visit(page, f"{address}/chapters/toy/shapes.html")
        page.keyboard.press("Tab")
        assert "skip" in page.evaluate("document.activeElement.textContent").lower()
        page.keyboard.press("Control+k")
        page.wait_for_timeout(300)
        assert page.evaluate("document.activeElement.type") == "search"


def test_formulas_are_set_and_read_aloud(browser, address):
    with browsing.window(browser, address) as (page, _):
        browsing.visit(page, f"{address}/chapters/toy/shapes.html")
        assert page.locator("mjx-container mjx-math").count() >= 2
        assert page.locator("mjx-assistive-mml math").count() >= 2
        assert page.locator("mjx-merror").count() == 0


def test_without_our_index_the_builders_search_finds_a_page(browser, address):
    with browsing.window(browser, address) as (page, _):
        page.route("**/pagefind/**", lambda route: route.abort())
        page.goto(f"{address}/search.html?q=widget", wait_until="networkidle")
        page.locator("#search-results li a").first.wait_for(timeout=5000)
        assert "words.html" in page.locator("#search-results li a").first.get_attribute("href")


@pytest.mark.parametrize(
    ("planted", "what"),
    [
        ("<script src='https://example.org/x.js'></script>", "request to https://example.org/x.js"),
        ("<script>console.error('planted')</script>", "error: planted"),
        ("<img src='absent.png' alt='An image that is not there'>", "404"),
    ],
)
def test_what_goes_wrong_is_seen(browser, address, planted, what):
    with browsing.window(browser, address) as (page, seen):
        page.goto(f"{address}/book/words.html", wait_until="networkidle")
        page.evaluate(
            "html => { const part = document.createRange().createContextualFragment(html);"
            " document.body.append(part); }",
            planted,
        )
        page.wait_for_timeout(500)
    assert any(what in line for line in seen.all), seen.all


def test_axe_and_overflow_see_planted_faults(browser, address):
    with browsing.window(browser, address, width=360) as (page, _):
        browsing.visit(page, f"{address}/book/words.html")
        page.evaluate(
            "document.querySelector('article').insertAdjacentHTML('beforeend', "
            "'<button></button><div style=\"width: 900px\">wide</div>')"
        )
        assert any("button-name" in line for line in browsing.violations(page))
        assert browsing.overflow(page)
