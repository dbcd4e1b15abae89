"""Addresses that are no pages: what is absent, what has moved, what search engines see."""

from __future__ import annotations

import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from tests.book import extension  # noqa: F401  (makes course_site importable)
from tests.book.conftest import serving
from tools import site_checks, toc

from course_site import address, notfound, redirects, sitemap, social  # isort: skip
from course_site.lessons import Lesson, Topic  # isort: skip

BASE = "https://example.org/course"
TOPIC = Topic("toy", "Toys & more", (Lesson("toy/a", "chapters/toy/a", "A < B", "Claims.", 3, ()),))


def app(given: str, edition: str = "en") -> SimpleNamespace:
    config = SimpleNamespace(html_baseurl=given, course_edition=edition)
    return SimpleNamespace(config=config, builder=SimpleNamespace(format="html"))


@pytest.mark.parametrize("given", [BASE, BASE + "/", f" {BASE}/ "])
def test_one_setting_gives_every_full_address(given: str) -> None:
    assert address.full(app(given), "book/a.html") == f"{BASE}/book/a.html"
    assert address.prefix(app(given)) == "/course/"


def test_without_the_setting_nothing_is_guessed() -> None:
    assert address.full(app(""), "book/a.html") == ""
    assert address.prefix(app("")) == "/"
    assert not address.publishing(app("", "zh"), None), "the site's own files belong to the book"


def test_the_page_for_what_is_absent_loads_nothing_and_links_from_the_root() -> None:
    soup = BeautifulSoup(notfound.page("/course/", "Toys", "book/index", (TOPIC,)), "html.parser")
    assert [a["href"] for a in soup.find_all("a")] == [
        "/course/book/index.html",
        "/course/chapters/toy/a.html",
    ]
    assert not soup.find_all(["script", "img", "iframe"])
    assert soup.find("h2").get_text() == "Toys & more"
    assert soup.find_all("a")[1].get_text() == "A < B"


def test_a_moved_page_leads_on_without_a_script() -> None:
    soup = BeautifulSoup(
        redirects.moved("old/deep/a", "book/b", "part", f"{BASE}/book/b.html"), "html.parser"
    )
    refresh = soup.find("meta", attrs={"http-equiv": "refresh"})
    assert refresh["content"] == "0; url=../../book/b.html#part"
    assert soup.find("link", rel="canonical")["href"] == f"{BASE}/book/b.html"
    assert soup.find("a")["href"] == "../../book/b.html#part"


def test_the_sitemap_is_xml_with_full_addresses() -> None:
    tree = ElementTree.fromstring(sitemap.sitemap(f"{BASE}/", ["book/index", "zh/book/index"]))
    places = [place.text for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert places == [f"{BASE}/book/index.html", f"{BASE}/zh/book/index.html"]


def test_a_shared_link_shows_the_claim_and_no_half_address() -> None:
    given = {"title": 'A "page"', "site": "Toys", "text": "It <holds>.", "language": "en"}
    bare = social.tags(**given, url="", image="")
    assert '<meta property="og:title" content="A &quot;page&quot;">' in bare
    assert '<meta name="description" content="It &lt;holds&gt;.">' in bare
    assert "og:image" not in bare
    assert "og:url" not in bare
    full = social.tags(**given, url=f"{BASE}/a.html", image=f"{BASE}/_static/card.png")
    assert f'<meta property="og:image" content="{BASE}/_static/card.png">' in full


def test_the_picture_of_a_shared_link_has_the_size_that_is_asked_for(tmp_path: Path) -> None:
    social.draw(tmp_path / "card.png", "Toys, computed")
    content = (tmp_path / "card.png").read_bytes()
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (1200, 630)
    assert len(content) < 100_000


@pytest.mark.build
def test_the_toy_site_has_what_it_should(toy: Path) -> None:
    site = toy / "_build/html"
    assert 'href="../words.html"' in (site / "book/old/words.html").read_text("utf-8")
    assert not (site / "sitemap.xml").exists(), "it has no address to write"
    head = BeautifulSoup((site / "chapters/toy/shapes.html").read_text("utf-8"), "html.parser").head
    claim = head.find("meta", attrs={"property": "og:description"})
    assert claim["content"] == "A toy page shows every part of a lesson."
    name = head.find("meta", attrs={"property": "og:site_name"})
    assert name["content"] == toc.config(toy)["title"]
    absent = BeautifulSoup((site / "404.html").read_text("utf-8"), "html.parser")
    assert absent.find("a").get_text() == toc.config(toy)["title"]
    assert head.find("link", rel=["icon", "shortcut"])["href"].endswith("favicon.svg")


@pytest.mark.build
@pytest.mark.parametrize("path", ["absent.html", "very/deep/down/absent"])
def test_the_server_shows_the_page_at_any_depth(toy: Path, path: str) -> None:
    for base in serving(toy / "_build/html"):
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(f"{base}/{path}")
        assert answer.value.code == 404
        soup = BeautifulSoup(answer.value.read(), "html.parser")
        for link in soup.find_all("a"):
            with urllib.request.urlopen(base + link["href"]) as found:
                assert found.status == 200


@pytest.mark.build
def test_links_from_the_root_are_checked(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book/index.html").write_text("<h1>Here</h1>", "utf-8")
    text = notfound.page("/course/", "Toys", "book/index", (TOPIC,))
    (tmp_path / "404.html").write_text(text.replace('rel="icon"', 'rel="x"'), "utf-8")
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/favicon.svg").touch()
    found = site_checks.broken_links(tmp_path, site_checks.parse_site(tmp_path))
    assert found == ["404.html: link to /course/chapters/toy/a.html: no such file in the site"]
