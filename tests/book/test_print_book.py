"""The whole book in one page, and that page as a PDF."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.book.conftest import CHROMIUM
from tools import print_book

TOC = """format: jb-book
root: book/index
parts:
  - caption: One & only
    chapters:
      - file: chapters/a/one
      - file: chapters/a/two
      - file: book/api
"""
PAGE = """<html lang="en"><head><link rel="stylesheet" href="{up}_static/s.css?v=1"></head>
<body><nav>elsewhere</nav><article class="bd-article"><h1 id="top">{title}<a class="headerlink"
href="#top">#</a></h1>{body}</article></body></html>"""
ONE = (
    '<p><a href="two.html#top">on</a> <a href="#top">up</a> <a href="https://a.org">out</a> '
    '<a href="../../book/api.html#f">f</a></p><details class="lab-reveal"><summary>Guess'
    '</summary>shown</details><details class="lab-solution"><summary>Solution</summary>secret'
    '</details><svg role="img" aria-labelledby="t1"><title id="t1">A finding</title>'
    '<path clip-path="url(#c)"/></svg><img src="../../_images/p.png" alt="A finding">'
)
PAGES = {
    "book/index": ("The book", "<p>Welcome.</p>"),
    "chapters/a/one": ("One", ONE),
    "chapters/a/two": ("Two", "<p>Formula \\(x\\).</p>"),
    "book/api": ("API", "<p>a long reference</p>"),
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "book").mkdir()
    (tmp_path / "book/_toc.yml").write_text(TOC)
    (tmp_path / "_config.yml").write_text("title: A & B\n")
    site = tmp_path / print_book.SITE
    site.mkdir(parents=True)
    (site / "index.html").write_text("<html lang='en'></html>")
    for name, (title, body) in PAGES.items():
        path = site / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * name.count("/")
        path.write_text(PAGE.format(up=up, title=title, body=body))
    return tmp_path


def test_pages_become_one_with_names_and_links_of_their_own(book):
    soup = BeautifulSoup(print_book.whole(book / print_book.SITE, book), "html.parser")
    text = soup.get_text(" ")
    assert "secret" not in text
    assert "elsewhere" not in text
    assert "a long reference" not in text
    assert "shown" in text
    assert [a["id"] for a in soup.select("article.part")] == [
        "book-index",
        "chapters-a-one",
        "chapters-a-two",
    ]
    links = [str(link["href"]) for link in soup.select("article a")]
    assert links == [
        "#chapters-a-two--top",
        "#chapters-a-one--top",
        "https://a.org",
        "html/book/api.html#f",
    ]
    assert str(soup.img["src"]) == "html/_images/p.png"
    assert str(soup.svg["aria-labelledby"]) == "chapters-a-one--t1"
    assert str(soup.path["clip-path"]) == "url(#chapters-a-one--c)"
    assert soup.find("details", class_="lab-reveal").has_attr("open")
    ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    contents = [link.get_text() for link in soup.select("nav.contents a")]
    assert contents == ["The book", "One", "Two"]


def test_without_a_browser_the_page_stays_and_the_message_says_so(book, monkeypatch, capsys):
    monkeypatch.setattr(print_book.shutil, "which", lambda _: None)
    monkeypatch.setattr("sys.argv", ["print_book", "--root", str(book)])
    assert print_book.main() == 1
    assert (book / print_book.PAGE).is_file()
    assert "no Chromium" in capsys.readouterr().err


def test_without_a_built_book_it_says_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["print_book", "--root", str(tmp_path)])
    assert print_book.main() == 1
    assert "make book" in capsys.readouterr().err


@pytest.mark.browser
def test_printed_book_begins_every_page_of_the_book_on_a_sheet(book, monkeypatch):
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: nothing was printed")
    monkeypatch.setattr("sys.argv", ["print_book", "--root", str(book)])
    assert print_book.main() == 0
    printed = (book / print_book.OUTPUT).read_bytes()
    assert printed.startswith(b"%PDF")
    # Contents, then three pages of the book.
    assert len(re.findall(rb"/Type /Page\b(?!s)", printed)) == 4
