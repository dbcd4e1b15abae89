"""Predict, then look, in a browser: by keyboard, without the script, on paper, in both modes."""

from __future__ import annotations

import pytest

from tests.book import browsing
from tests.book.conftest import serving

PAGE = "chapters/toy/shapes.html"
pytestmark = [pytest.mark.browser, pytest.mark.build]


@pytest.fixture(scope="module")
def address(browser, toy):
    yield from serving(toy / "_build" / "html")


def seen(figure):
    """Which of the settings is in the picture."""
    groups = figure.locator(".lab-explore-setting")
    shown = groups.evaluate_all("all => all.map(g => getComputedStyle(g).display !== 'none')")
    return [place for place, is_shown in enumerate(shown) if is_shown]


def now(figure):
    return figure.locator("output").inner_text()


def test_the_slider_moves_by_keyboard_after_a_prediction(browser, address):
    with browsing.window(browser, address) as (page, happened):
        browsing.visit(page, f"{address}/{PAGE}")
        figure = page.locator("figure.lab-explore").first
        stage, form = figure.locator(".lab-explore-stage"), figure.locator("fieldset").first
        assert form.is_visible()
        assert not stage.is_visible()
        form.get_by_role("button").click()
        assert "Write a number" in form.inner_text()
        assert not stage.is_visible()
        form.get_by_role("spinbutton").fill("5")
        page.keyboard.press("Enter")
        assert stage.is_visible()
        assert not form.is_visible()
        assert "You said “5 m²”." in stage.inner_text()
        line = figure.locator(".lab-explore-guess")
        assert line.is_visible()
        dots = figure.locator(".lab-explore-setting circle")
        before, after = (float(dots.nth(n).get_attribute("cy")) for n in (1, 2))  # 4 and 9
        moved = float(line.get_attribute("transform").split()[1].rstrip(")"))
        assert moved == pytest.approx(before + (after - before) / 5, abs=0.2)
        # The slider has the focus; its value, the words and the picture move together.
        assert seen(figure) == [0]
        page.keyboard.press("ArrowRight")
        assert (seen(figure), now(figure)) == ([1], "side 2 m: area 4 m²")
        assert page.evaluate("document.activeElement.ariaValueText") == "2 m"
        page.keyboard.press("End")
        assert (seen(figure), now(figure)) == ([2], "side 3 m: area 9 m²")
        page.keyboard.press("ArrowLeft")
        assert seen(figure) == [1]
    assert not happened.all


def test_buttons_are_chosen_by_keyboard_and_a_wrong_guess_is_told(browser, address):
    with browsing.window(browser, address) as (page, happened):
        browsing.visit(page, f"{address}/{PAGE}")
        figure = page.locator("figure.lab-explore").nth(1)
        look = figure.get_by_role("button", name="Look")
        look.click()
        assert "Choose one first." in figure.inner_text()
        figure.get_by_role("radio", name="side").first.check()
        look.click()
        assert "You said “side”. Not here. The area." in figure.inner_text()
        assert (seen(figure), now(figure)) == ([1], "side 2 m: area 4 m²")
        page.keyboard.press("ArrowDown")
        assert (seen(figure), now(figure)) == ([2], "side 3 m: area 9 m²")
        # The other figure of the page has not been asked yet.
        assert page.locator(".lab-explore-predict:visible").count() == 1
        # What a reader said is gone when the page is read again.
        page.reload()
        assert page.locator(".lab-explore-predict:visible").count() == 2
        assert page.locator(".lab-explore-predict input:checked").count() == 0
    assert not happened.all


def test_without_the_script_the_figure_and_its_table_stand_there(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/{PAGE}")
    figure = page.locator("figure.lab-explore").nth(1)
    for part in ("question", "answer", "now"):
        assert figure.locator(f".lab-explore-{part}").is_visible()
    assert figure.locator("svg").bounding_box()["width"] > 200
    assert figure.locator("svg circle:visible").count() == 1
    assert figure.locator("input:visible, button:visible").count() == 0
    figure.locator("summary").click()
    assert figure.locator("table").inner_text().split() == (
        ["side", "area", "1", "m", "1", "m²", "2", "m", "4", "m²", "3", "m", "9", "m²"]
    )
    context.close()


def test_on_paper_the_default_setting_and_the_table_are_printed(browser, address):
    with browsing.window(browser, address) as (page, _):
        browsing.visit(page, f"{address}/{PAGE}")
        page.emulate_media(media="print")
        figure = page.locator("figure.lab-explore").first
        assert figure.locator("svg").is_visible()
        assert figure.locator("table").is_visible()
        assert figure.locator("table").bounding_box()["height"] > 60
        assert figure.locator("input:visible, button:visible, summary:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_figure_is_accessible_and_fits_a_phone(browser, address, scheme):
    with browsing.window(browser, address, width=360, scheme=scheme) as (page, happened):
        browsing.visit(page, f"{address}/{PAGE}")
        page.locator("figure.lab-explore input[type=number]").fill("5")
        page.locator("figure.lab-explore input[type=radio]").nth(1).check()
        for button in page.locator(".lab-explore-predict button").all():
            button.click()
        browsing.open_everything(page)
        assert page.locator("figure.lab-explore svg:visible").count() == 2
        assert not browsing.overflow(page)
        assert not browsing.violations(page)
    assert not happened.all


def test_on_a_chinese_page_its_own_words_are_chinese(browser, address):
    with browsing.window(browser, address) as (page, happened):

        def chinese(route):
            got = route.fetch()
            route.fulfill(response=got, body=got.text().replace('lang="en"', 'lang="zh-CN"', 1))

        page.route(f"**/{PAGE}", chinese)
        browsing.visit(page, f"{address}/{PAGE}")
        figure = page.locator("figure.lab-explore").first
        figure.get_by_role("button", name="看结果").click()
        assert "请先写一个数。" in figure.inner_text()
        figure.get_by_role("spinbutton", name="您的数").fill("5")
        page.keyboard.press("Enter")
        assert "您的预测：“5 m²”" in figure.inner_text()
        assert figure.get_by_text("所有设置的表格").is_visible()
    assert not happened.all
