"""The book in two languages: one execution, one site, and no link that leads nowhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.book import browsing, showcase
from tests.book.conftest import serving
from tests.book.toybook import CHECKOUT, NOTEBOOK, build, write
from tools import editions, site_checks, words

# One worker runs all of them, so that the book is built once.
pytestmark = pytest.mark.xdist_group("editions")
LESSON = f"""{NOTEBOOK.rstrip().removesuffix("---")}lesson:
  claim: CLAIM
  objectives: ["ONE", "TWO"]
  needs: ["toy/other"]
  minutes: 3
  rows: [T1]
---
"""
BODY = """
```{lesson}
```

FIRST {glue:text}`toy.value:.2f`, {cite:p}`toy2020book`, [other](other.md), {doc}`other`,
{term}`widget`, {ref}`a-label`.

```{code-cell} ipython3
from myst_nb import glue
glue("toy.value", 0.5, display=False)
```

```{lab-exercise} toy/double
```

```{code-cell} ipython3
:tags: [exercise]
def double(x):
    return ...  # write your answer here
```

```{code-cell} ipython3
from lablib.exercises import check, declare
check(declare.find()[0])
```
"""
SOURCES = "# Sources\n\n```{bibliography}\n```\n"
OTHER = f"{LESSON}# Other\n\n(a-label)=\n## A part\n\nText.\n".replace('["toy/other"]', "[]")
PAGES = {
    "book/index": "# A toy course\n\n[One](../chapters/toy/one.md), "
    "[two](../chapters/toy/other.md)\n",
    "chapters/toy/other": OTHER,
    "chapters/toy/one": f"{LESSON}# One page\n{BODY}",
    "book/words": showcase.WORDS,
    "book/sources": SOURCES,
}
TRANSLATED = {
    "zh/_config.yml": (CHECKOUT / "zh/_config.yml").read_text(encoding="utf-8"),
    "zh/book/_toc.yml": "format: jb-book\nroot: book/index\nparts:\n"
    "  - {caption: 玩具, chapters: [{file: chapters/toy/one}, {file: book/sources}]}\n",
    "zh/book/index.md": PAGES["book/index"].replace("A toy course", "玩具课程"),
    "zh/chapters/toy/one.md": PAGES["chapters/toy/one"]
    .replace("One page", "第一页")
    .replace("CLAIM", "一页可以有两种语言。"),
    "zh/book/sources.md": SOURCES.replace("Sources", "参考文献"),
}
ONE = "chapters/toy/one.html"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy book in two languages, built as `make book` builds the real one."""
    root = tmp_path_factory.mktemp("editions") / "book"
    root.mkdir()
    write(root, PAGES, {**showcase.OTHERS, **TRANSLATED})
    done = build(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 pages and 3 in 中文, no warnings" in done.stdout
    assert "pages: 2 executable, 2 to run" in done.stdout
    return root


def soup(book: Path, name: str) -> BeautifulSoup:
    text = (book / "_build/html" / name).read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


@pytest.mark.build
def test_one_execution_serves_both_languages(book):
    from tools.cell_cache import CellCache

    assert len(CellCache(book).keys()) == 2
    for name in (ONE, f"zh/{ONE}"):
        assert "0.50" in soup(book, name).find("article").get_text()


@pytest.mark.build
def test_pages_say_their_language_and_name_each_other(book):
    english, chinese = soup(book, ONE), soup(book, f"zh/{ONE}")
    assert (english.html["lang"], chinese.html["lang"]) == ("en", "zh-CN")
    there, back = english.select_one("a.lab-language"), chinese.select_one("a.lab-language")
    assert (there["href"], there["lang"], there.get_text()) == (f"../../zh/{ONE}", "zh-CN", "中文")
    assert (back["href"], back["lang"], back.get_text()) == (f"../../../{ONE}", "en", "English")
    assert not there.get("target")
    for page in (english, chinese):
        found = page.find_all("link", rel="alternate", hreflang=True)
        assert [link["hreflang"] for link in found] in (["en", "zh-CN"], ["zh-CN", "en"])
    alone = soup(book, "chapters/toy/other.html")
    assert not alone.select("a.lab-language, link[hreflang]")


@pytest.mark.build
def test_what_is_not_translated_is_linked_in_english(book):
    links = soup(book, f"zh/{ONE}").find("article").select("a.lab-english")
    assert {link["href"] for link in links} == {
        "../../../chapters/toy/other.html",
        "../../../chapters/toy/other.html#a-label",
        "../../../book/words.html#term-widget",
    }
    assert all(link["hreflang"] == "en" for link in links)
    assert all(link.get_text().endswith("（英文）") for link in links)
    assert not soup(book, ONE).select("a.lab-english")
    inside = soup(book, "zh/book/index.html").find("article")
    assert inside.find("a", string="One")["href"] == "../chapters/toy/one.html"


@pytest.mark.build
def test_our_words_are_chinese_and_untranslated_parts_say_so(book):
    article = soup(book, f"zh/{ONE}").find("article")
    text = article.get_text()
    assert "一页可以有两种语言。" in article.select_one(".lab-lesson").get_text()
    for word in ("论点", "所需时间", "下载本页的笔记本", "练习：", "参考答案", "尚未翻译"):
        assert word in text, word
    foreign = article.select_one('.lab-exercise [lang="en"]').get_text()
    assert "Write double(x)" in foreign
    notebook = (book / "_build/html/zh/_sources/chapters/toy/one.ipynb").read_text("utf-8")
    assert "**论点.** 一页可以有两种语言。" in notebook
    assert "Claim" not in text
    assert all(output["lang"] == "en" for output in article.select(".cell_output"))


@pytest.mark.build
def test_controls_of_the_theme_have_chinese_names(book):
    page = soup(book, f"zh/{ONE}")
    page.select_one("a.lab-language").decompose()
    for output in page.select(".cell_output, [lang=en], code, pre, .citation"):
        output.decompose()
    names = [
        str(tag[key])
        for key in ("aria-label", "title", "placeholder", "data-bs-title")
        for tag in page.body.find_all(True, attrs={key: True})
        if not tag.find_parent("article")
    ]
    assert len(names) > 5
    assert not [name for name in names if re.search(r"[a-z]{3}", name)]


@pytest.mark.build
def test_links_of_both_languages_hold_and_a_one_sided_switch_is_found(book):
    site = book / "_build/html"
    assert not site_checks.all_problems(book, site)
    assert not (site / "zh/_static/mathjax").exists()  # what both languages load is there once
    parsed = site_checks.parse_site(site)
    broken = next(p for p in parsed if p.name == f"zh/{ONE}")
    broken.soup.find("link", hreflang="en")["href"] = "../../../book/index.html"
    found = site_checks.one_sided_switches(parsed)
    assert f"{ONE}: its page in zh-CN does not lead back to it" in found


def test_a_page_with_other_cells_is_not_built(tmp_path):
    """Such a page would be executed by the site builder, where no check of ours looks."""
    pages = {"book/index": "# Toy\n", "chapters/toy/one": f"{LESSON}# One\n{BODY}"}
    other = pages["chapters/toy/one"].replace('glue("toy.value", 0.5', 'glue("toy.value", 0.6')
    contents = "format: jb-book\nroot: book/index\nchapters:\n- file: chapters/toy/one\n"
    own = {"zh/_config.yml": "title: x\n", "zh/book/_toc.yml": contents}
    own |= {"zh/book/index.md": "# x\n", "zh/chapters/toy/one.md": other}
    write(tmp_path, pages, own)
    (edition,) = editions.present(tmp_path)
    folder = tmp_path / "_build" / "zh"
    editions.stage(tmp_path, edition, folder)
    found = editions.unexecuted(tmp_path, edition, folder)
    assert [line.partition(":")[0] for line in found] == ["zh/chapters/toy/one.md"]


def test_contents_of_an_edition_name_pages_that_exist_in_both(tmp_path):
    write(tmp_path, PAGES, TRANSLATED)
    assert not editions.problems(tmp_path)
    (tmp_path / "zh/chapters/toy/one.md").unlink()
    (tmp_path / "chapters/toy/one.md").unlink()
    toc = (tmp_path / "book/_toc.yml").read_text().replace("- file: book/sources", "")
    (tmp_path / "book/_toc.yml").write_text(toc)
    found = editions.problems(tmp_path)
    assert found == [
        "zh/chapters/toy/one.md: named in zh/book/_toc.yml, not written",
        "zh/book/sources.md: translates no page of book/_toc.yml",
    ]


def test_every_phrase_of_the_book_has_a_translation():
    """Phrases are literals in calls of `say`; one that the list lacks would stay English."""
    root = Path(__file__).resolve().parents[2]
    sources = [*(root / "book/_ext/course_site").glob("*.py"), root / "tools/learner_notebook.py"]
    said = set()
    for path in sources:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(call, ast.Call) and getattr(call.func, "id", "")
            if called == "say" and isinstance(call.args[0], ast.Constant):
                said.add(call.args[0].value)
    assert len(said) > 20
    lacking = said - set(words.CHINESE)
    assert not lacking, f"without a translation in tools/words.py: {sorted(lacking)}"


def test_translations_keep_the_places_of_what_they_mention():
    hole = re.compile(r"\{[^}]*\}")
    for english, chinese in words.CHINESE.items():
        assert sorted(hole.findall(english)) == sorted(hole.findall(chinese)), english


@pytest.fixture(scope="module")
def address(browser, book):
    yield from serving(book / "_build" / "html")


@pytest.mark.browser
@pytest.mark.build
@pytest.mark.parametrize("width", [1280, 360])
def test_the_switch_goes_there_and_back_with_the_keyboard(browser, address, width):
    with browsing.window(browser, address, width=width) as (page, seen):
        browsing.visit(page, f"{address}/{ONE}")
        for name, language in ((f"zh/{ONE}", "zh-CN"), (ONE, "en")):
            page.locator("a.lab-language").focus()
            page.keyboard.press("Enter")
            page.wait_for_url(f"{address}/{name}")
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.lang") == language
            browsing.open_everything(page)
            assert not browsing.overflow(page)
            assert not browsing.violations(page)
    assert not seen.all, "\n".join(seen.all)
