"""The book that `make book` built, page by page; skipped while there is none of today's sources."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.book import browsing
from tests.book.conftest import serving
from tools import build_book, digest, editions, site_checks

SITE = digest.ROOT / build_book.SITE
CURRENT = build_book.unchanged(digest.ROOT)
pytestmark = pytest.mark.skipif(
    not CURRENT, reason="_build/html is not a green build of these sources; run `make book` first"
)


def test_links_pages_and_resources_hold():
    problems = site_checks.all_problems(digest.ROOT, SITE)
    assert not problems, "\n".join(problems)


@pytest.mark.build
@pytest.mark.parametrize("page", ["chapters/start/claims-and-intervals", "book/data-cards"])
def test_a_downloaded_notebook_runs_from_top_to_bottom(tmp_path: Path, page: str):
    download, report = SITE / "_sources" / f"{page}.ipynb", tmp_path / "report.json"
    runner = [sys.executable, "-P", str(digest.ROOT / "tools/run_page.py")]
    command = [*runner, str(download), str(tmp_path / "out.ipynb"), str(report), "600"]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert json.loads(report.read_text())["error"] is None


@pytest.fixture(scope="module")
def address(browser):
    yield from serving(SITE)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_quiet_and_accessible(browser, address, scheme):
    with browsing.window(browser, address, scheme=scheme) as (page, seen):
        found = []
        for name in editions.all_pages(digest.ROOT):
            browsing.visit(page, f"{address}/{name}.html")
            browsing.open_everything(page)
            found += [f"{name}: {problem}" for problem in browsing.violations(page)]
    assert not found, "\n".join(found)
    assert not seen.all, "\n".join(seen.all)


@pytest.mark.browser
def test_no_page_scrolls_sideways_on_a_phone(browser, address):
    with browsing.window(browser, address, width=360) as (page, seen):
        wide = {}
        for name in editions.all_pages(digest.ROOT):
            browsing.visit(page, f"{address}/{name}.html")
            browsing.open_everything(page)
            wide[name] = browsing.overflow(page)
    assert not any(wide.values()), wide
    assert not seen.all, "\n".join(seen.all)


@pytest.mark.browser
def test_the_language_switch_leads_there_and_back(browser, address):
    """Through every pair of pages, by clicking as a reader does."""
    with browsing.window(browser, address) as (page, seen):
        for edition in editions.present(digest.ROOT):
            for name in editions.pages(digest.ROOT, edition):
                page.goto(f"{address}/{name}.html")
                for language, path in ((edition.tag, f"{edition.code}/{name}"), ("en", name)):
                    page.locator("a.lab-language").click()
                    page.wait_for_url(f"{address}/{path}.html")
                    assert page.evaluate("document.documentElement.lang") == language
    assert not seen.all, "\n".join(seen.all)
