"""Search: what is indexed, and that a reader finds English and Chinese words, fast, by keyboard."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.book import browsing
from tests.book.conftest import serving
from tools import build_book, search_index
from tools.digest import ROOT

# What a reader should wait for an answer at most, in milliseconds. Measured from the end of the
# pause after typing (60 ms) to the shown list, in the page, on a machine that may be busy: the
# best of three askings of a query that the browser has not seen, each in a window of its own.
LIMIT = 300

PAGE = """<!DOCTYPE html>
<html lang="{language}" data-content_root="{root}">
<head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{site}_static/search.css">
<script defer src="{site}_static/search.js"></script></head>
<body><main><button onclick="document.querySelector('dialog').showModal()">Search</button>
<dialog id="pst-search-dialog"><form class="bd-search" action="{root}search.html">
<input type="search" name="q" aria-label="Search"></form></dialog>
<nav>navigation with everywhere</nav>
<article class="bd-article">{article}</article></main></body></html>"""

ENGLISH = {
    "chapters/privacy": "<section id='private'><h1>Private training<a class='headerlink'>#</a></h1>"
    "<p>Noise is added to clipped gradients.</p><section id='budget'><h2>The budget</h2>"
    "<p>The accountant adds what each step spends.</p></section>"
    "<details class='lab-solution'><summary>Solution</summary>quetzal</details></section>",
    "chapters/fairness": "<section id='gap'><h1>A gap between groups</h1>"
    "<p>Selection rates of two groups.</p></section>",
    "book/glossary": "<section id='glossary'><h1>Glossary</h1><dl class='glossary'>"
    "<dt id='term-canary'>canary</dt><dd>A record planted to be found again.</dd></dl></section>",
}
CHINESE = {
    "chapters/privacy": "<section id='p'><h1>私有训练</h1><p>差分隐私给梯度加噪声。</p></section>",
    "chapters/calibration": "<section id='c'><h1>校准</h1><p>温度缩放只有一个参数。</p></section>",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A site in two languages below a folder of its own, with its index."""
    site = tmp_path_factory.mktemp("search") / "below" / "a-folder"
    for folder, language, pages in (("", "en", ENGLISH), ("zh/", "zh-CN", CHINESE)):
        for name, article in pages.items():
            path = site / f"{folder}{name}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            up = "../" * name.count("/")
            above = up + "../" * bool(folder)
            text = PAGE.format(language=language, root=up, site=above, title=name, article=article)
            path.write_text(text, encoding="utf-8")
    (site / "_static").mkdir()
    for name in ("search.js", "search.css"):
        shutil.copyfile(ROOT / "book/_static" / name, site / "_static" / name)
    assert search_index.build(site) == {"en": 3, "zh-cn": 2}
    return site


@pytest.fixture(scope="module")
def address(browser, site):
    for base in serving(site.parents[1]):
        yield f"{base}/below/a-folder"


def ask(page, query: str) -> list[str]:
    """Type `query` into the open dialog; the addresses that it answers with."""
    page.fill("dialog input", query)
    results = page.locator("dialog .lab-search-results")
    page.wait_for_function(
        "query => document.querySelector('dialog .lab-search-results').dataset.query === query",
        arg=query,
    )
    links = results.locator("a")
    return [links.nth(n).get_attribute("href") for n in range(links.count())]


QUERIES = {
    "clipping gradients": "chapters/privacy.html",
    "accountant": "chapters/privacy.html#budget",
    "canary": "book/glossary.html#term-canary",
    "差分隐私": "zh/chapters/privacy.html",
    "温度缩放": "zh/chapters/calibration.html",
    "隐私": "zh/chapters/privacy.html",
}


@pytest.mark.browser
@pytest.mark.parametrize("start", ["chapters/fairness", "zh/chapters/privacy"])
def test_query_in_either_language_gives_its_page(browser, address, start):
    with browsing.window(browser, address) as (page, seen):
        browsing.visit(page, f"{address}/{start}.html")
        page.get_by_role("button", name="Search").click()
        first = {query: ask(page, query)[:1] for query in QUERIES}
    assert first == {query: [f"/below/a-folder/{target}"] for query, target in QUERIES.items()}
    assert not seen.all, "\n".join(seen.all)


@pytest.mark.browser
@pytest.mark.parametrize("query", ["accountant", "差分隐私"])
def test_answer_comes_in_time(browser, address, query):
    times = []
    for _ in range(3):
        with browsing.window(browser, address) as (page, _seen):
            browsing.visit(page, f"{address}/chapters/fairness.html")
            page.get_by_role("button", name="Search").click()
            ask(page, "groups")  # the engine has loaded, as after a first letter typed
            assert ask(page, query)
            results = page.locator("dialog .lab-search-results")
            times.append(int(results.get_attribute("data-milliseconds")))
    print(f"{query}: answered after {times} ms")
    assert min(times) < LIMIT


@pytest.mark.browser
def test_keyboard_and_announcements(browser, address):
    with browsing.window(browser, address) as (page, _):
        browsing.visit(page, f"{address}/chapters/fairness.html")
        page.get_by_role("button", name="Search").click()
        assert ask(page, "quetzal") == []
        status = page.locator("dialog [role=status]")
        assert status.inner_text() == "Nothing found for “quetzal”."
        assert ask(page, "groups")
        assert status.inner_text() == "1 page."
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.tagName") == "A"
        assert not browsing.violations(page)
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/chapters/fairness.html*")


@pytest.mark.browser
def test_without_an_index_the_form_leads_to_the_builders_search(browser, tmp_path, site):
    shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("pagefind"))
    (tmp_path / "site/search.html").write_text("<html lang='en'>the builder's search</html>")
    page = browser.new_page()
    page.goto((tmp_path / "site/chapters/fairness.html").as_uri())  # as a file, without a server
    page.get_by_role("button", name="Search").click()
    page.fill("dialog input", "groups")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=groups")
    page.close()


def test_index_holds_articles_without_solutions_and_links_headings():
    html = PAGE.format(
        language="en", root="", site="", title="t", article=ENGLISH["chapters/privacy"]
    )
    text = search_index.searchable(html, language="en")
    assert text is not None
    assert "quetzal" not in text
    assert "everywhere" not in text
    assert "#</a>" not in text
    assert '<h2 id="budget">The budget</h2>' in text
    assert (
        search_index.searchable("<html lang='en'><p>no article</p></html>", language="en") is None
    )


def test_page_without_a_language_is_refused(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/a.html").write_text("<html><article>a</article></html>")
    with pytest.raises(ValueError, match="lang attribute"):
        search_index.build(tmp_path)


@pytest.mark.browser
@pytest.mark.build
def test_search_of_a_built_book(browser, toy):
    for base in serving(toy / "_build/html"):
        with browsing.window(browser, base) as (page, seen):
            browsing.visit(page, f"{base}/book/words.html")
            page.keyboard.press("Control+k")
            assert ask(page, "widget")[0].startswith("/book/words.html#term-widget")
            page.keyboard.press("Enter")  # in the field: the page with all results
            page.wait_for_url("**/search.html?q=widget")
            found = page.locator(".bd-search-container .lab-search-results a").first
            found.wait_for()
            assert not page.locator("#search-results").is_visible()
            assert not browsing.violations(page)
        assert not seen.all, "\n".join(seen.all)


@pytest.mark.browser
@pytest.mark.skipif(
    not build_book.unchanged(ROOT),
    reason="_build/html is not a green build of these sources; run `make book` first",
)
def test_search_of_the_real_book(browser):
    site = ROOT / build_book.SITE
    queries = {
        "differentially private": "/chapters/privacy/",
        "Clopper": "/book/notation.html",
        "Shapley values": "/chapters/explainability/attributions.html",
        "reliability_bins": "/book/api/evaluation.html",
    }
    if (site / "zh/chapters/explainability").is_dir():
        queries |= {
            "因果图": "/zh/chapters/explainability/",
            "探针": "/zh/chapters/explainability/",
        }
    times = {}
    for base in serving(site):
        with browsing.window(browser, base) as (page, seen):
            browsing.visit(page, f"{base}/book/setup.html")
            page.keyboard.press("Control+k")
            ask(page, "warm")
            for query, expected in queries.items():
                first = ask(page, query)[:3]
                assert any(address.startswith(expected) for address in first), (query, first)
                results = page.locator("dialog .lab-search-results")
                times[query] = int(results.get_attribute("data-milliseconds"))
        assert not seen.all, "\n".join(seen.all)
    print(f"answered after, in ms: {times}")
    # The slowest reads many long pages; on a machine that runs other tests beside, half must hold.
    assert sorted(times.values())[len(times) // 2] < LIMIT
